using System.Numerics;
using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Normalisation of one row, or of the columns of a block: mean first, then squares of what is left, so that large means cost no digits.</summary>
internal static unsafe class NormRows<V, T> where V : unmanaged, ILanes<V, T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public static void Row(T* x, T* y, long n, T epsilon, bool centered)
    {
        T count = T.CreateTruncating(n), mean = centered ? Sum(x, n) / count : T.Zero;
        T scale = T.One / T.Sqrt(Squares(x, n, mean) / count + epsilon);
        Apply(x, y, n, mean, scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Sum(T* x, long n)
    {
        V a = V.All(T.Zero), b = a, c = a, d = a;
        long i = 0;
        for (; i <= n - 4 * V.Count; i += 4 * V.Count)
        {
            a += V.Load(x + i);
            b += V.Load(x + i + V.Count);
            c += V.Load(x + i + 2 * V.Count);
            d += V.Load(x + i + 3 * V.Count);
        }
        for (; i <= n - V.Count; i += V.Count) a += V.Load(x + i);
        T s = Sums.Of<V, T>(a + b + (c + d));
        for (; i < n; i++) s += x[i];
        return s;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Squares(T* x, long n, T mean)
    {
        V m = V.All(mean), a = V.All(T.Zero), b = a, c = a, d = a;
        long i = 0;
        for (; i <= n - 4 * V.Count; i += 4 * V.Count)
        {
            V p = V.Load(x + i) - m, q = V.Load(x + i + V.Count) - m, r = V.Load(x + i + 2 * V.Count) - m, t = V.Load(x + i + 3 * V.Count) - m;
            a = V.Fma(p, p, a);
            b = V.Fma(q, q, b);
            c = V.Fma(r, r, c);
            d = V.Fma(t, t, d);
        }
        for (; i <= n - V.Count; i += V.Count)
        {
            V p = V.Load(x + i) - m;
            a = V.Fma(p, p, a);
        }
        T s = Sums.Of<V, T>(a + b + (c + d));
        for (; i < n; i++) s += (x[i] - mean) * (x[i] - mean);
        return s;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply(T* x, T* y, long n, T mean, T scale)
    {
        V m = V.All(mean), s = V.All(scale);
        long i = 0;
        for (; i <= n - V.Count; i += V.Count) V.Store((V.Load(x + i) - m) * s, y + i);
        for (; i < n; i++) y[i] = (x[i] - mean) * scale;
    }

    /// <summary>V.Count neighbouring columns, rows <paramref name="step"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Columns(T* x, T* y, long n, long step, T epsilon, bool centered)
    {
        V count = V.All(T.CreateTruncating(n)), mean = V.All(T.Zero), squares = mean;
        if (centered)
        {
            for (long i = 0; i < n; i++) mean += V.Load(x + i * step);
            mean /= count;
        }
        for (long i = 0; i < n; i++)
        {
            V d = V.Load(x + i * step) - mean;
            squares = V.Fma(d, d, squares);
        }
        V scale = V.All(T.One) / V.Sqrt(squares / count + V.All(epsilon));
        for (long i = 0; i < n; i++) V.Store((V.Load(x + i * step) - mean) * scale, y + i * step);
    }
}
