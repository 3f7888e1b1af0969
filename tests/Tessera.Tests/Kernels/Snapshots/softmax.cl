// Softmax: Float32[4, 10]
__kernel __attribute__((reqd_work_group_size(64, 1, 1)))
void run(__global float *b0, __global float *b1)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 64 + local_id;
    if (item >= 4) return;
    float v0 = as_float(0xff800000u);
    float v1 = 0.0f;
    const int v2 = item * 10;
    for (int n3 = 0; n3 < 10; n3 += 1) {
        const float t4 = b0[v2 + n3];
        v0 = t4 < v0 || v0 != v0 ? v0 : t4;
    }
    const float v5 = v0;
    for (int n6 = 0; n6 < 10; n6 += 1) {
        v1 = v1 + exp(b0[v2 + n6] - v5);
    }
    const float v7 = 1.0f / v1;
    for (int n8 = 0; n8 < 10; n8 += 1) {
        const int v9 = v2 + n8;
        b1[v9] = exp(b0[v9] - v5) * v7;
    }
}
