// Cast: Float32[6]
__kernel __attribute__((reqd_work_group_size(16, 1, 1)))
void run(__global long *b0, __global long *b1, __global float *b2)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 16 + local_id;
    if (item >= 6) return;
    const long v0 = b0[item];
    const long v1 = b1[item];
    const bool v2 = v1 == 0L;
    const bool v3 = v1 == (-1L);
    const bool v4 = v2 | v3;
    const long v5 = v4 ? 1L : v1;
    const long v6 = v4 ? 0L : (v0 % v5);
    const long t7 = (long)((ulong)v0 * (ulong)v1);
    const long t8 = ((!(v6 == 0L)) & ((v6 < 0L) ^ (v1 < 0L))) ? ((long)((ulong)v6 + (ulong)v1)) : v6;
    const long v9 = t8 < t7 ? t7 : t8;
    b2[item] = (float)((long)((ulong)(v2 ? 0L : (v3 ? ((long)(-(ulong)v0)) : (v0 / v5))) + (ulong)v9));
}
