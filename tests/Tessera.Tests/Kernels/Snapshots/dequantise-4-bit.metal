// Mul: Float32[4, 6]
#include <metal_stdlib>
using namespace metal;

[[max_total_threads_per_threadgroup(16)]]
kernel void run(device unsigned char *b0 [[buffer(0)]], device float *b1 [[buffer(1)]], device float *b2 [[buffer(2)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 16 + local;
    if (item >= 24) return;
    b2[item] = ((float)(((int)(b0[item >> 1] >> (item & 1) * 4 & 15) ^ 8) - 8)) * b1[item / 6];
}
