// ReduceSum: Float32[3, 8]
__kernel __attribute__((reqd_work_group_size(16, 1, 1)))
void run(__global float *b0, __global float *b1)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 16 + local_id;
    if (item >= 24) return;
    float v0 = 0.0f;
    const int v1 = item % 8;
    const int v2 = (item / 8) * 160;
    for (int n3 = 0; n3 < 20; n3 += 1) {
        v0 = v0 + b0[(v2 + (n3 * 8)) + v1];
    }
    b1[item] = v0;
}
