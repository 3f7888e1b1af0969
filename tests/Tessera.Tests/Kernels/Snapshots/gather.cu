// Gather: Float32[3, 4]
template <class T, class F> __device__ T bits(F x) { union { F from; T to; } u = {x}; return u.to; }
extern "C" __global__ __launch_bounds__(16) void run(long long *b0, int *faults, float *b2, float *b3)
{
    const int group = (int)(blockIdx.y * gridDim.x + blockIdx.x), local = (int)threadIdx.x, item = group * 16 + local;
    if (item >= 12) return;
    const long long v0 = b0[item / 4];
    const long long v1 = (v0 < 0LL) ? ((long long)((unsigned long long)v0 + (unsigned long long)10LL)) : v0;
    if ((10LL <= v1) | (v1 < 0LL)) {
        faults[0] = 1;
    }
    const int t2 = (int)v1;
    const int t3 = 0 < t2 ? t2 : 0;
    b3[item] = b2[((t3 < 9 ? t3 : 9) * 4) + (item % 4)];
}
