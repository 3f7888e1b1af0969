using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>One row of scores on its way to weights. What follows a row up to a whole vector is overwritten.</summary>
internal static unsafe class ScoreRow<T>
{
    /// <summary>x = cap(x·scale) + mask, then −∞ up to the next whole vector; returns the largest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Prepare(T* x, long n, T scale, T cap, T* mask, long maskStep)
    {
        if (Vector512.IsHardwareAccelerated) return Prepare<Lanes512<T>>(x, n, scale, cap, mask, maskStep);
        if (Vector256.IsHardwareAccelerated) return Prepare<Lanes256<T>>(x, n, scale, cap, mask, maskStep);
        return Prepare<Lanes128<T>>(x, n, scale, cap, mask, maskStep);
    }

    /// <summary>x = exp(x − largest) of a prepared row, zeros included that follow it; returns the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Weigh(T* x, long n, T largest)
    {
        if (Vector512.IsHardwareAccelerated) return Weigh<Lanes512<T>>(x, n, largest);
        if (Vector256.IsHardwareAccelerated) return Weigh<Lanes256<T>>(x, n, largest);
        return Weigh<Lanes128<T>>(x, n, largest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(T* x, long n, T by)
    {
        Vector<T> v = Vector.Create(by);
        long i = 0;
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count) (Vector.Load(x + i) * v).Store(x + i);
        for (; i < n; i++) x[i] *= (Scalar<T>)by;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Prepare<V>(T* x, long n, T scale, T cap, T* mask, long maskStep) where V : unmanaged, ILanes<V, T>
    {
        if ((Scalar<T>)cap > Scalar<T>.Zero)
        {
            for (long i = 0; i < n; i++) x[i] = (Scalar<T>)cap * Scalar<T>.Tanh((Scalar<T>)x[i] * scale / cap);
            scale = Scalar<T>.One;
        }
        bool apart = mask != null && maskStep == 1;
        if (mask != null && maskStep is not (0 or 1))
        {
            for (long i = 0; i < n; i++) x[i] = (Scalar<T>)x[i] * scale + mask[i * maskStep];
            scale = Scalar<T>.One;
        }
        V s = V.All(scale), least = V.All(Scalar<T>.Least), largest = least, same = V.All(mask != null && maskStep == 0 ? *mask : Scalar<T>.Zero);
        long j = 0;
        for (; j <= n - V.Count; j += V.Count)
        {
            V v = V.Load(x + j) * s + (apart ? V.Load(mask + j) : same);
            V.Store(v, x + j);
            largest = V.Max(largest, v);
        }
        if (j < n)
        {
            V v = V.Load(x + j) * s + (apart ? Sums.Partial<V, T>(mask + j, n - j, Scalar<T>.Zero) : same);
            v = V.Select(V.Less(Sums.Indices<V, T>(), V.All(Scalar<T>.Of(n - j))), v, least);
            V.Store(v, x + j);
            largest = V.Max(largest, v);
        }
        return Sums.Largest<V, T>(largest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Weigh<V>(T* x, long n, T largest) where V : unmanaged, ILanes<V, T>
    {
        V m = V.All(largest), sum = V.All(Scalar<T>.Zero);
        for (long j = 0; j < n; j += V.Count)
        {
            V e = ExpOp.Apply<V, T>(V.Load(x + j) - m);
            V.Store(e, x + j);
            sum += e;
        }
        return Sums.Of<V, T>(sum);
    }
}
