// Softmax: Float32[4, 10]
template <class T, class F> __device__ T bits(F x) { union { F from; T to; } u = {x}; return u.to; }
template <class T> struct vec { T x, y, z, w; };
#define LANES(op) template <class T> __device__ vec<T> operator op(vec<T> a, vec<T> b) { return {T(a.x op b.x), T(a.y op b.y), T(a.z op b.z), T(a.w op b.w)}; }
LANES(+) LANES(-) LANES(*) LANES(/) LANES(%) LANES(&) LANES(|) LANES(^) LANES(<<) LANES(>>)
#define TRUTHS(op) template <class T> __device__ vec<bool> operator op(vec<T> a, vec<T> b) { return {a.x op b.x, a.y op b.y, a.z op b.z, a.w op b.w}; }
TRUTHS(==) TRUTHS(!=) TRUTHS(<) TRUTHS(<=)
#define SIGNED(op) template <class T> __device__ vec<T> operator op(vec<T> a) { return {T(op a.x), T(op a.y), T(op a.z), T(op a.w)}; }
SIGNED(-) SIGNED(~) SIGNED(!)
#define EACH(f) template <class T> __device__ vec<T> f(vec<T> a) { return {f(a.x), f(a.y), f(a.z), f(a.w)}; }
EACH(fabs) EACH(floor) EACH(ceil) EACH(rint) EACH(trunc) EACH(sqrt) EACH(exp) EACH(log) EACH(sin) EACH(cos)
template <class T> __device__ vec<T> pick(vec<bool> c, vec<T> a, vec<T> b) { return {c.x ? a.x : b.x, c.y ? a.y : b.y, c.z ? a.z : b.z, c.w ? a.w : b.w}; }
template <class T, class F> __device__ vec<T> to(vec<F> a) { return {T(a.x), T(a.y), T(a.z), T(a.w)}; }
template <class T> __device__ vec<T> all(T a) { return {a, a, a, a}; }
template <class T> __device__ vec<T> load4(const T *p) { return {p[0], p[1], p[2], p[3]}; }
template <class T> __device__ void store4(T *p, vec<T> v) { p[0] = v.x; p[1] = v.y; p[2] = v.z; p[3] = v.w; }
extern "C" __global__ __launch_bounds__(16) void run(float *b0, float *b1)
{
    const int group = (int)(blockIdx.y * gridDim.x + blockIdx.x), local = (int)threadIdx.x, item = group * 16 + local;
    if (item >= 4) return;
    vec<float> v0 = all<float>(bits<float>(0xff800000u));
    float v1 = bits<float>(0xff800000u);
    const int v2 = item * 10;
    for (int n3 = 0; n3 < 8; n3 += 4) {
        const vec<float> t4 = load4(b1 + (v2 + n3));
        v0 = pick((t4 < v0) | (v0 != v0), v0, t4);
    }
    const int v5 = v2 + 8;
    const float v6 = b1[v5];
    v1 = v6 < v1 || v1 != v1 ? v1 : v6;
    const int v7 = v2 + 9;
    const float v8 = b1[v7];
    v1 = v8 < v1 || v1 != v1 ? v1 : v8;
    const vec<float> v9 = v0;
    const float t10 = v9.x;
    const float t11 = v9.z;
    const float t12 = t11 < t10 || t10 != t10 ? t10 : t11;
    const float t13 = v9.y;
    const float t14 = v9.w;
    const float t15 = t14 < t13 || t13 != t13 ? t13 : t14;
    const float t16 = t15 < t12 || t12 != t12 ? t12 : t15;
    const float v17 = v1 < t16 || t16 != t16 ? t16 : v1;
    vec<float> v18 = all<float>(0.0f);
    float v19 = 0.0f;
    const vec<float> v20 = all<float>(v17);
    for (int n21 = 0; n21 < 8; n21 += 4) {
        const int v22 = v2 + n21;
        const vec<float> v23 = exp(load4(b1 + v22) - v20);
        store4(b0 + v22, v23);
        v18 = v18 + v23;
    }
    const float v24 = exp(v6 - v17);
    b0[v5] = v24;
    v19 = v19 + v24;
    const float v25 = exp(v8 - v17);
    b0[v7] = v25;
    v19 = v19 + v25;
    const vec<float> v26 = v18;
    const float v27 = 1.0f / (((v26.x + v26.z) + (v26.y + v26.w)) + v19);
    const vec<float> v28 = all<float>(v27);
    for (int n29 = 0; n29 < 8; n29 += 4) {
        const int v30 = v2 + n29;
        const vec<float> v31 = load4(b0 + v30);
        store4(b0 + v30, v31 * v28);
    }
    const float v32 = b0[v5];
    b0[v5] = v32 * v27;
    const float v33 = b0[v7];
    b0[v7] = v33 * v27;
}
