using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;
using Tessera.Engines.Cpu.Reduce;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Normalisation of one row, or of the columns of a block: mean first, then squares of what is left, so that large means cost no digits.</summary>
internal static unsafe class NormRows<V, T> where V : unmanaged, ILanes<V, T>
{
    public static void Row(T* x, T* y, long n, T epsilon, bool centered)
    {
        T nothing = Scalar<T>.Zero;
        Scalar<T> count = Scalar<T>.Of(n), mean = centered ? Total<ReductionTerms<SumReduction, V, T>>(x, n, default, nothing) / count : nothing;
        T scale = (Scalar<T>)Scalar<T>.One / Scalar<T>.Sqrt(Total<SquareTerms<V, T>>(x, n, new(V.All(mean)), mean) / count + epsilon);
        Apply(x, y, n, mean, scale);
    }

    /// <param name="x">n elements.</param>
    /// <param name="n">How many.</param>
    /// <param name="terms">A sum.</param>
    /// <param name="nothing">The element that adds nothing to it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Total<TTerms>(T* x, long n, in TTerms terms, T nothing) where TTerms : unmanaged, ITerms<V>
    {
        long vectors = n / V.Count, rest = n - vectors * V.Count;
        V sum = Pairwise.Of<TTerms, V, T>(x, vectors, V.Count, terms);
        // The last vector ends where the row ends; what it shares with the one before is left out.
        if (rest > 0) sum = terms.Add(sum, vectors > 0 ? V.Select(Sums.Last<V, T>(rest), V.Load(x + n - V.Count), V.All(nothing)) : Sums.Partial<V, T>(x, rest, nothing));
        return Sums.Of<V, T>(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply(T* x, T* y, long n, T mean, T scale)
    {
        V m = V.All(mean), s = V.All(scale);
        long i = 0;
        for (; i <= n - V.Count; i += V.Count) V.Store((V.Load(x + i) - m) * s, y + i);
        for (; i < n; i++) y[i] = ((Scalar<T>)x[i] - mean) * scale;
    }

    /// <summary>V.Count neighbouring columns, rows <paramref name="step"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Columns(T* x, T* y, long n, long step, T epsilon, bool centered)
    {
        V count = V.All(Scalar<T>.Of(n)), mean = centered ? Pairwise.Of<ReductionTerms<SumReduction, V, T>, V, T>(x, n, step, default) / count : V.All(Scalar<T>.Zero);
        V squares = Pairwise.Of<SquareTerms<V, T>, V, T>(x, n, step, new(mean));
        V scale = V.All(Scalar<T>.One) / V.Sqrt(squares / count + V.All(epsilon));
        for (long i = 0; i < n; i++) V.Store((V.Load(x + i * step) - mean) * scale, y + i * step);
    }
}
