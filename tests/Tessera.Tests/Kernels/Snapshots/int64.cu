// Cast: Float32[6]
template <class T, class F> __device__ T bits(F x) { union { F from; T to; } u = {x}; return u.to; }
extern "C" __global__ __launch_bounds__(16) void run(long long *b0, long long *b1, float *b2)
{
    const int group = (int)(blockIdx.y * gridDim.x + blockIdx.x), local = (int)threadIdx.x, item = group * 16 + local;
    if (item >= 6) return;
    const long long v0 = b0[item];
    const long long v1 = b1[item];
    const bool v2 = v1 == 0LL;
    const bool v3 = v1 == (-1LL);
    const bool v4 = v2 | v3;
    const long long v5 = v4 ? 1LL : v1;
    const long long v6 = v4 ? 0LL : (v0 % v5);
    const long long t7 = (long long)((unsigned long long)v0 * (unsigned long long)v1);
    const long long t8 = ((!(v6 == 0LL)) & ((v6 < 0LL) ^ (v1 < 0LL))) ? ((long long)((unsigned long long)v6 + (unsigned long long)v1)) : v6;
    const long long v9 = t8 < t7 ? t7 : t8;
    b2[item] = (float)((long long)((unsigned long long)(v2 ? 0LL : (v3 ? ((long long)(-(unsigned long long)v0)) : (v0 / v5))) + (unsigned long long)v9));
}
