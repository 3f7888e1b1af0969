// TopK: Float32[2, 3]
__kernel __attribute__((reqd_work_group_size(16, 1, 1)))
void run(__global float *b0, __global float *b1, __global long *b2)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 16 + local_id;
    if (item >= 2) return;
    const int v0 = item * 9;
    float v1 = b0[v0];
    int v2 = (-1);
    const int v3 = item * 3;
    for (int n4 = 0; n4 < 3; n4 += 1) {
        float v5 = v1;
        int v6 = (-1);
        for (int n7 = 0; n7 < 9; n7 += 1) {
            const float v8 = b0[v0 + n7];
            const float v9 = v1;
            const bool v10 = !(v8 == v8);
            const bool v11 = !v10;
            const float v12 = v1;
            const bool v13 = !(!(v12 == v12));
            const bool v14 = (!((v10 & v13) | ((v12 < v8) & v13))) & (v2 < n7);
            const float v15 = v5;
            const bool v16 = !(!(v15 == v15));
            const bool v17 = (v6 == (-1)) | ((v10 & v16) | ((v15 < v8) & v16));
            const bool v18 = (((v2 == (-1)) | (((!(v9 == v9)) & v11) | ((v8 < v9) & v11))) | v14) & v17;
            v5 = v18 ? v8 : v5;
            v6 = v18 ? n7 : v6;
        }
        v1 = v5;
        v2 = v6;
        const int v19 = v3 + n4;
        b1[v19] = v5;
        b2[v19] = (long)v6;
    }
}
