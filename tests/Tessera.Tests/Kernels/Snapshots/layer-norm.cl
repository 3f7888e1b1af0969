// Norm: Float32[4, 12]
__kernel __attribute__((reqd_work_group_size(16, 1, 1)))
void run(__global float *b0, __global float *b1)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 16 + local_id;
    if (item >= 4) return;
    const float4 v0 = (float4)(0.0f);
    float4 v1 = v0;
    const int v2 = item * 12;
    for (int n3 = 0; n3 < 12; n3 += 4) {
        v1 = v1 + vload4(0, b0 + (v2 + n3));
    }
    const float4 v4 = v1;
    float4 v5 = v0;
    const float4 v6 = (float4)(((v4.x + v4.z) + (v4.y + v4.w)) / 12.0f);
    for (int n7 = 0; n7 < 12; n7 += 4) {
        const float4 v8 = vload4(0, b0 + (v2 + n7)) - v6;
        v5 = v5 + (v8 * v8);
    }
    const float4 v9 = v5;
    const float v10 = sqrt((((v9.x + v9.z) + (v9.y + v9.w)) / 12.0f) + 1E-05f);
    const float4 v11 = (float4)(1.0f / v10);
    for (int n12 = 0; n12 < 12; n12 += 4) {
        const int v13 = v2 + n12;
        vstore4((vload4(0, b0 + v13) - v6) * v11, 0, b1 + v13);
    }
}
