using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Reduce;

/// <summary>Joins two partial results.</summary>
internal interface IJoin<V>
{
    static abstract V Join(V a, V b);
}

/// <summary>What a row's reduction does with each vector of elements.</summary>
internal interface ITerms<V> : IJoin<V>
{
    /// <summary>The result of no elements.</summary>
    V Start { get; }

    V Add(V sum, V x);
}

/// <summary>Partial results joined two by two as they come, results of equally many elements with each other: each takes part in ⌈log₂ count⌉ + 1 joins at most.</summary>
internal unsafe ref struct Ladder<TJoin, V>(V* rungs) where TJoin : IJoin<V>
{
    /// <summary>Enough for 2⁶³ partial results.</summary>
    public const int Rungs = 64;

    private readonly V* _rungs = rungs;
    private long _count;
    private int _top;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push(V v)
    {
        for (long k = ++_count; (k & 1) == 0; k >>= 1) v = TJoin.Join(_rungs[--_top], v);
        _rungs[_top++] = v;
    }

    /// <summary>Everything joined; at least one result must have been pushed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Total()
    {
        V v = _rungs[--_top];
        while (_top > 0) v = TJoin.Join(_rungs[--_top], v);
        return v;
    }
}

/// <summary>Reductions of vectors that lie a fixed step apart.</summary>
/// <remarks>Sums: blocks of 64 vectors in four chains of 16, the blocks joined pairwise. With the lanes joined by halves, n elements are summed with an error of at most
/// (24 + log₂ n)·u·Σ|x|, u the unit roundoff, whatever the width of the vectors. Source: N. J. Higham, The accuracy of floating point summation, SIAM J. Sci. Comput. 14 (1993).</remarks>
internal static unsafe class Pairwise
{
    private const int Block = 64;

    /// <param name="x">First element of the first vector.</param>
    /// <param name="vectors">How many.</param>
    /// <param name="step">Elements from one vector to the next.</param>
    /// <param name="terms">What to do with each.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<TTerms, V, T>(T* x, long vectors, long step, TTerms terms) where TTerms : unmanaged, ITerms<V> where V : unmanaged, ILanes<V, T>
    {
        if (vectors <= Block) return Part<TTerms, V, T>(x, vectors, step, terms);
        // Copies, so that the others stay in registers.
        TTerms same = terms;
        V sum;
        Blocks<TTerms, V, T>(x, vectors, step, &same, &sum);
        return sum;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Blocks<TTerms, V, T>(T* x, long vectors, long step, TTerms* terms, V* sum) where TTerms : unmanaged, ITerms<V> where V : unmanaged, ILanes<V, T>
    {
        V* rungs = stackalloc V[Ladder<TTerms, V>.Rungs];
        Ladder<TTerms, V> ladder = new(rungs);
        for (long i = 0; i < vectors; i += Block) ladder.Push(Part<TTerms, V, T>(x + i * step, Math.Min(Block, vectors - i), step, *terms));
        *sum = ladder.Total();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Part<TTerms, V, T>(T* x, long vectors, long step, TTerms terms) where TTerms : unmanaged, ITerms<V> where V : unmanaged, ILanes<V, T>
    {
        V a = terms.Start, b = a, c = a, d = a;
        T* end = x + vectors * step;
        for (; vectors >= 4; vectors -= 4, x += 4 * step)
        {
            a = terms.Add(a, V.Load(x));
            b = terms.Add(b, V.Load(x + step));
            c = terms.Add(c, V.Load(x + 2 * step));
            d = terms.Add(d, V.Load(x + 3 * step));
        }
        for (; x != end; x += step) a = terms.Add(a, V.Load(x));
        return TTerms.Join(TTerms.Join(a, b), TTerms.Join(c, d));
    }
}

/// <summary>An associative operator on lanes.</summary>
internal readonly struct ReductionTerms<TOp, V, T> : ITerms<V> where TOp : IReduction where V : unmanaged, ILanes<V, T>
{
    public V Start
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => V.All(TOp.Neutral<T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Add(V sum, V x) => TOp.Apply<V, T>(sum, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Join(V a, V b) => TOp.Apply<V, T>(a, b);
}

/// <summary>The same on single elements.</summary>
internal readonly struct ScalarJoin<TOp, T> : IJoin<T> where TOp : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Join(T a, T b) => TOp.Join(a, b);
}

/// <summary>Σ (x − centre)².</summary>
internal readonly struct SquareTerms<V, T>(V centre) : ITerms<V> where V : unmanaged, ILanes<V, T>
{
    private readonly V _centre = centre;

    public V Start
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => V.All(default!);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Add(V sum, V x)
    {
        V d = x - _centre;
        return V.Fma(d, d, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Join(V a, V b) => a + b;
}
