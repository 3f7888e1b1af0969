using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>One row times a matrix, row-major or packed, that is read once, from its first element to its last: what memory delivers fastest.</summary>
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

    /// <summary>Whether packed panels are as wide as <see cref="Panels"/> takes them.</summary>
    public static bool TakesPanels => Sgemm.Columns >= 2 * Vector128<float>.Count;

    /// <summary>As <see cref="Run"/> with B in packed panels of <see cref="Sgemm.Columns"/> columns, one after another.</summary>
    public static void Panels(long n, long k, float* a, long aStep, float* b, float* from, float* c)
    {
        if (Sgemm.Columns == 32) Panels<Lanes512<float>>(n, k, a, aStep, b, from, c);
        else if (Sgemm.Columns == 16) Panels<Lanes256<float>>(n, k, a, aStep, b, from, c);
        else Panels<Lanes128<float>>(n, k, a, aStep, b, from, c);
    }

    private static void Panels<V>(long n, long k, float* a, long aStep, float* b, float* from, float* c) where V : unmanaged, ILanes<V, float>
    {
        int width = Sgemm.Columns;
        long j = 0;
        for (; j + width <= n; j += width, b += k * width)
            for (int i = 0; i < width; i += 2 * V.Count) Panel<V>(k, a, aStep, b + i, width, from == null ? null : from + j + i, c + j + i);
        if (j == n) return;
        // Columns beyond the matrix are computed in a buffer and left there.
        float* edge = stackalloc float[2 * width];
        int count = (int)(n - j);
        if (from != null) new ReadOnlySpan<float>(from + j, count).CopyTo(new Span<float>(edge + width, count));
        for (int i = 0; i < width; i += 2 * V.Count) Panel<V>(k, a, aStep, b + i, width, from == null ? null : edge + width + i, edge + i);
        new ReadOnlySpan<float>(edge, count).CopyTo(new Span<float>(c + j, count));
    }

    /// <summary>Two vectors of a panel, every fourth row of it into sums of its own: each waits for the one before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Panel<V>(long k, float* a, long aStep, float* b, int width, float* from, float* y) where V : unmanaged, ILanes<V, float>
    {
        V s0 = V.All(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
        for (; k >= 4; k -= 4, a += 4 * aStep, b += 4 * width)
        {
            V v = V.All(a[0]);
            s0 = V.Fma(v, V.Load(b), s0);
            t0 = V.Fma(v, V.Load(b + V.Count), t0);
            v = V.All(a[aStep]);
            s1 = V.Fma(v, V.Load(b + width), s1);
            t1 = V.Fma(v, V.Load(b + width + V.Count), t1);
            v = V.All(a[2 * aStep]);
            s2 = V.Fma(v, V.Load(b + 2 * width), s2);
            t2 = V.Fma(v, V.Load(b + 2 * width + V.Count), t2);
            v = V.All(a[3 * aStep]);
            s3 = V.Fma(v, V.Load(b + 3 * width), s3);
            t3 = V.Fma(v, V.Load(b + 3 * width + V.Count), t3);
        }
        for (; k > 0; k--, a += aStep, b += width)
        {
            V v = V.All(*a);
            s0 = V.Fma(v, V.Load(b), s0);
            t0 = V.Fma(v, V.Load(b + V.Count), t0);
        }
        s0 = s0 + s1 + (s2 + s3);
        t0 = t0 + t1 + (t2 + t3);
        V.Store(from == null ? s0 : V.Load(from) + s0, y);
        V.Store(from == null ? t0 : V.Load(from + V.Count) + t0, y + V.Count);
    }
}
