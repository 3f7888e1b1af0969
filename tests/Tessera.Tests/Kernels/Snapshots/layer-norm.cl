// Norm: Float32[4, 12]
__kernel __attribute__((reqd_work_group_size(64, 1, 1)))
void run(__global float *b0, __global float *b1)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 64 + local_id;
    if (item >= 4) return;
    float v0 = 0.0f;
    float v1 = 0.0f;
    const int v2 = item * 12;
    for (int n3 = 0; n3 < 12; n3 += 1) {
        v0 = v0 + b0[v2 + n3];
    }
    const float v4 = v0 / 12.0f;
    for (int n5 = 0; n5 < 12; n5 += 1) {
        const float v6 = b0[v2 + n5] - v4;
        v1 = v6 * v6 + v1;
    }
    const float v7 = sqrt((v1 / 12.0f) + 1E-05f);
    for (int n8 = 0; n8 < 12; n8 += 1) {
        const int v9 = v2 + n8;
        b1[v9] = (b0[v9] - v4) / v7;
    }
}
