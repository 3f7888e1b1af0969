// Conv: Float32[1, 4, 8, 8]
#include <metal_stdlib>
using namespace metal;

template <class T> vec<T, 4> load4(device const T *p) { return vec<T, 4>(p[0], p[1], p[2], p[3]); }
template <class T> void store4(device T *p, vec<T, 4> v) { p[0] = v.x; p[1] = v.y; p[2] = v.z; p[3] = v.w; }
[[max_total_threads_per_threadgroup(16)]]
kernel void run(device float *b0 [[buffer(0)]], device float *b1 [[buffer(1)]], device float *b2 [[buffer(2)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 16 + local;
    const float4 v0 = float4(0.0f);
    float4 v1 = v0;
    float4 v2 = v0;
    float4 v3 = v0;
    float4 v4 = v0;
    const int v5 = item / 2;
    const int v6 = (item % 2) * 4;
    const int4 v7 = int4(0);
    const int4 v8 = int4(8);
    const int4 v9 = int4(7);
    const int4 v10 = int4(1);
    for (int n11 = 0; n11 < 3; n11 += 1) {
        const int v12 = (v5 + n11) + (-1);
        const bool4 v13 = bool4((0 <= v12) & (v12 < 8));
        const int v14 = n11 * 3;
        const int v15 = v12 * 8;
        const int t16 = 0 < v12 ? v12 : 0;
        const int v17 = (t16 < 7 ? t16 : 7) * 8;
        for (int n18 = 0; n18 < 3; n18 += 1) {
            const int v19 = v6 + n18;
            const int v20 = v19 + (-1);
            const int4 v21 = int4(v20, v19, v19 + 1, v19 + 2);
            const bool4 v22 = v13 & ((v7 <= v21) & (v21 < v8));
            const bool v23 = (v22.x & v22.z) & (v22.y & v22.w);
            const int4 t24 = select(v7, v21, v7 < v21);
            const int4 v25 = as_type<int4>(as_type<uint4>(select(v9, t24, t24 < v9)) * as_type<uint4>(v10));
            for (int n26 = 0; n26 < 3; n26 += 1) {
                const int v27 = n26 * 9;
                float4 v28 = v0;
                const int v29 = n26 * 64;
                const int v30 = (v29 + v15) + v20;
                const int4 v31 = as_type<int4>(as_type<uint4>(int4(v29 + v17)) + as_type<uint4>(v25));
                const int v32 = v31.x;
                const int v33 = v31.y;
                const int v34 = v31.z;
                const int v35 = v31.w;
                if (v23) {
                    v28 = load4(b0 + v30);
                } else {
                    v28 = select(v0, float4(b0[v32], b0[v33], b0[v34], b0[v35]), v22);
                }
                const float4 v36 = v28;
                v1 = float4(b1[(v27 + v14) + n18]) * v36 + v1;
                v2 = float4(b1[((v27 + 27) + v14) + n18]) * v36 + v2;
                v3 = float4(b1[((v27 + 54) + v14) + n18]) * v36 + v3;
                v4 = float4(b1[((v27 + 81) + v14) + n18]) * v36 + v4;
            }
        }
    }
    const int v37 = v5 * 8;
    store4(b2 + (v37 + v6), v1);
    store4(b2 + ((v37 + 64) + v6), v2);
    store4(b2 + ((v37 + 128) + v6), v3);
    store4(b2 + ((v37 + 192) + v6), v4);
}
