using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;
using Tessera.Engines.Cpu.Reduce;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>How a window's elements become one.</summary>
internal interface IPoolOp
{
    static abstract float Start { get; }

    /// <summary>What one element comes to.</summary>
    static abstract V First<V>(V x) where V : unmanaged, ILanes<V, float>;

    /// <summary>With an element.</summary>
    static abstract V Add<V>(V sum, V x) where V : unmanaged, ILanes<V, float>;

    /// <summary>With what other elements came to.</summary>
    static abstract V Join<V>(V a, V b) where V : unmanaged, ILanes<V, float>;

    /// <param name="sum">What a window's elements came to.</param>
    /// <param name="shares">One over how many elements each window has.</param>
    static abstract V Finish<V>(V sum, V shares) where V : unmanaged, ILanes<V, float>;
}

/// <summary>NaN when an element is.</summary>
internal readonly struct MaxPool : IPoolOp
{
    public static float Start => float.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V First<V>(V x) where V : unmanaged, ILanes<V, float> => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V sum, V x) where V : unmanaged, ILanes<V, float> => V.Max(sum, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Join<V>(V a, V b) where V : unmanaged, ILanes<V, float> => V.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V sum, V shares) where V : unmanaged, ILanes<V, float> => sum;
}

/// <summary>Of planes without NaN.</summary>
internal readonly struct MaxOfNumbersPool : IPoolOp
{
    public static float Start => float.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V First<V>(V x) where V : unmanaged, ILanes<V, float> => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V sum, V x) where V : unmanaged, ILanes<V, float> => V.MaxOfNumbers(sum, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Join<V>(V a, V b) where V : unmanaged, ILanes<V, float> => V.MaxOfNumbers(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V sum, V shares) where V : unmanaged, ILanes<V, float> => sum;
}

internal readonly struct AveragePool : IPoolOp
{
    public static float Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V First<V>(V x) where V : unmanaged, ILanes<V, float> => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V sum, V x) where V : unmanaged, ILanes<V, float> => sum + x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Join<V>(V a, V b) where V : unmanaged, ILanes<V, float> => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V sum, V shares) where V : unmanaged, ILanes<V, float> => sum * shares;
}

/// <summary>Σ|x|.</summary>
internal readonly struct AbsolutePool : IPoolOp
{
    public static float Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V First<V>(V x) where V : unmanaged, ILanes<V, float> => V.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V sum, V x) where V : unmanaged, ILanes<V, float> => sum + V.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Join<V>(V a, V b) where V : unmanaged, ILanes<V, float> => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V sum, V shares) where V : unmanaged, ILanes<V, float> => sum;
}

/// <summary>√Σx².</summary>
internal readonly struct EuclideanPool : IPoolOp
{
    public static float Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V First<V>(V x) where V : unmanaged, ILanes<V, float> => x * x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V sum, V x) where V : unmanaged, ILanes<V, float> => V.Fma(x, x, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Join<V>(V a, V b) where V : unmanaged, ILanes<V, float> => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V sum, V shares) where V : unmanaged, ILanes<V, float> => V.Sqrt(sum);
}

/// <summary>A window's elements in any order: what was taken together is joined as numbers.</summary>
internal readonly struct PoolTerms<TOp, V> : ITerms<V> where TOp : struct, IPoolOp where V : unmanaged, ILanes<V, float>
{
    public V Start
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => V.All(TOp.Start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Add(V sum, V x) => TOp.Add(sum, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Join(V a, V b) => TOp.Start == 0 ? a + b : V.Max(a, b);
}
