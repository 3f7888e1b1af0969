// Softmax: Float32[4, 10]
template <class T, class F> __device__ T bits(F x) { union { F from; T to; } u = {x}; return u.to; }
extern "C" __global__ __launch_bounds__(64) void run(float *b0, float *b1)
{
    const int group = (int)(blockIdx.y * gridDim.x + blockIdx.x), local = (int)threadIdx.x, item = group * 64 + local;
    if (item >= 4) return;
    float v0 = bits<float>(0xff800000u);
    float v1 = 0.0f;
    const int v2 = item * 10;
    for (int n3 = 0; n3 < 10; n3 += 1) {
        const float t4 = b0[v2 + n3];
        v0 = t4 < v0 || v0 != v0 ? v0 : t4;
    }
    const float v5 = v0;
    for (int n6 = 0; n6 < 10; n6 += 1) {
        v1 = v1 + exp(b0[v2 + n6] - v5);
    }
    const float v7 = 1.0f / v1;
    for (int n8 = 0; n8 < 10; n8 += 1) {
        const int v9 = v2 + n8;
        b1[v9] = exp(b0[v9] - v5) * v7;
    }
}
