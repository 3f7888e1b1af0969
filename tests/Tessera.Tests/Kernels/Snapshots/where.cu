// Where: Float32[4, 8]
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
extern "C" __global__ __launch_bounds__(16) void run(unsigned char *b0, float *b1, float *b2)
{
    const int group = (int)(blockIdx.y * gridDim.x + blockIdx.x), local = (int)threadIdx.x, item = group * 16 + local;
    if (item >= 8) return;
    const int v0 = item * 4;
    store4(b2 + v0, pick(vec<bool>{b0[v0] != 0, b0[(v0 + 1)] != 0, b0[(v0 + 2)] != 0, b0[(v0 + 3)] != 0}, load4(b1 + v0), all<float>(bits<float>(0xff800000u))));
}
