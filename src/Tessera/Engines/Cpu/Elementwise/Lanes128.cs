using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>128-bit lanes.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly unsafe struct Lanes128<T>(Vector128<T> value) : ILanes<Lanes128<T>, T>
{
    private readonly Vector128<T> _v = value;

    public static int Count => Vector128<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Load(T* from) => new(Vector128.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128<T> x, T* to) => x._v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> All(T value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator +(Lanes128<T> a, Lanes128<T> b) => new(a._v + b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(Lanes128<T> a, Lanes128<T> b) => new(a._v - b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator *(Lanes128<T> a, Lanes128<T> b) => new(a._v * b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator /(Lanes128<T> a, Lanes128<T> b) => new(a._v / b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator &(Lanes128<T> a, Lanes128<T> b) => new(a._v & b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator |(Lanes128<T> a, Lanes128<T> b) => new(a._v | b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator ^(Lanes128<T> a, Lanes128<T> b) => new(a._v ^ b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator ~(Lanes128<T> a) => new(~a._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(Lanes128<T> a) => new(-a._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Min(Lanes128<T> a, Lanes128<T> b) => new(Vector128.Min(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Max(Lanes128<T> a, Lanes128<T> b) => new(Vector128.Max(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> MaxOfNumbers(Lanes128<T> a, Lanes128<T> b) => new(Fused.Max(a._v, b._v));

    // The native forms give their second operand when either is NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Clamp(Lanes128<T> a, Lanes128<T> low, Lanes128<T> high) => new(Fused.Max(low._v, Fused.Min(high._v, a._v)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Abs(Lanes128<T> a) => new(Vector128.Abs(a._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Sqrt(Lanes128<T> a) => new(Vector128.Sqrt(a._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Floor(Lanes128<T> a) => new(typeof(T) == typeof(float) ? Vector128.Floor(a._v.AsSingle()).As<float, T>() : Vector128.Floor(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Ceiling(Lanes128<T> a) => new(typeof(T) == typeof(float) ? Vector128.Ceiling(a._v.AsSingle()).As<float, T>() : Vector128.Ceiling(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Round(Lanes128<T> a) => new(typeof(T) == typeof(float) ? Vector128.Round(a._v.AsSingle()).As<float, T>() : Vector128.Round(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Fma(Lanes128<T> a, Lanes128<T> b, Lanes128<T> c) => new(typeof(T) == typeof(float)
        ? Fused.MultiplyAdd(a._v.AsSingle(), b._v.AsSingle(), c._v.AsSingle()).As<float, T>()
        : Fused.MultiplyAdd(a._v.AsDouble(), b._v.AsDouble(), c._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Equal(Lanes128<T> a, Lanes128<T> b) => new(Vector128.Equals(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Less(Lanes128<T> a, Lanes128<T> b) => new(Vector128.LessThan(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> LessOrEqual(Lanes128<T> a, Lanes128<T> b) => new(Vector128.LessThanOrEqual(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Lanes128<T> mask) => mask._v.AsByte() != Vector128<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Select(Lanes128<T> mask, Lanes128<T> a, Lanes128<T> b) => new(Vector128.ConditionalSelect(mask._v, a._v, b._v));

    // 1.5·2^(mantissa bits) leaves n in the low bits; shifted to the exponent it scales one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Pow2(Lanes128<T> n) => new(typeof(T) == typeof(float)
        ? ((Vector128.ShiftLeft((n._v.AsSingle() + Vector128.Create(12582912f)).AsInt32(), 23)) + Vector128.Create(1f).AsInt32()).As<int, T>()
        : ((Vector128.ShiftLeft((n._v.AsDouble() + Vector128.Create(6755399441055744.0)).AsInt64(), 52)) + Vector128.Create(1.0).AsInt64()).As<long, T>());

    // In two steps, so that the power of two is a number where the result is one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Scale(Lanes128<T> a, Lanes128<T> n)
    {
        Lanes128<T> half = Floor(n * new Lanes128<T>(typeof(T) == typeof(float) ? Vector128.Create(0.5f).As<float, T>() : Vector128.Create(0.5).As<double, T>()));
        return a * Pow2(half) * Pow2(n - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Exponent(Lanes128<T> a, out Lanes128<T> mantissa)
    {
        if (typeof(T) == typeof(float))
        {
            Vector128<int> bits = a._v.AsInt32(), e = Vector128.ShiftRightArithmetic(bits - Vector128.Create(0x3F3504F3), 23);
            mantissa = new((bits - Vector128.ShiftLeft(e, 23)).As<int, T>());
            return new(Vector128.ConvertToSingle(e).As<float, T>());
        }
        Vector128<long> wide = a._v.AsInt64(), f = Vector128.ShiftRightArithmetic(wide - Vector128.Create(0x3FE6A09E667F3BCD), 52);
        mantissa = new((wide - Vector128.ShiftLeft(f, 52)).As<long, T>());
        return new(Vector128.ConvertToDouble(f).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Exp(Lanes128<T> a) => new(typeof(T) == typeof(float) ? Vector128.Exp(a._v.AsSingle()).As<float, T>() : Vector128.Exp(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Log(Lanes128<T> a) => new(typeof(T) == typeof(float) ? Vector128.Log(a._v.AsSingle()).As<float, T>() : Vector128.Log(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Sin(Lanes128<T> a) => new(typeof(T) == typeof(float) ? Vector128.Sin(a._v.AsSingle()).As<float, T>() : Vector128.Sin(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Cos(Lanes128<T> a) => new(typeof(T) == typeof(float) ? Vector128.Cos(a._v.AsSingle()).As<float, T>() : Vector128.Cos(a._v.AsDouble()).As<double, T>());
}
