using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>One row of scores on its way to weights.</summary>
internal static unsafe class ScoreRow<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>x = cap(x·scale) + mask; returns the largest.</summary>
    public static T Prepare(T* x, long n, T scale, T cap, T* mask, long maskStep)
    {
        if (Vector512.IsHardwareAccelerated) return Prepare<Lanes512<T>>(x, n, scale, cap, mask, maskStep);
        if (Vector256.IsHardwareAccelerated) return Prepare<Lanes256<T>>(x, n, scale, cap, mask, maskStep);
        return Prepare<Lanes128<T>>(x, n, scale, cap, mask, maskStep);
    }

    /// <summary>x = exp(x − largest); returns the sum.</summary>
    public static T Weigh(T* x, long n, T largest)
    {
        if (Vector512.IsHardwareAccelerated) return Weigh<Lanes512<T>>(x, n, largest);
        if (Vector256.IsHardwareAccelerated) return Weigh<Lanes256<T>>(x, n, largest);
        return Weigh<Lanes128<T>>(x, n, largest);
    }

    public static void Scale(T* x, long n, T by)
    {
        Vector<T> v = Vector.Create(by);
        long i = 0;
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count) (Vector.Load(x + i) * v).Store(x + i);
        for (; i < n; i++) x[i] *= by;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Prepare<V>(T* x, long n, T scale, T cap, T* mask, long maskStep) where V : unmanaged, ILanes<V, T>
    {
        V s = V.All(scale), largest = V.All(T.NegativeInfinity);
        if (cap > T.Zero)
        {
            for (long i = 0; i < n; i++) x[i] = cap * T.Tanh(x[i] * scale / cap);
            s = V.All(T.One);
            scale = T.One;
        }
        long j = 0;
        if (mask == null || maskStep is 0 or 1)
        {
            V still = mask == null || maskStep == 1 ? V.All(T.Zero) : V.All(*mask);
            for (; j <= n - V.Count; j += V.Count)
            {
                V v = V.Load(x + j) * s + (mask != null && maskStep == 1 ? V.Load(mask + j) : still);
                V.Store(v, x + j);
                largest = V.Max(largest, v);
            }
        }
        T m = Sums.Largest<V, T>(largest);
        for (; j < n; j++)
        {
            x[j] = x[j] * scale + (mask == null ? T.Zero : mask[j * maskStep]);
            m = T.Max(m, x[j]);
        }
        return m;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Weigh<V>(T* x, long n, T largest) where V : unmanaged, ILanes<V, T>
    {
        V m = V.All(largest), sum = V.All(T.Zero);
        long j = 0;
        for (; j <= n - V.Count; j += V.Count)
        {
            V e = ExpOp.Apply<V, T>(V.Load(x + j) - m);
            V.Store(e, x + j);
            sum += e;
        }
        if (j < n)
        {
            V e = ExpOp.Apply<V, T>(Sums.Partial<V, T>(x + j, n - j, largest) - m);
            Sums.Store(e, x + j, n - j);
            sum += Sums.Partial<V, T>(x + j, n - j, T.Zero);
        }
        return Sums.Of<V, T>(sum);
    }
}
