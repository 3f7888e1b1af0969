// Conv: Float32[1, 4, 8, 8]
__kernel __attribute__((reqd_work_group_size(16, 1, 1)))
void run(__global float *b0, __global float *b1, __global float *b2)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 16 + local_id;
    const float4 v0 = (float4)(0.0f);
    float4 v1 = v0;
    float4 v2 = v0;
    float4 v3 = v0;
    float4 v4 = v0;
    const int v5 = item / 2;
    const int v6 = (item % 2) * 4;
    const int4 v7 = (int4)(0);
    const int4 v8 = (int4)(8);
    const int4 v9 = (int4)(7);
    const int4 v10 = (int4)(1);
    for (int n11 = 0; n11 < 3; n11 += 1) {
        const int v12 = (v5 + n11) + (-1);
        const int4 v13 = (int4)(-(int)((0 <= v12) & (v12 < 8)));
        const int v14 = n11 * 3;
        const int v15 = v12 * 8;
        const int t16 = 0 < v12 ? v12 : 0;
        const int v17 = (t16 < 7 ? t16 : 7) * 8;
        for (int n18 = 0; n18 < 3; n18 += 1) {
            const int v19 = v6 + n18;
            const int v20 = v19 + (-1);
            const int4 v21 = (int4)(v20, v19, v19 + 1, v19 + 2);
            const int4 v22 = v13 & ((v7 <= v21) & (v21 < v8));
            const bool v23 = ((v22.x != 0) & (v22.z != 0)) & ((v22.y != 0) & (v22.w != 0));
            const int4 t24 = select(v7, v21, v7 < v21);
            const int4 v25 = as_int4(as_uint4(select(v9, t24, t24 < v9)) * as_uint4(v10));
            for (int n26 = 0; n26 < 3; n26 += 1) {
                const int v27 = n26 * 9;
                float4 v28 = v0;
                const int v29 = n26 * 64;
                const int v30 = (v29 + v15) + v20;
                const int4 v31 = as_int4(as_uint4((int4)(v29 + v17)) + as_uint4(v25));
                const int v32 = v31.x;
                const int v33 = v31.y;
                const int v34 = v31.z;
                const int v35 = v31.w;
                if (v23) {
                    v28 = vload4(0, b0 + v30);
                } else {
                    v28 = select(v0, (float4)(b0[v32], b0[v33], b0[v34], b0[v35]), v22);
                }
                const float4 v36 = v28;
                v1 = (float4)(b1[(v27 + v14) + n18]) * v36 + v1;
                v2 = (float4)(b1[((v27 + 27) + v14) + n18]) * v36 + v2;
                v3 = (float4)(b1[((v27 + 54) + v14) + n18]) * v36 + v3;
                v4 = (float4)(b1[((v27 + 81) + v14) + n18]) * v36 + v4;
            }
        }
    }
    const int v37 = v5 * 8;
    vstore4(v1, 0, b2 + (v37 + v6));
    vstore4(v2, 0, b2 + ((v37 + 64) + v6));
    vstore4(v3, 0, b2 + ((v37 + 128) + v6));
    vstore4(v4, 0, b2 + ((v37 + 192) + v6));
}
