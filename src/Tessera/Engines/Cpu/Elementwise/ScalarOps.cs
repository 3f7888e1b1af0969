using System.Numerics;

namespace Tessera.Engines.Cpu.Elementwise;

internal readonly struct PreciseTanOp<T> : IScalarUnary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.Tan(x);
}

internal readonly struct PreciseAsinOp<T> : IScalarUnary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.Asin(x);
}

internal readonly struct PreciseAcosOp<T> : IScalarUnary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.Acos(x);
}

internal readonly struct PreciseAtanOp<T> : IScalarUnary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.Atan(x);
}

internal readonly struct PreciseSinhOp<T> : IScalarUnary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.Sinh(x);
}

internal readonly struct PreciseCoshOp<T> : IScalarUnary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.Cosh(x);
}

internal readonly struct PreciseTanhOp<T> : IScalarUnary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.Tanh(x);
}

internal readonly struct PreciseAsinhOp<T> : IScalarUnary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.Asinh(x);
}

internal readonly struct PreciseAcoshOp<T> : IScalarUnary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.Acosh(x);
}

internal readonly struct PreciseAtanhOp<T> : IScalarUnary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T x) => T.Atanh(x);
}

/// <summary>Sign of integers.</summary>
internal readonly struct IntegerSignOp<T> : IScalarUnary<T> where T : IBinaryInteger<T>
{
    public static T Apply(T x) => T.IsZero(x) ? x : T.IsNegative(x) ? T.AllBitsSet : T.One;
}

internal readonly struct IntegerAbsOp<T> : IScalarUnary<T> where T : IBinaryInteger<T>
{
    public static T Apply(T x) => T.IsNegative(x) ? T.Zero - x : x;
}

internal readonly struct PowOp<T> : IScalarBinary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a, T b) => T.Pow(a, b);
}

/// <summary>a − b·trunc(a ÷ b): the sign of the dividend.</summary>
internal readonly struct RemOp<T> : IScalarBinary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a, T b) => a % b;
}

/// <summary>a − b·floor(a ÷ b): the sign of the divisor.</summary>
internal readonly struct ModOp<T> : IScalarBinary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a, T b)
    {
        T r = a % b;
        return T.IsZero(r) ? T.CopySign(r, b) : T.IsNegative(r) != T.IsNegative(b) ? r + b : r;
    }
}

/// <summary>Truncating division; division by zero gives 0, the smallest number by −1 wraps.</summary>
internal readonly struct IntegerDivOp<T> : IScalarBinary<T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b) => T.IsZero(b) ? T.Zero : IntegerRemOp<T>.IsMinusOne(b) ? T.Zero - a : a / b;
}

internal readonly struct IntegerRemOp<T> : IScalarBinary<T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b) => T.IsZero(b) || IsMinusOne(b) ? T.Zero : a % b;

    public static bool IsMinusOne(T b) => T.IsNegative(b) && T.IsZero(b + T.One);
}

internal readonly struct IntegerModOp<T> : IScalarBinary<T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b)
    {
        T r = IntegerRemOp<T>.Apply(a, b);
        return !T.IsZero(r) && T.IsNegative(r) != T.IsNegative(b) ? r + b : r;
    }
}

/// <summary>aᵇ by squaring, wrapping; a negative b gives the truncated reciprocal.</summary>
internal readonly struct IntegerPowOp<T> : IScalarBinary<T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b)
    {
        if (T.IsNegative(b)) return a == T.One ? T.One : IntegerRemOp<T>.IsMinusOne(a) ? (T.IsOddInteger(b) ? a : T.One) : T.Zero;
        T y = T.One;
        for (; !T.IsZero(b); b >>= 1, a *= a) if (T.IsOddInteger(b)) y *= a;
        return y;
    }
}

/// <summary>Shifts; an amount of the type's width or more leaves nothing.</summary>
internal readonly unsafe struct ShlOp<T> : IScalarBinary<T> where T : unmanaged, IBinaryInteger<T>
{
    public static T Apply(T a, T b) => Within(b) ? a << int.CreateTruncating(b) : T.Zero;

    public static bool Within(T b) => !T.IsNegative(b) && b < T.CreateTruncating(sizeof(T) * 8);
}

internal readonly struct ShrOp<T> : IScalarBinary<T> where T : unmanaged, IBinaryInteger<T>
{
    public static T Apply(T a, T b) => ShlOp<T>.Within(b) ? a >> int.CreateTruncating(b) : T.IsNegative(a) ? T.AllBitsSet : T.Zero;
}

/// <summary>erf in float64: the series e^(−x²)·Σ 2ⁿ·x^(2n+1) ÷ (2n+1)!! (all terms of one sign) below 3, the continued fraction of erfc above; about 1e−15.</summary>
internal readonly struct PreciseErfOp : IScalarUnary<double>
{
    public static double Apply(double x)
    {
        if (double.IsNaN(x)) return x;
        double a = Math.Abs(x);
        if (a > 6) return Math.CopySign(1, x);
        double y;
        if (a < 3)
        {
            double term = x, sum = x;
            for (int n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++) sum += term *= 2 * x * x / (2 * n + 1);
            return sum * (2 / Math.Sqrt(Math.PI)) * Math.Exp(-x * x);
        }
        y = a;
        for (int k = 60; k > 0; k--) y = a + k * 0.5 / y;
        return Math.CopySign(1 - Math.Exp(-a * a) / (y * Math.Sqrt(Math.PI)), x);
    }
}
