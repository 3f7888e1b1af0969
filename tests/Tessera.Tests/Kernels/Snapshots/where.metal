// Where: Float32[4, 8]
#include <metal_stdlib>
using namespace metal;

template <class T> vec<T, 4> load4(device const T *p) { return vec<T, 4>(p[0], p[1], p[2], p[3]); }
template <class T> void store4(device T *p, vec<T, 4> v) { p[0] = v.x; p[1] = v.y; p[2] = v.z; p[3] = v.w; }
[[max_total_threads_per_threadgroup(16)]]
kernel void run(device unsigned char *b0 [[buffer(0)]], device float *b1 [[buffer(1)]], device float *b2 [[buffer(2)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 16 + local;
    if (item >= 8) return;
    const int v0 = item * 4;
    store4(b2 + v0, select(float4(as_type<float>(0xff800000u)), load4(b1 + v0), bool4(b0[v0] != 0, b0[(v0 + 1)] != 0, b0[(v0 + 2)] != 0, b0[(v0 + 3)] != 0)));
}
