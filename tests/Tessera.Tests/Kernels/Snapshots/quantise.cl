// Cast: UInt8[3, 8]
__kernel __attribute__((reqd_work_group_size(16, 1, 1)))
void run(__global float *b0, __global unsigned char *b1)
{
    const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * 16 + local_id;
    if (item >= 6) return;
    const int v0 = item * 4;
    const float4 v1 = (float4)(0.0f);
    const float4 t2 = rint(vload4(0, b0 + v0) / (float4)(0.05f)) + (float4)(128.0f);
    const float4 t3 = (float4)(255.0f);
    const float4 t4 = select(t3, t2, (t2 < t3) | (t2 != t2));
    const float4 v5 = select(v1, t4, (v1 < t4) | (t4 != t4));
    const float4 v6 = trunc(v5);
    const float4 v7 = (float4)(256.0f);
    const int4 v8 = (v1 < v6) & (v6 < v7);
    const uint4 t9 = select(select((uint4)(0u), (uint4)(255u), v7 <= v6), convert_uint4(select(v1, v6, v8)), v8);
    b1[v0] = (unsigned char)(t9.x);
    b1[v0 + 1] = (unsigned char)(t9.y);
    b1[v0 + 2] = (unsigned char)(t9.z);
    b1[v0 + 3] = (unsigned char)(t9.w);
}
