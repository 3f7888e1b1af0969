// Max: Float32[5, 8]
__kernel __attribute__((reqd_work_group_size(16, 1, 1)))
void run(__global float *b0, __global float *b1, __global float *b2)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 16 + local_id;
    if (item >= 40) return;
    const float t0 = b0[item] + b1[item % 8];
    b2[item] = 0.0f < t0 || t0 != t0 ? t0 : 0.0f;
}
