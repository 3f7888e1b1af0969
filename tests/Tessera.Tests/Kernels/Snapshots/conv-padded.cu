// Conv: Float32[1, 4, 8, 8]
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
extern "C" __global__ __launch_bounds__(16) void run(float *b0, float *b1, float *b2)
{
    const int group = (int)(blockIdx.y * gridDim.x + blockIdx.x), local = (int)threadIdx.x, item = group * 16 + local;
    const vec<float> v0 = all<float>(0.0f);
    vec<float> v1 = v0;
    vec<float> v2 = v0;
    vec<float> v3 = v0;
    vec<float> v4 = v0;
    const int v5 = item / 2;
    const int v6 = (item % 2) * 4;
    const vec<int> v7 = all<int>(0);
    const vec<int> v8 = all<int>(8);
    const vec<int> v9 = all<int>(7);
    const vec<int> v10 = all<int>(1);
    for (int n11 = 0; n11 < 3; n11 += 1) {
        const int v12 = (v5 + n11) + (-1);
        const vec<bool> v13 = all<bool>((0 <= v12) & (v12 < 8));
        const int v14 = n11 * 3;
        const int v15 = v12 * 8;
        const int t16 = 0 < v12 ? v12 : 0;
        const int v17 = (t16 < 7 ? t16 : 7) * 8;
        for (int n18 = 0; n18 < 3; n18 += 1) {
            const int v19 = v6 + n18;
            const int v20 = v19 + (-1);
            const vec<int> v21 = vec<int>{v20, v19, v19 + 1, v19 + 2};
            const vec<bool> v22 = v13 & ((v7 <= v21) & (v21 < v8));
            const bool v23 = (v22.x & v22.z) & (v22.y & v22.w);
            const vec<int> t24 = pick(v7 < v21, v21, v7);
            const vec<int> v25 = bits<vec<int>>(bits<vec<unsigned>>(pick(t24 < v9, t24, v9)) * bits<vec<unsigned>>(v10));
            for (int n26 = 0; n26 < 3; n26 += 1) {
                const int v27 = n26 * 9;
                vec<float> v28 = v0;
                const int v29 = n26 * 64;
                const int v30 = (v29 + v15) + v20;
                const vec<int> v31 = bits<vec<int>>(bits<vec<unsigned>>(all<int>(v29 + v17)) + bits<vec<unsigned>>(v25));
                const int v32 = v31.x;
                const int v33 = v31.y;
                const int v34 = v31.z;
                const int v35 = v31.w;
                if (v23) {
                    v28 = load4(b0 + v30);
                } else {
                    v28 = pick(v22, vec<float>{b0[v32], b0[v33], b0[v34], b0[v35]}, v0);
                }
                const vec<float> v36 = v28;
                v1 = all<float>(b1[(v27 + v14) + n18]) * v36 + v1;
                v2 = all<float>(b1[((v27 + 27) + v14) + n18]) * v36 + v2;
                v3 = all<float>(b1[((v27 + 54) + v14) + n18]) * v36 + v3;
                v4 = all<float>(b1[((v27 + 81) + v14) + n18]) * v36 + v4;
            }
        }
    }
    const int v37 = v5 * 8;
    store4(b2 + (v37 + v6), v1);
    store4(b2 + ((v37 + 64) + v6), v2);
    store4(b2 + ((v37 + 128) + v6), v3);
    store4(b2 + ((v37 + 192) + v6), v4);
}
