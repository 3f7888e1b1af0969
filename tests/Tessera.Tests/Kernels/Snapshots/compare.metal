// And: Bool[9]
#include <metal_stdlib>
using namespace metal;

template <class T> vec<T, 4> load4(device const T *p) { return vec<T, 4>(p[0], p[1], p[2], p[3]); }
template <class T> void store4(device T *p, vec<T, 4> v) { p[0] = v.x; p[1] = v.y; p[2] = v.z; p[3] = v.w; }
[[max_total_threads_per_threadgroup(16)]]
kernel void run(device float *b0 [[buffer(0)]], device float *b1 [[buffer(1)]], device float *b2 [[buffer(2)]], device unsigned char *b3 [[buffer(3)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 16 + local;
    if (item >= 3) return;
    const int t0 = item * 4;
    const int v1 = t0 < 5 ? t0 : 5;
    const float4 v2 = load4(b2 + v1);
    const bool4 t3 = (load4(b0 + v1) < load4(b1 + v1)) & (!(!(v2 == v2)));
    b3[v1] = (unsigned char)(t3.x);
    b3[v1 + 1] = (unsigned char)(t3.y);
    b3[v1 + 2] = (unsigned char)(t3.z);
    b3[v1 + 3] = (unsigned char)(t3.w);
}
