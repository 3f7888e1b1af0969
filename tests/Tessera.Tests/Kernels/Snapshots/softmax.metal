// Softmax: Float32[4, 10]
#include <metal_stdlib>
using namespace metal;

template <class T> vec<T, 4> load4(device const T *p) { return vec<T, 4>(p[0], p[1], p[2], p[3]); }
template <class T> void store4(device T *p, vec<T, 4> v) { p[0] = v.x; p[1] = v.y; p[2] = v.z; p[3] = v.w; }
[[max_total_threads_per_threadgroup(16)]]
kernel void run(device float *b0 [[buffer(0)]], device float *b1 [[buffer(1)]], uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
{
    const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * 16 + local;
    if (item >= 4) return;
    float4 v0 = float4(as_type<float>(0xff800000u));
    float v1 = as_type<float>(0xff800000u);
    const int v2 = item * 10;
    for (int n3 = 0; n3 < 8; n3 += 4) {
        const float4 t4 = load4(b1 + (v2 + n3));
        v0 = select(t4, v0, (t4 < v0) | (v0 != v0));
    }
    const int v5 = v2 + 8;
    const float v6 = b1[v5];
    v1 = v6 < v1 || v1 != v1 ? v1 : v6;
    const int v7 = v2 + 9;
    const float v8 = b1[v7];
    v1 = v8 < v1 || v1 != v1 ? v1 : v8;
    const float4 v9 = v0;
    const float t10 = v9.x;
    const float t11 = v9.z;
    const float t12 = t11 < t10 || t10 != t10 ? t10 : t11;
    const float t13 = v9.y;
    const float t14 = v9.w;
    const float t15 = t14 < t13 || t13 != t13 ? t13 : t14;
    const float t16 = t15 < t12 || t12 != t12 ? t12 : t15;
    const float v17 = v1 < t16 || t16 != t16 ? t16 : v1;
    float4 v18 = float4(0.0f);
    float v19 = 0.0f;
    const float4 v20 = float4(v17);
    for (int n21 = 0; n21 < 8; n21 += 4) {
        const int v22 = v2 + n21;
        const float4 v23 = precise::exp(load4(b1 + v22) - v20);
        store4(b0 + v22, v23);
        v18 = v18 + v23;
    }
    const float v24 = precise::exp(v6 - v17);
    b0[v5] = v24;
    v19 = v19 + v24;
    const float v25 = precise::exp(v8 - v17);
    b0[v7] = v25;
    v19 = v19 + v25;
    const float4 v26 = v18;
    const float v27 = 1.0f / (((v26.x + v26.z) + (v26.y + v26.w)) + v19);
    const float4 v28 = float4(v27);
    for (int n29 = 0; n29 < 8; n29 += 4) {
        const int v30 = v2 + n29;
        const float4 v31 = load4(b0 + v30);
        store4(b0 + v30, v31 * v28);
    }
    const float v32 = b0[v5];
    b0[v5] = v32 * v27;
    const float v33 = b0[v7];
    b0[v7] = v33 * v27;
}
