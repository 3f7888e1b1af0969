// Norm: Float32[4, 12]
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
    const vec<float> v0 = all<float>(0.0f);
    vec<float> v1 = v0;
    const int v2 = item * 12;
    for (int n3 = 0; n3 < 12; n3 += 4) {
        v1 = v1 + load4(b0 + (v2 + n3));
    }
    const vec<float> v4 = v1;
    vec<float> v5 = v0;
    const vec<float> v6 = all<float>(((v4.x + v4.z) + (v4.y + v4.w)) / 12.0f);
    for (int n7 = 0; n7 < 12; n7 += 4) {
        const vec<float> v8 = load4(b0 + (v2 + n7)) - v6;
        v5 = v5 + (v8 * v8);
    }
    const vec<float> v9 = v5;
    const float v10 = sqrt((((v9.x + v9.z) + (v9.y + v9.w)) / 12.0f) + 1E-05f);
    const vec<float> v11 = all<float>(1.0f / v10);
    for (int n12 = 0; n12 < 12; n12 += 4) {
        const int v13 = v2 + n12;
        store4(b1 + v13, (load4(b0 + v13) - v6) * v11);
    }
}
