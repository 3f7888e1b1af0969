// Conv: Float32[1, 4, 8, 8]
#include <metal_stdlib>
using namespace metal;

template <class T> vec<T, 4> load4(device const T *p) { return vec<T, 4>(p[0], p[1], p[2], p[3]); }
template <class T> void store4(device T *p, vec<T, 4> v) { p[0] = v.x; p[1] = v.y; p[2] = v.z; p[3] = v.w; }
[[max_total_threads_per_threadgroup(64)]]
kernel void run(device float *b0 [[buffer(0)]], device float *b1 [[buffer(1)]], device float *b2 [[buffer(2)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 64 + local;
    if (item >= 16) return;
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
        const int v12 = n11 * 9;
        const int v13 = v12 + 27;
        const int v14 = v12 + 54;
        const int v15 = v12 + 81;
        const int v16 = n11 * 64;
        for (int n17 = 0; n17 < 3; n17 += 1) {
            const int v18 = (v5 + n17) + (-1);
            const bool4 v19 = bool4((0 <= v18) & (v18 < 8));
            const int v20 = n17 * 3;
            const int v21 = v12 + v20;
            const int v22 = v13 + v20;
            const int v23 = v14 + v20;
            const int v24 = v15 + v20;
            const int v25 = v16 + (v18 * 8);
            const int t26 = 0 < v18 ? v18 : 0;
            const int4 v27 = int4(v16 + ((t26 < 7 ? t26 : 7) * 8));
            for (int n28 = 0; n28 < 3; n28 += 1) {
                const int v29 = v6 + n28;
                const int v30 = v29 + (-1);
                const int4 v31 = int4(v30, v29, v29 + 1, v29 + 2);
                const bool4 v32 = v19 & ((v7 <= v31) & (v31 < v8));
                float4 v33 = v0;
                const int v34 = v25 + v30;
                const int4 t35 = select(v7, v31, v7 < v31);
                const int4 v36 = as_type<int4>(as_type<uint4>(v27) + as_type<uint4>(as_type<int4>(as_type<uint4>(select(v9, t35, t35 < v9)) * as_type<uint4>(v10))));
                const int v37 = v36.x;
                const int v38 = v36.y;
                const int v39 = v36.z;
                const int v40 = v36.w;
                if ((v32.x & v32.z) & (v32.y & v32.w)) {
                    v33 = load4(b1 + v34);
                } else {
                    v33 = select(v0, float4(b1[v37], b1[v38], b1[v39], b1[v40]), v32);
                }
                const float4 v41 = v33;
                v1 = float4(b0[v21 + n28]) * v41 + v1;
                v2 = float4(b0[v22 + n28]) * v41 + v2;
                v3 = float4(b0[v23 + n28]) * v41 + v3;
                v4 = float4(b0[v24 + n28]) * v41 + v4;
            }
        }
    }
    const int v42 = v5 * 8;
    store4(b2 + (v42 + v6), v1);
    store4(b2 + ((v42 + 64) + v6), v2);
    store4(b2 + ((v42 + 128) + v6), v3);
    store4(b2 + ((v42 + 192) + v6), v4);
}
