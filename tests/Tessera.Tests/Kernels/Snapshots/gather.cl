// Gather: Float32[3, 4]
__kernel __attribute__((reqd_work_group_size(16, 1, 1)))
void run(__global long *b0, __global int *faults, __global float *b2, __global float *b3)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 16 + local_id;
    if (item >= 12) return;
    const long v0 = b0[item / 4];
    const long v1 = (v0 < 0L) ? ((long)((ulong)v0 + (ulong)10L)) : v0;
    if ((10L <= v1) | (v1 < 0L)) {
        faults[0] = 1;
    }
    const int t2 = (int)v1;
    const int t3 = 0 < t2 ? t2 : 0;
    b3[item] = b2[((t3 < 9 ? t3 : 9) * 4) + (item % 4)];
}
