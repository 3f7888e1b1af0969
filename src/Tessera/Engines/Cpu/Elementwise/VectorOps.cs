using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Elementwise;

internal readonly struct NegOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T> => -x;
}

internal readonly struct AbsOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T> => V.Abs(x);
}

internal readonly struct FloorOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T> => V.Floor(x);
}

internal readonly struct CeilOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T> => V.Ceiling(x);
}

internal readonly struct RoundOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T> => V.Round(x);
}

internal readonly struct SqrtOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T> => V.Sqrt(x);
}

/// <summary>All bits inverted: masks and integers.</summary>
internal readonly struct NotOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T> => ~x;
}

/// <summary>Mask of NaN: the only values unequal to themselves.</summary>
internal readonly struct IsNaNOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T> => ~V.Equal(x, x);
}

/// <summary>Mask of values other than zero; NaN counts.</summary>
internal readonly struct NonZeroOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T> => ~V.Equal(x, V.All(default!));
}

internal readonly struct AddOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => a + b;
}

internal readonly struct SubOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => a - b;
}

internal readonly struct MulOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => a * b;
}

internal readonly struct DivOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => a / b;
}

internal readonly struct MinOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => V.Min(a, b);
}

internal readonly struct MaxOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => V.Max(a, b);
}

internal readonly struct AndOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => a & b;
}

internal readonly struct OrOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => a | b;
}

internal readonly struct XorOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => a ^ b;
}

internal readonly struct EqOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => V.Equal(a, b);
}

internal readonly struct LtOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => V.Less(a, b);
}

internal readonly struct LeOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => V.LessOrEqual(a, b);
}
