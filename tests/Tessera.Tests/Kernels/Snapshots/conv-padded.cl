// Conv: Float32[1, 4, 8, 8]
__kernel __attribute__((reqd_work_group_size(64, 1, 1)))
void run(__global float *b0, __global float *b1, __global float *b2)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 64 + local_id;
    if (item >= 16) return;
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
        const int v12 = n11 * 9;
        const int v13 = v12 + 27;
        const int v14 = v12 + 54;
        const int v15 = v12 + 81;
        const int v16 = n11 * 64;
        for (int n17 = 0; n17 < 3; n17 += 1) {
            const int v18 = (v5 + n17) + (-1);
            const int4 v19 = (int4)(-(int)((0 <= v18) & (v18 < 8)));
            const int v20 = n17 * 3;
            const int v21 = v12 + v20;
            const int v22 = v13 + v20;
            const int v23 = v14 + v20;
            const int v24 = v15 + v20;
            const int v25 = v16 + (v18 * 8);
            const int t26 = 0 < v18 ? v18 : 0;
            const int4 v27 = (int4)(v16 + ((t26 < 7 ? t26 : 7) * 8));
            for (int n28 = 0; n28 < 3; n28 += 1) {
                const int v29 = v6 + n28;
                const int v30 = v29 + (-1);
                const int4 v31 = (int4)(v30, v29, v29 + 1, v29 + 2);
                const int4 v32 = v19 & ((v7 <= v31) & (v31 < v8));
                float4 v33 = v0;
                const int v34 = v25 + v30;
                const int4 t35 = select(v7, v31, v7 < v31);
                const int4 v36 = as_int4(as_uint4(v27) + as_uint4(as_int4(as_uint4(select(v9, t35, t35 < v9)) * as_uint4(v10))));
                const int v37 = v36.x;
                const int v38 = v36.y;
                const int v39 = v36.z;
                const int v40 = v36.w;
                if (((v32.x != 0) & (v32.z != 0)) & ((v32.y != 0) & (v32.w != 0))) {
                    v33 = vload4(0, b1 + v34);
                } else {
                    v33 = select(v0, (float4)(b1[v37], b1[v38], b1[v39], b1[v40]), v32);
                }
                const float4 v41 = v33;
                v1 = (float4)(b0[v21 + n28]) * v41 + v1;
                v2 = (float4)(b0[v22 + n28]) * v41 + v2;
                v3 = (float4)(b0[v23 + n28]) * v41 + v3;
                v4 = (float4)(b0[v24 + n28]) * v41 + v4;
            }
        }
    }
    const int v42 = v5 * 8;
    vstore4(v1, 0, b2 + (v42 + v6));
    vstore4(v2, 0, b2 + ((v42 + 64) + v6));
    vstore4(v3, 0, b2 + ((v42 + 128) + v6));
    vstore4(v4, 0, b2 + ((v42 + 192) + v6));
}
