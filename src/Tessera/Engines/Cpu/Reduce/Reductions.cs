using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Reduce;

/// <summary>An associative operator with its neutral element.</summary>
internal interface IReduction : IBinary
{
    /// <summary>The result of no elements.</summary>
    static abstract T Neutral<T>();
    static abstract T Join<T>(T a, T b);
}

internal readonly struct SumReduction : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => a + b;

    public static T Neutral<T>() => Scalar<T>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Join<T>(T a, T b) => (Scalar<T>)a + b;
}

internal readonly struct ProdReduction : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => a * b;

    public static T Neutral<T>() => Scalar<T>.One;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Join<T>(T a, T b) => (Scalar<T>)a * b;
}

internal readonly struct MaxReduction : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => V.Max(a, b);

    public static T Neutral<T>() => Scalar<T>.Least;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Join<T>(T a, T b) => Scalar<T>.Max(a, b);
}

internal readonly struct MinReduction : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T> => V.Min(a, b);

    public static T Neutral<T>() => Scalar<T>.Greatest;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Join<T>(T a, T b) => Scalar<T>.Min(a, b);
}
