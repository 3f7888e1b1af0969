// And: Bool[9]
__kernel __attribute__((reqd_work_group_size(16, 1, 1)))
void run(__global float *b0, __global float *b1, __global float *b2, __global unsigned char *b3)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 16 + local_id;
    if (item >= 3) return;
    const int t0 = item * 4;
    const int v1 = t0 < 5 ? t0 : 5;
    const float4 v2 = vload4(0, b2 + v1);
    const int4 t3 = (vload4(0, b0 + v1) < vload4(0, b1 + v1)) & (~(~(v2 == v2)));
    b3[v1] = (unsigned char)((t3.x != 0));
    b3[v1 + 1] = (unsigned char)((t3.y != 0));
    b3[v1 + 2] = (unsigned char)((t3.z != 0));
    b3[v1 + 3] = (unsigned char)((t3.w != 0));
}
