// Cast: UInt8[3, 8]
#include <metal_stdlib>
using namespace metal;

template <class T> vec<T, 4> load4(device const T *p) { return vec<T, 4>(p[0], p[1], p[2], p[3]); }
template <class T> void store4(device T *p, vec<T, 4> v) { p[0] = v.x; p[1] = v.y; p[2] = v.z; p[3] = v.w; }
[[max_total_threads_per_threadgroup(16)]]
kernel void run(device float *b0 [[buffer(0)]], device unsigned char *b1 [[buffer(1)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 16 + local;
    if (item >= 6) return;
    const int v0 = item * 4;
    const float4 v1 = float4(0.0f);
    const float4 t2 = rint(load4(b0 + v0) / float4(0.05f)) + float4(128.0f);
    const float4 t3 = float4(255.0f);
    const float4 t4 = select(t3, t2, (t2 < t3) | (t2 != t2));
    const float4 v5 = select(v1, t4, (v1 < t4) | (t4 != t4));
    const float4 v6 = trunc(v5);
    const float4 v7 = float4(256.0f);
    const bool4 v8 = (v1 < v6) & (v6 < v7);
    const uint4 t9 = select(select(uint4(0u), uint4(255u), v7 <= v6), uint4(select(v1, v6, v8)), v8);
    b1[v0] = (unsigned char)(t9.x);
    b1[v0 + 1] = (unsigned char)(t9.y);
    b1[v0 + 2] = (unsigned char)(t9.z);
    b1[v0 + 3] = (unsigned char)(t9.w);
}
