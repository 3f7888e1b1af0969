// Norm: Float32[4, 12]
#include <metal_stdlib>
using namespace metal;

template <class T> vec<T, 4> load4(device const T *p) { return vec<T, 4>(p[0], p[1], p[2], p[3]); }
template <class T> void store4(device T *p, vec<T, 4> v) { p[0] = v.x; p[1] = v.y; p[2] = v.z; p[3] = v.w; }
[[max_total_threads_per_threadgroup(16)]]
kernel void run(device float *b0 [[buffer(0)]], device float *b1 [[buffer(1)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 16 + local;
    if (item >= 4) return;
    const float4 v0 = float4(0.0f);
    float4 v1 = v0;
    const int v2 = item * 12;
    for (int n3 = 0; n3 < 12; n3 += 4) {
        v1 = v1 + load4(b0 + (v2 + n3));
    }
    const float4 v4 = v1;
    float4 v5 = v0;
    const float4 v6 = float4(((v4.x + v4.z) + (v4.y + v4.w)) / 12.0f);
    for (int n7 = 0; n7 < 12; n7 += 4) {
        const float4 v8 = load4(b0 + (v2 + n7)) - v6;
        v5 = v5 + (v8 * v8);
    }
    const float4 v9 = v5;
    const float v10 = precise::sqrt((((v9.x + v9.z) + (v9.y + v9.w)) / 12.0f) + 1E-05f);
    const float4 v11 = float4(1.0f / v10);
    for (int n12 = 0; n12 < 12; n12 += 4) {
        const int v13 = v2 + n12;
        store4(b1 + v13, (load4(b0 + v13) - v6) * v11);
    }
}
