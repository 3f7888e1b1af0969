// Mul: Float32[4, 6]
__kernel __attribute__((reqd_work_group_size(16, 1, 1)))
void run(__global unsigned char *b0, __global float *b1, __global float *b2)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 16 + local_id;
    if (item >= 24) return;
    b2[item] = ((float)(((int)(b0[item >> 1] >> (item & 1) * 4 & 15) ^ 8) - 8)) * b1[item / 6];
}
