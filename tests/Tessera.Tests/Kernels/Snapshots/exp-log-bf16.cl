// Log: BFloat16[7]
#ifndef FROM_BF16
#define FROM_BF16
static float from_bf16(uint h) { return as_float(h << 16); }
#endif

#ifndef TO_BF16
#define TO_BF16
static unsigned short to_bf16(float v)
{
    uint word = as_uint(v);
    return (unsigned short)((word & 0x7fffffffu) > 0x7f800000u ? word >> 16 | 0x40u : (word + 0x7fffu + (word >> 16 & 1u)) >> 16);
}
#endif

__kernel __attribute__((reqd_work_group_size(16, 1, 1)))
void run(__global unsigned short *b0, __global unsigned short *b1)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 16 + local_id;
    if (item >= 2) return;
    const int t0 = item * 4;
    const int v1 = t0 < 3 ? t0 : 3;
    const float4 t2 = log(exp((float4)(from_bf16(b0[v1]), from_bf16(b0[(v1 + 1)]), from_bf16(b0[(v1 + 2)]), from_bf16(b0[(v1 + 3)]))) + (float4)(1.0f));
    b1[v1] = to_bf16(t2.x);
    b1[v1 + 1] = to_bf16(t2.y);
    b1[v1 + 2] = to_bf16(t2.z);
    b1[v1 + 3] = to_bf16(t2.w);
}
