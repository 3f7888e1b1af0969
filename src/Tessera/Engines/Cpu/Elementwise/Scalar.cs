using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>Arithmetic on one number of a numeric .NET type, with the results of that type's own operators.</summary>
/// <remarks>Stands in for <see cref="System.Numerics.INumber{TSelf}"/>, whose members no compiler resolves ahead of time outside of .NET itself: docs/architecture.md, "Start".</remarks>
internal readonly struct Scalar<T>(T value)
{
    private readonly T _value = value;

    private Vector128<T> V
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.CreateScalar(_value);
    }

    public static T Zero => default!;

    public static T One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<T>.One.ToScalar();
    }

    /// <summary>−∞, or the least integer.</summary>
    public static T Least
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Extreme(true);
    }

    /// <summary>∞, or the greatest integer.</summary>
    public static T Greatest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Extreme(false);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Extreme(bool least)
    {
        if (typeof(T) == typeof(float)) return Unsafe.BitCast<float, T>(least ? float.NegativeInfinity : float.PositiveInfinity);
        if (typeof(T) == typeof(double)) return Unsafe.BitCast<double, T>(least ? double.NegativeInfinity : double.PositiveInfinity);
        bool signed = typeof(T) == typeof(sbyte) || typeof(T) == typeof(short) || typeof(T) == typeof(int) || typeof(T) == typeof(long);
        // The bits of the least: only the highest for signed integers, none for others; those of the greatest are the others.
        ulong bits = signed ? 1UL << (8 * Unsafe.SizeOf<T>() - 1) : 0;
        return Vector128.CreateScalar(least ? bits : ~bits).As<ulong, T>().ToScalar();
    }

    /// <summary>The nearest number of a floating-point type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of(double x) => typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>((float)x) : Unsafe.BitCast<double, T>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Scalar<T>(T x) => new(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator T(Scalar<T> x) => x._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> operator +(Scalar<T> a, Scalar<T> b) => (a.V + b.V).ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> operator -(Scalar<T> a, Scalar<T> b) => (a.V - b.V).ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> operator *(Scalar<T> a, Scalar<T> b) => (a.V * b.V).ToScalar();

    /// <summary>For floating-point types.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> operator /(Scalar<T> a, Scalar<T> b) => (a.V / b.V).ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<T> operator -(Scalar<T> a) => (-a.V).ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator <(Scalar<T> a, Scalar<T> b) => Holds(Vector128.LessThan(a.V, b.V));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator >(Scalar<T> a, Scalar<T> b) => Holds(Vector128.LessThan(b.V, a.V));

    /// <summary>IEEE 754: NaN equals nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal(T a, T b) => Holds(Vector128.Equals(Vector128.CreateScalar(a), Vector128.CreateScalar(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNaN(T x) => !Equal(x, x);

    /// <summary>NaN when either is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max(T a, T b) => Vector128.Max(Vector128.CreateScalar(a), Vector128.CreateScalar(b)).ToScalar();

    /// <summary>NaN when either is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Min(T a, T b) => Vector128.Min(Vector128.CreateScalar(a), Vector128.CreateScalar(b)).ToScalar();

    /// <summary>Between low and high; NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Clamp(T x, T low, T high) => Max(low, Min(x, high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Abs(T x) => Vector128.Abs(Vector128.CreateScalar(x)).ToScalar();

    /// <summary>For floating-point types.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sqrt(T x) => Vector128.Sqrt(Vector128.CreateScalar(x)).ToScalar();

    /// <summary>For floating-point types.</summary>
    public static T Exp(T x) => typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(MathF.Exp(Unsafe.BitCast<T, float>(x))) : Unsafe.BitCast<double, T>(Math.Exp(Unsafe.BitCast<T, double>(x)));

    /// <summary>For floating-point types.</summary>
    public static T Log(T x) => typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(MathF.Log(Unsafe.BitCast<T, float>(x))) : Unsafe.BitCast<double, T>(Math.Log(Unsafe.BitCast<T, double>(x)));

    /// <summary>For floating-point types.</summary>
    public static T Tanh(T x) => typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(MathF.Tanh(Unsafe.BitCast<T, float>(x))) : Unsafe.BitCast<double, T>(Math.Tanh(Unsafe.BitCast<T, double>(x)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Holds(Vector128<T> mask) => mask.AsByte().ToScalar() != 0;
}
