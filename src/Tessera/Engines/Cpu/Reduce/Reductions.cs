using System.Numerics;
using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Reduce;

/// <summary>An associative operator with its neutral element.</summary>
internal interface IReduction : IBinary
{
    static abstract T Neutral<T>() where T : INumber<T>;
    static abstract T Scalar<T>(T a, T b) where T : INumber<T>;
}

internal readonly struct SumReduction : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> where T : unmanaged => a + b;

    public static T Neutral<T>() where T : INumber<T> => T.Zero;

    public static T Scalar<T>(T a, T b) where T : INumber<T> => a + b;
}

internal readonly struct ProdReduction : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> where T : unmanaged => a * b;

    public static T Neutral<T>() where T : INumber<T> => T.One;

    public static T Scalar<T>(T a, T b) where T : INumber<T> => a * b;
}

internal readonly struct MaxReduction : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> where T : unmanaged => V.Max(a, b);

    public static T Neutral<T>() where T : INumber<T> => T.CreateSaturating(double.NegativeInfinity);

    public static T Scalar<T>(T a, T b) where T : INumber<T> => T.Max(a, b);
}

internal readonly struct MinReduction : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> where T : unmanaged => V.Min(a, b);

    public static T Neutral<T>() where T : INumber<T> => T.CreateSaturating(double.PositiveInfinity);

    public static T Scalar<T>(T a, T b) where T : INumber<T> => T.Min(a, b);
}
