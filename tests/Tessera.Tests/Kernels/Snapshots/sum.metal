// ReduceSum: Float32[3, 8]
#include <metal_stdlib>
using namespace metal;

[[max_total_threads_per_threadgroup(16)]]
kernel void run(device float *b0 [[buffer(0)]], device float *b1 [[buffer(1)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 16 + local;
    if (item >= 24) return;
    float v0 = 0.0f;
    const int v1 = item % 8;
    const int v2 = (item / 8) * 160;
    for (int n3 = 0; n3 < 20; n3 += 1) {
        v0 = v0 + b0[(v2 + (n3 * 8)) + v1];
    }
    b1[item] = v0;
}
