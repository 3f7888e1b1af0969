// Tanh: Float16[3, 6]
#ifndef FROM_F16
#define FROM_F16
static float from_f16(uint h)
{
    uint size = h & 0x7fffu, word = size < 0x400u ? as_uint((float)size * 5.9604644775390625e-8f) : (size << 13) + (size < 0x7c00u ? 0x38000000u : 0x70000000u);
    return as_float(word | (h & 0x8000u) << 16);
}
#endif

#ifndef TO_F16
#define TO_F16
static unsigned short to_f16(float v)
{
    uint word = as_uint(v), size = word & 0x7fffffffu, h = (size - 0x38000000u + 0xfffu + (size >> 13 & 1u)) >> 13;
    if (size < 0x38800000u) h = (uint)rint(as_float(size) * 16777216.0f);
    if (size >= 0x477ff000u) h = 0x7c00u;
    if (size > 0x7f800000u) h = 0x7e00u;
    return (unsigned short)(h | (word >> 16 & 0x8000u));
}
#endif

__kernel __attribute__((reqd_work_group_size(16, 1, 1)))
void run(__global unsigned short *b0, __global unsigned short *b1)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 16 + local_id;
    if (item >= 5) return;
    const int t0 = item * 4;
    const int v1 = t0 < 14 ? t0 : 14;
    const float4 v2 = (float4)(from_f16(b0[v1]), from_f16(b0[(v1 + 1)]), from_f16(b0[(v1 + 2)]), from_f16(b0[(v1 + 3)]));
    const float4 v3 = fabs(v2);
    const float4 v4 = v3 * v3;
    const float4 v5 = (float4)((-0.33333328f));
    const float4 v6 = ((((float4)((-0.006096714f)) * v4 + (float4)(0.02099718f)) * v4 + (float4)((-0.053850908f))) * v4 + (float4)(0.1333277f)) * v4 + v5;
    const float4 v7 = (float4)(2.0f);
    const float4 v8 = (float4)(1.0f);
    const float4 t9 = (float4)(20.0f);
    const float4 v10 = v8 - (v7 / (exp(select(t9, v3, (v3 < t9) | (v3 != v3)) * v7) + v8));
    const uint4 v11 = as_uint4(v2) & (uint4)(2147483648u);
    const float4 t12 = as_float4(as_uint4(select(v10, ((v6 * v4) * v3) + v3, v3 < (float4)(0.625f))) | v11);
    b1[v1] = to_f16(t12.x);
    b1[v1 + 1] = to_f16(t12.y);
    b1[v1 + 2] = to_f16(t12.z);
    b1[v1 + 3] = to_f16(t12.w);
}
