// Log: BFloat16[7]
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
__device__ float from_bf16(unsigned h) { return bits<float>(h << 16); }

__device__ unsigned short to_bf16(float v)
{
    unsigned word = bits<unsigned>(v);
    return (unsigned short)((word & 0x7fffffffu) > 0x7f800000u ? word >> 16 | 0x40u : (word + 0x7fffu + (word >> 16 & 1u)) >> 16);
}

extern "C" __global__ __launch_bounds__(16) void run(unsigned short *b0, unsigned short *b1)
{
    const int group = (int)(blockIdx.y * gridDim.x + blockIdx.x), local = (int)threadIdx.x, item = group * 16 + local;
    if (item >= 2) return;
    const int t0 = item * 4;
    const int v1 = t0 < 3 ? t0 : 3;
    const vec<float> t2 = log(exp(vec<float>{from_bf16(b0[v1]), from_bf16(b0[(v1 + 1)]), from_bf16(b0[(v1 + 2)]), from_bf16(b0[(v1 + 3)])}) + all<float>(1.0f));
    b1[v1] = to_bf16(t2.x);
    b1[v1 + 1] = to_bf16(t2.y);
    b1[v1 + 2] = to_bf16(t2.z);
    b1[v1 + 3] = to_bf16(t2.w);
}
