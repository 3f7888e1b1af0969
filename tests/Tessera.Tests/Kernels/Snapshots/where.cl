// Where: Float32[4, 8]
__kernel __attribute__((reqd_work_group_size(16, 1, 1)))
void run(__global unsigned char *b0, __global float *b1, __global float *b2)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 16 + local_id;
    if (item >= 8) return;
    const int v0 = item * 4;
    vstore4(select((float4)(as_float(0xff800000u)), vload4(0, b1 + v0), (int4)(-(int)(b0[v0] != 0), -(int)(b0[(v0 + 1)] != 0), -(int)(b0[(v0 + 2)] != 0), -(int)(b0[(v0 + 3)] != 0))), 0, b2 + v0);
}
