// Softmax: Float32[4, 10]
#include <metal_stdlib>
using namespace metal;

[[max_total_threads_per_threadgroup(64)]]
kernel void run(device float *b0 [[buffer(0)]], device float *b1 [[buffer(1)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 64 + local;
    if (item >= 4) return;
    float v0 = as_type<float>(0xff800000u);
    float v1 = 0.0f;
    const int v2 = item * 10;
    for (int n3 = 0; n3 < 10; n3 += 1) {
        const float t4 = b0[v2 + n3];
        v0 = t4 < v0 || v0 != v0 ? v0 : t4;
    }
    const float v5 = v0;
    for (int n6 = 0; n6 < 10; n6 += 1) {
        v1 = v1 + precise::exp(b0[v2 + n6] - v5);
    }
    const float v7 = 1.0f / v1;
    for (int n8 = 0; n8 < 10; n8 += 1) {
        const int v9 = v2 + n8;
        b1[v9] = precise::exp(b0[v9] - v5) * v7;
    }
}
