using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;
using Tessera.Engines.Cpu.Reduce;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>exp(x − max) ÷ Σ, or x − max − ln Σ, over one row or over the columns of a block.</summary>
internal static unsafe class SoftmaxRows<V, T> where V : unmanaged, ILanes<V, T>
{
    /// <summary>Vectors that one chain of sums takes.</summary>
    private const int Block = 16;

    /// <summary>n consecutive elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Row(T* x, T* y, long n, bool log)
    {
        V m = V.All(Largest(x, n));
        long vectors = n / V.Count, i = vectors * V.Count;
        V sum = Exponentials(x, y, vectors, V.Count, m, log);
        if (i < n && vectors > 0)
        {
            // The last vector ends where the row ends; what it shares with the one before comes out the same, and counts once.
            V d = V.Load(x + n - V.Count) - m, e = ExpOp.Apply<V, T>(d);
            sum += e & Sums.Last<V, T>(n - i);
            V.Store(log ? d : e, y + n - V.Count);
        }
        else if (i < n)
        {
            V d = Sums.Partial<V, T>(x, n, Scalar<T>.Least) - m, e = ExpOp.Apply<V, T>(d);
            // Lanes that do not exist must not count even where −∞ − max is NaN.
            sum = Sums.Partial<V, T>((T*)&e, n, Scalar<T>.Zero);
            Sums.Store(log ? d : e, y, n);
        }
        T total = Sums.Of<V, T>(sum);
        if (log) Shift(y, n, -(Scalar<T>)Scalar<T>.Log(total));
        else Scale(y, n, (Scalar<T>)Scalar<T>.One / total);
    }

    /// <summary>y = exp(x − m), or x − m for the logarithm, over vectors <paramref name="step"/> apart; gives Σ exp(x − m) by lane, with the error of <see cref="Pairwise"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Exponentials(T* x, T* y, long vectors, long step, V m, bool log)
    {
        if (vectors <= Block) return Part(x, y, vectors, step, m, log);
        // A copy, so that the other stays in its register.
        V result = m;
        Blocks(x, y, vectors, step, &result, log);
        return result;
    }

    /// <param name="m">What is subtracted; becomes the sum.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Blocks(T* x, T* y, long vectors, long step, V* m, bool log)
    {
        V* rungs = stackalloc V[Ladder<SumTerms, V>.Rungs];
        Ladder<SumTerms, V> ladder = new(rungs);
        for (long i = 0; i < vectors; i += Block) ladder.Push(Part(x + i * step, y + i * step, Math.Min(Block, vectors - i), step, *m, log));
        *m = ladder.Total();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Part(T* x, T* y, long vectors, long step, V m, bool log)
    {
        V sum = V.All(Scalar<T>.Zero);
        for (T* end = x + vectors * step; x != end; x += step, y += step)
        {
            V d = V.Load(x) - m, e = ExpOp.Apply<V, T>(d);
            sum += e;
            V.Store(log ? d : e, y);
        }
        return sum;
    }

    private readonly struct SumTerms : IJoin<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Join(V a, V b) => a + b;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Largest(T* x, long n)
    {
        V m = V.All(Scalar<T>.Least), l = m;
        long i = 0;
        for (; i <= n - 2 * V.Count; i += 2 * V.Count)
        {
            m = V.Max(m, V.Load(x + i));
            l = V.Max(l, V.Load(x + i + V.Count));
        }
        T largest = Sums.Largest<V, T>(V.Max(m, l));
        for (; i < n; i++) largest = Scalar<T>.Max(largest, x[i]);
        return largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale(T* y, long n, T by)
    {
        V s = V.All(by);
        long i = 0;
        for (; i <= n - V.Count; i += V.Count) V.Store(V.Load(y + i) * s, y + i);
        for (; i < n; i++) y[i] *= (Scalar<T>)by;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Shift(T* y, long n, T by)
    {
        V s = V.All(by);
        long i = 0;
        for (; i <= n - V.Count; i += V.Count) V.Store(V.Load(y + i) + s, y + i);
        for (; i < n; i++) y[i] += (Scalar<T>)by;
    }

    /// <summary>V.Count neighbouring columns, rows <paramref name="step"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Columns(T* x, T* y, long n, long step, bool log)
    {
        V m = V.Load(x);
        for (long i = 1; i < n; i++) m = V.Max(m, V.Load(x + i * step));
        V sum = Exponentials(x, y, n, step, m, log), by = log ? V.Log(sum) : V.All(Scalar<T>.One) / sum;
        for (long i = 0; i < n; i++) V.Store(log ? V.Load(y + i * step) - by : V.Load(y + i * step) * by, y + i * step);
    }
}
