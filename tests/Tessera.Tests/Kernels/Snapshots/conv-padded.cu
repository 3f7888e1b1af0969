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
extern "C" __global__ __launch_bounds__(64) void run(float *b0, float *b1, float *b2)
{
    const int group = (int)(blockIdx.y * gridDim.x + blockIdx.x), local = (int)threadIdx.x, item = group * 64 + local;
    if (item >= 16) return;
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
        const int v12 = n11 * 9;
        const int v13 = v12 + 27;
        const int v14 = v12 + 54;
        const int v15 = v12 + 81;
        const int v16 = n11 * 64;
        for (int n17 = 0; n17 < 3; n17 += 1) {
            const int v18 = (v5 + n17) + (-1);
            const vec<bool> v19 = all<bool>((0 <= v18) & (v18 < 8));
            const int v20 = n17 * 3;
            const int v21 = v12 + v20;
            const int v22 = v13 + v20;
            const int v23 = v14 + v20;
            const int v24 = v15 + v20;
            const int v25 = v16 + (v18 * 8);
            const int t26 = 0 < v18 ? v18 : 0;
            const int t27 = 0 < v18 ? v18 : 0;
            const vec<int> v28 = all<int>(v16 + ((t27 < 7 ? t27 : 7) * 8));
            for (int n29 = 0; n29 < 3; n29 += 1) {
                const int v30 = v6 + n29;
                const int v31 = v30 + (-1);
                const vec<int> v32 = vec<int>{v31, v30, v30 + 1, v30 + 2};
                const vec<bool> v33 = v19 & ((v7 <= v32) & (v32 < v8));
                vec<float> v34 = v0;
                const int v35 = v25 + v31;
                const vec<int> t36 = pick(v7 < v32, v32, v7);
                const vec<int> v37 = bits<vec<int>>(bits<vec<unsigned>>(v28) + bits<vec<unsigned>>(bits<vec<int>>(bits<vec<unsigned>>(pick(t36 < v9, t36, v9)) * bits<vec<unsigned>>(v10))));
                const int v38 = v37.x;
                const int v39 = v37.y;
                const int v40 = v37.z;
                const int v41 = v37.w;
                if ((v33.x & v33.z) & (v33.y & v33.w)) {
                    v34 = load4(b1 + v35);
                } else {
                    v34 = pick(v33, vec<float>{b1[v38], b1[v39], b1[v40], b1[v41]}, v0);
                }
                const vec<float> v42 = v34;
                v1 = all<float>(b0[v21 + n29]) * v42 + v1;
                v2 = all<float>(b0[v22 + n29]) * v42 + v2;
                v3 = all<float>(b0[v23 + n29]) * v42 + v3;
                v4 = all<float>(b0[v24 + n29]) * v42 + v4;
            }
        }
    }
    const int v43 = v5 * 8;
    store4(b2 + (v43 + v6), v1);
    store4(b2 + ((v43 + 64) + v6), v2);
    store4(b2 + ((v43 + 128) + v6), v3);
    store4(b2 + ((v43 + 192) + v6), v4);
}
