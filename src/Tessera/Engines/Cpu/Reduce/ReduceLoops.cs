using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Reduce;

/// <summary>The loops of all reductions. A long row is taken in chunks, each in several vectors of partial results: the error of a sum grows with the length's root, not with the length.</summary>
internal static unsafe class ReduceLoops
{
    public const int Chunk = 8192;

    /// <summary>One result from n neighbouring elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Row<TOp, T>(T* x, long n) where TOp : IReduction where T : unmanaged, INumber<T>
    {
        T y = TOp.Neutral<T>();
        for (long i = 0; i < n; i += Chunk)
        {
            nint m = (nint)Math.Min(Chunk, n - i);
            y = TOp.Scalar(y, Part<TOp, T>(x + i, m));
        }
        return y;
    }

    /// <summary>One result from n elements, step apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Strided<TOp, T>(T* x, long n, long step) where TOp : IReduction where T : unmanaged, INumber<T>
    {
        T y = TOp.Neutral<T>();
        for (long i = 0; i < n; i += 256)
        {
            T part = TOp.Neutral<T>();
            long m = Math.Min(n, i + 256);
            for (long k = i; k < m; k++) part = TOp.Scalar(part, x[k * step]);
            y = TOp.Scalar(y, part);
        }
        return y;
    }

    /// <summary>y[i] = y[i] ∘ x[i]</summary>
    public static void Columns<TOp, T>(T* x, T* y, nint n) where TOp : IReduction where T : unmanaged => Loops.Binary<TOp, T>(y, x, y, n);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Part<TOp, T>(T* x, nint n) where TOp : IReduction where T : unmanaged, INumber<T> =>
        Vector512.IsHardwareAccelerated ? Part<TOp, Lanes512<T>, T>(x, n)
        : Vector256.IsHardwareAccelerated ? Part<TOp, Lanes256<T>, T>(x, n) : Part<TOp, Lanes128<T>, T>(x, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Part<TOp, V, T>(T* x, nint n) where TOp : IReduction where V : unmanaged, ILanes<V, T> where T : unmanaged, INumber<T>
    {
        T neutral = TOp.Neutral<T>();
        T* t = stackalloc T[V.Count];
        nint i = 0;
        if (n >= V.Count)
        {
            V a = V.All(neutral), b = a, c = a, d = a;
            for (; i <= n - 4 * V.Count; i += 4 * V.Count)
            {
                a = TOp.Apply<V, T>(a, V.Load(x + i));
                b = TOp.Apply<V, T>(b, V.Load(x + i + V.Count));
                c = TOp.Apply<V, T>(c, V.Load(x + i + 2 * V.Count));
                d = TOp.Apply<V, T>(d, V.Load(x + i + 3 * V.Count));
            }
            for (; i <= n - V.Count; i += V.Count) a = TOp.Apply<V, T>(a, V.Load(x + i));
            V.Store(TOp.Apply<V, T>(TOp.Apply<V, T>(a, b), TOp.Apply<V, T>(c, d)), t);
            for (int k = V.Count / 2; k > 0; k /= 2) for (int j = 0; j < k; j++) t[j] = TOp.Scalar(t[j], t[j + k]);
            neutral = t[0];
        }
        for (; i < n; i++) neutral = TOp.Scalar(neutral, x[i]);
        return neutral;
    }
}
