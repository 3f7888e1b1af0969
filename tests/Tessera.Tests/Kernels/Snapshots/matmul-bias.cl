// MatMul: Float32[6, 12]
__kernel __attribute__((reqd_work_group_size(16, 1, 1)))
void run(__global float *b0, __global float *b1, __global float *b2, __global float *b3)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 16 + local_id;
    if (item >= 6) return;
    const float4 v0 = (float4)(0.0f);
    float4 v1 = v0;
    float4 v2 = v0;
    float4 v3 = v0;
    float4 v4 = v0;
    const int t5 = (item / 3) * 4;
    const int v6 = t5 < 2 ? t5 : 2;
    const int v7 = v6 + 1;
    const int v8 = v6 + 2;
    const int v9 = v6 + 3;
    const int v10 = v6 * 16;
    const int v11 = v7 * 16;
    const int v12 = v8 * 16;
    const int v13 = v9 * 16;
    const int v14 = (item % 3) * 4;
    for (int n15 = 0; n15 < 16; n15 += 1) {
        const float4 v16 = vload4(0, b1 + ((n15 * 12) + v14));
        v1 = (float4)(b0[v10 + n15]) * v16 + v1;
        v2 = (float4)(b0[v11 + n15]) * v16 + v2;
        v3 = (float4)(b0[v12 + n15]) * v16 + v3;
        v4 = (float4)(b0[v13 + n15]) * v16 + v4;
    }
    const float4 v17 = vload4(0, b2 + v14);
    vstore4(v1 + v17, 0, b3 + ((v6 * 12) + v14));
    vstore4(v2 + v17, 0, b3 + ((v7 * 12) + v14));
    vstore4(v3 + v17, 0, b3 + ((v8 * 12) + v14));
    vstore4(v4 + v17, 0, b3 + ((v9 * 12) + v14));
}
