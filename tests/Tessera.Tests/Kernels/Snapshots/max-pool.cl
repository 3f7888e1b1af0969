// Pool: Float32[1, 2, 3, 3]
__kernel __attribute__((reqd_work_group_size(16, 1, 1)))
void run(__global float *b0, __global float *b1)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 16 + local_id;
    if (item >= 18) return;
    const int v0 = ((item / 3) % 3) * 2;
    const int v1 = (item % 3) * 2;
    float v2 = as_float(0xff800000u);
    const int v3 = (item / 9) * 36;
    for (int n4 = 0; n4 < 2; n4 += 1) {
        const int v5 = v3 + ((v0 + n4) * 6);
        for (int n6 = 0; n6 < 2; n6 += 1) {
            const float t7 = b0[v5 + (v1 + n6)];
            v2 = t7 < v2 || v2 != v2 ? v2 : t7;
        }
    }
    b1[item] = v2;
}
