using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;

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
