// ReduceSum: Float32[3, 8]
template <class T, class F> __device__ T bits(F x) { union { F from; T to; } u = {x}; return u.to; }
extern "C" __global__ __launch_bounds__(16) void run(float *b0, float *b1)
{
    const int group = (int)(blockIdx.y * gridDim.x + blockIdx.x), local = (int)threadIdx.x, item = group * 16 + local;
    if (item >= 24) return;
    float v0 = 0.0f;
    const int v1 = item % 8;
    const int v2 = (item / 8) * 160;
    for (int n3 = 0; n3 < 20; n3 += 1) {
        v0 = v0 + b0[(v2 + (n3 * 8)) + v1];
    }
    b1[item] = v0;
}
