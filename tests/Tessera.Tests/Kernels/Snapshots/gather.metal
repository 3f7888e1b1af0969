// Gather: Float32[3, 4]
#include <metal_stdlib>
using namespace metal;

[[max_total_threads_per_threadgroup(16)]]
kernel void run(device long *b0 [[buffer(0)]], device int *faults [[buffer(1)]], device float *b2 [[buffer(2)]], device float *b3 [[buffer(3)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 16 + local;
    if (item >= 12) return;
    const long v0 = b0[item / 4];
    const long v1 = (v0 < 0L) ? ((long)((ulong)v0 + (ulong)10L)) : v0;
    if ((10L <= v1) | (v1 < 0L)) {
        faults[0] = 1;
    }
    const int t2 = (int)v1;
    const int t3 = 0 < t2 ? t2 : 0;
    b3[item] = b2[((t3 < 9 ? t3 : 9) * 4) + (item % 4)];
}
