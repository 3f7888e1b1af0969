// Tanh: Float16[3, 6]
#include <metal_stdlib>
using namespace metal;

template <class T> vec<T, 4> load4(device const T *p) { return vec<T, 4>(p[0], p[1], p[2], p[3]); }
template <class T> void store4(device T *p, vec<T, 4> v) { p[0] = v.x; p[1] = v.y; p[2] = v.z; p[3] = v.w; }
static float from_f16(uint h)
{
    uint size = h & 0x7fffu, word = size < 0x400u ? as_type<uint>((float)size * 5.9604644775390625e-8f) : (size << 13) + (size < 0x7c00u ? 0x38000000u : 0x70000000u);
    return as_type<float>(word | (h & 0x8000u) << 16);
}

static unsigned short to_f16(float v)
{
    uint word = as_type<uint>(v), size = word & 0x7fffffffu, h = (size - 0x38000000u + 0xfffu + (size >> 13 & 1u)) >> 13;
    if (size < 0x38800000u) h = (uint)rint(as_type<float>(size) * 16777216.0f);
    if (size >= 0x477ff000u) h = 0x7c00u;
    if (size > 0x7f800000u) h = 0x7e00u;
    return (unsigned short)(h | (word >> 16 & 0x8000u));
}

[[max_total_threads_per_threadgroup(16)]]
kernel void run(device unsigned short *b0 [[buffer(0)]], device unsigned short *b1 [[buffer(1)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 16 + local;
    if (item >= 5) return;
    const int t0 = item * 4;
    const int v1 = t0 < 14 ? t0 : 14;
    const float4 v2 = float4(from_f16(b0[v1]), from_f16(b0[(v1 + 1)]), from_f16(b0[(v1 + 2)]), from_f16(b0[(v1 + 3)]));
    const float4 v3 = fabs(v2);
    const float4 v4 = v3 * v3;
    const float4 v5 = float4((-0.33333328f));
    const float4 v6 = (((float4((-0.006096714f)) * v4 + float4(0.02099718f)) * v4 + float4((-0.053850908f))) * v4 + float4(0.1333277f)) * v4 + v5;
    const float4 v7 = float4(2.0f);
    const float4 v8 = float4(1.0f);
    const float4 t9 = float4(20.0f);
    const float4 v10 = v8 - (v7 / (precise::exp(select(t9, v3, (v3 < t9) | (v3 != v3)) * v7) + v8));
    const uint4 v11 = as_type<uint4>(v2) & uint4(2147483648u);
    const float4 t12 = as_type<float4>(as_type<uint4>(select(v10, ((v6 * v4) * v3) + v3, v3 < float4(0.625f))) | v11);
    b1[v1] = to_f16(t12.x);
    b1[v1 + 1] = to_f16(t12.y);
    b1[v1 + 2] = to_f16(t12.z);
    b1[v1 + 3] = to_f16(t12.w);
}
