// Pool: Float32[1, 2, 3, 3]
template <class T, class F> __device__ T bits(F x) { union { F from; T to; } u = {x}; return u.to; }
extern "C" __global__ __launch_bounds__(16) void run(float *b0, float *b1)
{
    const int group = (int)(blockIdx.y * gridDim.x + blockIdx.x), local = (int)threadIdx.x, item = group * 16 + local;
    if (item >= 18) return;
    const int v0 = ((item / 3) % 3) * 2;
    const int v1 = (item % 3) * 2;
    float v2 = bits<float>(0xff800000u);
    const int v3 = (item / 9) * 36;
    for (int n4 = 0; n4 < 2; n4 += 1) {
        const int v5 = v3 + ((v0 + n4) * 6);
        for (int n6 = 0; n6 < 2; n6 += 1) {
            const float t7 = b0[v5 + (v1 + n6)];
            v2 = t7 < v2 || v2 != v2 ? v2 : t7;
        }
    }
    b1[item] = v2;
}
