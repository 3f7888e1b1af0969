// Pool: Float32[1, 2, 3, 3]
#include <metal_stdlib>
using namespace metal;

[[max_total_threads_per_threadgroup(64)]]
kernel void run(device float *b0 [[buffer(0)]], device float *b1 [[buffer(1)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 64 + local;
    if (item >= 18) return;
    float v0 = as_type<float>(0xff800000u);
    int v1 = (-1);
    const int v2 = ((item / 3) % 3) * 2;
    const int v3 = (item % 3) * 2;
    const int v4 = (item / 9) * 36;
    for (int n5 = 0; n5 < 2; n5 += 1) {
        const int v6 = v2 + n5;
        const int v7 = v6 * 6;
        const int t8 = 0 < v6 ? v6 : 0;
        const int v9 = v4 + ((t8 < 5 ? t8 : 5) * 6);
        for (int n10 = 0; n10 < 2; n10 += 1) {
            const int v11 = v3 + n10;
            const int t12 = 0 < v11 ? v11 : 0;
            const float v13 = b0[v9 + (t12 < 5 ? t12 : 5)];
            const float v14 = v0;
            const bool v15 = !(!(v14 == v14));
            const bool v16 = (v1 == (-1)) | (((!(v13 == v13)) & v15) | ((v14 < v13) & v15));
            v0 = v16 ? v13 : v0;
            v1 = v16 ? (v7 + v11) : v1;
        }
    }
    b1[item] = v0;
}
