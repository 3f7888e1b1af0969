// Pool: Float32[1, 2, 3, 3]
__kernel __attribute__((reqd_work_group_size(64, 1, 1)))
void run(__global float *b0, __global float *b1)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 64 + local_id;
    if (item >= 18) return;
    float v0 = as_float(0xff800000u);
    int v1 = (-1);
    const int v2 = ((item / 3) % 3) * 2;
    const int v3 = (item % 3) * 2;
    const int v4 = (item / 9) * 36;
    for (int n5 = 0; n5 < 2; n5 += 1) {
        const int v6 = v2 + n5;
        const int v7 = v6 * 6;
        const int t8 = 0 < v6 ? v6 : 0;
        const int v9 = v4 + ((t8 < 5 ? t8 : 5) * 6);
        for (int n10 = 0; n10 < 2; n10 += 1) {
            const int v11 = v3 + n10;
            const int t12 = 0 < v11 ? v11 : 0;
            const float v13 = b0[v9 + (t12 < 5 ? t12 : 5)];
            const float v14 = v0;
            const bool v15 = !(!(v14 == v14));
            const bool v16 = (v1 == (-1)) | (((!(v13 == v13)) & v15) | ((v14 < v13) & v15));
            v0 = v16 ? v13 : v0;
            v1 = v16 ? (v7 + v11) : v1;
        }
    }
    b1[item] = v0;
}
