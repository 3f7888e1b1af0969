using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>One row times a row-major matrix that is read once, from its first element to its last: what memory delivers fastest.</summary>
internal static unsafe class RowSweep
{
    /// <summary>c[j] = from[j] + Σ a[i·aStep]·b[i·bStep + j] for j below n, i from 0 to k − 1 in order; from may be null.</summary>
    public static void Run(long n, long k, float* a, long aStep, float* b, long bStep, float* from, float* c)
    {
        if (Vector512.IsHardwareAccelerated) Run<Lanes512<float>>(n, k, a, aStep, b, bStep, from, c);
        else if (Vector256.IsHardwareAccelerated) Run<Lanes256<float>>(n, k, a, aStep, b, bStep, from, c);
        else Run<Lanes128<float>>(n, k, a, aStep, b, bStep, from, c);
    }

    private static void Run<V>(long n, long k, float* a, long aStep, float* b, long bStep, float* from, float* c) where V : unmanaged, ILanes<V, float>
    {
        Span<float> sums = new(c, checked((int)n));
        if (from == null) sums.Clear();
        else new ReadOnlySpan<float>(from, sums.Length).CopyTo(sums);
        long i = 0;
        for (; i + 8 <= k; i += 8) Eight<V>(n, a + i * aStep, aStep, b + i * bStep, bStep, c);
        for (; i < k; i++) One<V>(n, a[i * aStep], b + i * bStep, c);
    }

    /// <summary>Eight rows of B at a time: sums are read and written once for all of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight<V>(long n, float* a, long aStep, float* b0, long step, float* c) where V : unmanaged, ILanes<V, float>
    {
        float* b3 = b0 + 3 * step, b6 = b3 + 3 * step;
        long two = 2 * step, j = 0;
        V a0 = V.All(a[0]), a1 = V.All(a[aStep]), a2 = V.All(a[2 * aStep]), a3 = V.All(a[3 * aStep]), a4 = V.All(a[4 * aStep]), a5 = V.All(a[5 * aStep]), a6 = V.All(a[6 * aStep]), a7 = V.All(a[7 * aStep]);
        for (; j <= n - V.Count; j += V.Count, b0 += V.Count, b3 += V.Count, b6 += V.Count)
        {
            V x = V.Fma(a2, V.Load(b0 + two), V.Fma(a1, V.Load(b0 + step), V.Fma(a0, V.Load(b0), V.Load(c + j))));
            x = V.Fma(a5, V.Load(b3 + two), V.Fma(a4, V.Load(b3 + step), V.Fma(a3, V.Load(b3), x)));
            V.Store(V.Fma(a7, V.Load(b6 + step), V.Fma(a6, V.Load(b6), x)), c + j);
        }
        for (; j < n; j++, b0++, b3++)
        {
            float x = c[j];
            for (int i = 0; i < 8; i++) x = Fused.MultiplyAdd(a[i * aStep], b0[i * step], x);
            c[j] = x;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<V>(long n, float a, float* b, float* c) where V : unmanaged, ILanes<V, float>
    {
        long j = 0;
        for (; j <= n - V.Count; j += V.Count) V.Store(V.Fma(V.All(a), V.Load(b + j), V.Load(c + j)), c + j);
        for (; j < n; j++) c[j] = Fused.MultiplyAdd(a, b[j], c[j]);
    }
}
