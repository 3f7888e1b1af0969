// MatMul: Float32[6, 12]
#include <metal_stdlib>
using namespace metal;

template <class T> vec<T, 4> load4(device const T *p) { return vec<T, 4>(p[0], p[1], p[2], p[3]); }
template <class T> void store4(device T *p, vec<T, 4> v) { p[0] = v.x; p[1] = v.y; p[2] = v.z; p[3] = v.w; }
[[max_total_threads_per_threadgroup(16)]]
kernel void run(device float *b0 [[buffer(0)]], device float *b1 [[buffer(1)]], device float *b2 [[buffer(2)]], device float *b3 [[buffer(3)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 16 + local;
    if (item >= 6) return;
    const float4 v0 = float4(0.0f);
    float4 v1 = v0;
    float4 v2 = v0;
    float4 v3 = v0;
    float4 v4 = v0;
    const int t5 = (item / 3) * 4;
    const int v6 = t5 < 2 ? t5 : 2;
    const int v7 = v6 + 1;
    const int v8 = v6 + 2;
    const int v9 = v6 + 3;
    const int v10 = v6 * 16;
    const int v11 = v7 * 16;
    const int v12 = v8 * 16;
    const int v13 = v9 * 16;
    const int v14 = (item % 3) * 4;
    for (int n15 = 0; n15 < 16; n15 += 1) {
        const float4 v16 = load4(b1 + ((n15 * 12) + v14));
        v1 = float4(b0[v10 + n15]) * v16 + v1;
        v2 = float4(b0[v11 + n15]) * v16 + v2;
        v3 = float4(b0[v12 + n15]) * v16 + v3;
        v4 = float4(b0[v13 + n15]) * v16 + v4;
    }
    const float4 v17 = load4(b2 + v14);
    store4(b3 + ((v6 * 12) + v14), v1 + v17);
    store4(b3 + ((v7 * 12) + v14), v2 + v17);
    store4(b3 + ((v8 * 12) + v14), v3 + v17);
    store4(b3 + ((v9 * 12) + v14), v4 + v17);
}
