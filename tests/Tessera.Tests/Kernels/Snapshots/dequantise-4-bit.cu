// Mul: Float32[4, 6]
template <class T, class F> __device__ T bits(F x) { union { F from; T to; } u = {x}; return u.to; }
extern "C" __global__ __launch_bounds__(16) void run(unsigned char *b0, float *b1, float *b2)
{
    const int group = (int)(blockIdx.y * gridDim.x + blockIdx.x), local = (int)threadIdx.x, item = group * 16 + local;
    if (item >= 24) return;
    b2[item] = ((float)(((int)(b0[item >> 1] >> (item & 1) * 4 & 15) ^ 8) - 8)) * b1[item / 6];
}
