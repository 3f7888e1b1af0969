// MatMul: Float32[6, 12]
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
extern "C" __global__ __launch_bounds__(16) void run(float *b0, float *b1, float *b2, float *b3)
{
    const int group = (int)(blockIdx.y * gridDim.x + blockIdx.x), local = (int)threadIdx.x, item = group * 16 + local;
    if (item >= 6) return;
    const vec<float> v0 = all<float>(0.0f);
    vec<float> v1 = v0;
    vec<float> v2 = v0;
    vec<float> v3 = v0;
    vec<float> v4 = v0;
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
        const vec<float> v16 = load4(b1 + ((n15 * 12) + v14));
        v1 = all<float>(b0[v10 + n15]) * v16 + v1;
        v2 = all<float>(b0[v11 + n15]) * v16 + v2;
        v3 = all<float>(b0[v12 + n15]) * v16 + v3;
        v4 = all<float>(b0[v13 + n15]) * v16 + v4;
    }
    const vec<float> v17 = load4(b2 + v14);
    store4(b3 + ((v6 * 12) + v14), v1 + v17);
    store4(b3 + ((v7 * 12) + v14), v2 + v17);
    store4(b3 + ((v8 * 12) + v14), v3 + v17);
    store4(b3 + ((v9 * 12) + v14), v4 + v17);
}
