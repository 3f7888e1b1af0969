// Log: BFloat16[7]
#include <metal_stdlib>
using namespace metal;

template <class T> vec<T, 4> load4(device const T *p) { return vec<T, 4>(p[0], p[1], p[2], p[3]); }
template <class T> void store4(device T *p, vec<T, 4> v) { p[0] = v.x; p[1] = v.y; p[2] = v.z; p[3] = v.w; }
static float from_bf16(uint h) { return as_type<float>(h << 16); }

static unsigned short to_bf16(float v)
{
    uint word = as_type<uint>(v);
    return (unsigned short)((word & 0x7fffffffu) > 0x7f800000u ? word >> 16 | 0x40u : (word + 0x7fffu + (word >> 16 & 1u)) >> 16);
}

[[max_total_threads_per_threadgroup(16)]]
kernel void run(device unsigned short *b0 [[buffer(0)]], device unsigned short *b1 [[buffer(1)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 16 + local;
    if (item >= 2) return;
    const int t0 = item * 4;
    const int v1 = t0 < 3 ? t0 : 3;
    const float4 t2 = precise::log(precise::exp(float4(from_bf16(b0[v1]), from_bf16(b0[(v1 + 1)]), from_bf16(b0[(v1 + 2)]), from_bf16(b0[(v1 + 3)]))) + float4(1.0f));
    b1[v1] = to_bf16(t2.x);
    b1[v1 + 1] = to_bf16(t2.y);
    b1[v1 + 2] = to_bf16(t2.z);
    b1[v1 + 3] = to_bf16(t2.w);
}
