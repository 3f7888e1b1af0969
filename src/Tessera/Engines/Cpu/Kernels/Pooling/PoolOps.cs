using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;
using Tessera.Engines.Cpu.Reduce;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>How a window's elements become one.</summary>
internal interface IPoolOp
{
    static abstract float Start { get; }

    static abstract V Add<V>(V sum, V x) where V : unmanaged, ILanes<V, float>;

    /// <param name="counts">How many elements each window has.</param>
    static abstract V Finish<V>(V sum, V counts) where V : unmanaged, ILanes<V, float>;
}

internal readonly struct MaxPool : IPoolOp
{
    public static float Start => float.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V sum, V x) where V : unmanaged, ILanes<V, float> => V.Max(sum, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V sum, V counts) where V : unmanaged, ILanes<V, float> => sum;
}

internal readonly struct AveragePool : IPoolOp
{
    public static float Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V sum, V x) where V : unmanaged, ILanes<V, float> => sum + x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V sum, V counts) where V : unmanaged, ILanes<V, float> => sum / counts;
}

/// <summary>Σ|x|.</summary>
internal readonly struct AbsolutePool : IPoolOp
{
    public static float Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V sum, V x) where V : unmanaged, ILanes<V, float> => sum + V.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V sum, V counts) where V : unmanaged, ILanes<V, float> => sum;
}

/// <summary>√Σx².</summary>
internal readonly struct EuclideanPool : IPoolOp
{
    public static float Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V sum, V x) where V : unmanaged, ILanes<V, float> => V.Fma(x, x, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V sum, V counts) where V : unmanaged, ILanes<V, float> => V.Sqrt(sum);
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
