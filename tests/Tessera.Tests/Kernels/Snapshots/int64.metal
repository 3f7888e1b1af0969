// Cast: Float32[6]
#include <metal_stdlib>
using namespace metal;

[[max_total_threads_per_threadgroup(16)]]
kernel void run(device long *b0 [[buffer(0)]], device long *b1 [[buffer(1)]], device float *b2 [[buffer(2)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 16 + local;
    if (item >= 6) return;
    const long v0 = b0[item];
    const long v1 = b1[item];
    const bool v2 = v1 == 0L;
    const bool v3 = v1 == (-1L);
    const bool v4 = v2 | v3;
    const long v5 = v4 ? 1L : v1;
    const long v6 = v4 ? 0L : (v0 % v5);
    const long t7 = (long)((ulong)v0 * (ulong)v1);
    const long t8 = ((!(v6 == 0L)) & ((v6 < 0L) ^ (v1 < 0L))) ? ((long)((ulong)v6 + (ulong)v1)) : v6;
    const long v9 = t8 < t7 ? t7 : t8;
    b2[item] = (float)((long)((ulong)(v2 ? 0L : (v3 ? ((long)(-(ulong)v0)) : (v0 / v5))) + (ulong)v9));
}
