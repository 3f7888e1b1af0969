// Pool: Float32[1, 2, 3, 3]
#include <metal_stdlib>
using namespace metal;

[[max_total_threads_per_threadgroup(16)]]
kernel void run(device float *b0 [[buffer(0)]], device float *b1 [[buffer(1)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 16 + local;
    if (item >= 18) return;
    const int v0 = ((item / 3) % 3) * 2;
    const int v1 = (item % 3) * 2;
    float v2 = as_type<float>(0xff800000u);
    const int v3 = (item / 9) * 36;
    for (int n4 = 0; n4 < 2; n4 += 1) {
        const int v5 = v3 + ((v0 + n4) * 6);
        for (int n6 = 0; n6 < 2; n6 += 1) {
            const float t7 = b0[v5 + (v1 + n6)];
            v2 = t7 < v2 || v2 != v2 ? v2 : t7;
        }
    }
    b1[item] = v2;
}
