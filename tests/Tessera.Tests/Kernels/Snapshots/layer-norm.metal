// Norm: Float32[4, 12]
#include <metal_stdlib>
using namespace metal;

[[max_total_threads_per_threadgroup(64)]]
kernel void run(device float *b0 [[buffer(0)]], device float *b1 [[buffer(1)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 64 + local;
    if (item >= 4) return;
    float v0 = 0.0f;
    float v1 = 0.0f;
    const int v2 = item * 12;
    for (int n3 = 0; n3 < 12; n3 += 1) {
        v0 = v0 + b0[v2 + n3];
    }
    const float v4 = v0 / 12.0f;
    for (int n5 = 0; n5 < 12; n5 += 1) {
        const float v6 = b0[v2 + n5] - v4;
        v1 = v6 * v6 + v1;
    }
    const float v7 = precise::sqrt((v1 / 12.0f) + 1E-05f);
    for (int n8 = 0; n8 < 12; n8 += 1) {
        const int v9 = v2 + n8;
        b1[v9] = (b0[v9] - v4) / v7;
    }
}
