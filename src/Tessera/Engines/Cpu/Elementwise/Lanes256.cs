using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>256-bit lanes.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly unsafe struct Lanes256<T>(Vector256<T> value) : ILanes<Lanes256<T>, T>
{
    private readonly Vector256<T> _v = value;

    public static int Count => Vector256<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Load(T* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256<T> x, T* to) => x._v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> All(T value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator +(Lanes256<T> a, Lanes256<T> b) => new(a._v + b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(Lanes256<T> a, Lanes256<T> b) => new(a._v - b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator *(Lanes256<T> a, Lanes256<T> b) => new(a._v * b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator /(Lanes256<T> a, Lanes256<T> b) => new(a._v / b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator &(Lanes256<T> a, Lanes256<T> b) => new(a._v & b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator |(Lanes256<T> a, Lanes256<T> b) => new(a._v | b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator ^(Lanes256<T> a, Lanes256<T> b) => new(a._v ^ b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator ~(Lanes256<T> a) => new(~a._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(Lanes256<T> a) => new(-a._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Min(Lanes256<T> a, Lanes256<T> b) => new(Vector256.Min(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Max(Lanes256<T> a, Lanes256<T> b) => new(Vector256.Max(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> MaxOfNumbers(Lanes256<T> a, Lanes256<T> b) => new(Fused.Max(a._v, b._v));

    // The native forms give their second operand when either is NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Clamp(Lanes256<T> a, Lanes256<T> low, Lanes256<T> high) => new(Fused.Max(low._v, Fused.Min(high._v, a._v)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Abs(Lanes256<T> a) => new(Vector256.Abs(a._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Sqrt(Lanes256<T> a) => new(Vector256.Sqrt(a._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Floor(Lanes256<T> a) => new(typeof(T) == typeof(float) ? Vector256.Floor(a._v.AsSingle()).As<float, T>() : Vector256.Floor(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Ceiling(Lanes256<T> a) => new(typeof(T) == typeof(float) ? Vector256.Ceiling(a._v.AsSingle()).As<float, T>() : Vector256.Ceiling(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Round(Lanes256<T> a) => new(typeof(T) == typeof(float) ? Vector256.Round(a._v.AsSingle()).As<float, T>() : Vector256.Round(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Fma(Lanes256<T> a, Lanes256<T> b, Lanes256<T> c) => new(typeof(T) == typeof(float)
        ? Fused.MultiplyAdd(a._v.AsSingle(), b._v.AsSingle(), c._v.AsSingle()).As<float, T>()
        : Fused.MultiplyAdd(a._v.AsDouble(), b._v.AsDouble(), c._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Equal(Lanes256<T> a, Lanes256<T> b) => new(Vector256.Equals(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Less(Lanes256<T> a, Lanes256<T> b) => new(Vector256.LessThan(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> LessOrEqual(Lanes256<T> a, Lanes256<T> b) => new(Vector256.LessThanOrEqual(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Lanes256<T> mask) => mask._v.AsByte() != Vector256<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Select(Lanes256<T> mask, Lanes256<T> a, Lanes256<T> b) => new(Vector256.ConditionalSelect(mask._v, a._v, b._v));

    // 1.5·2^(mantissa bits) leaves n in the low bits; shifted to the exponent it scales one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Pow2(Lanes256<T> n) => new(typeof(T) == typeof(float)
        ? ((Vector256.ShiftLeft((n._v.AsSingle() + Vector256.Create(12582912f)).AsInt32(), 23)) + Vector256.Create(1f).AsInt32()).As<int, T>()
        : ((Vector256.ShiftLeft((n._v.AsDouble() + Vector256.Create(6755399441055744.0)).AsInt64(), 52)) + Vector256.Create(1.0).AsInt64()).As<long, T>());

    // In two steps, so that the power of two is a number where the result is one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Scale(Lanes256<T> a, Lanes256<T> n)
    {
        Lanes256<T> half = Floor(n * new Lanes256<T>(typeof(T) == typeof(float) ? Vector256.Create(0.5f).As<float, T>() : Vector256.Create(0.5).As<double, T>()));
        return a * Pow2(half) * Pow2(n - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Exponent(Lanes256<T> a, out Lanes256<T> mantissa)
    {
        if (typeof(T) == typeof(float))
        {
            Vector256<int> bits = a._v.AsInt32(), e = Vector256.ShiftRightArithmetic(bits - Vector256.Create(0x3F3504F3), 23);
            mantissa = new((bits - Vector256.ShiftLeft(e, 23)).As<int, T>());
            return new(Vector256.ConvertToSingle(e).As<float, T>());
        }
        Vector256<long> wide = a._v.AsInt64(), f = Vector256.ShiftRightArithmetic(wide - Vector256.Create(0x3FE6A09E667F3BCD), 52);
        mantissa = new((wide - Vector256.ShiftLeft(f, 52)).As<long, T>());
        return new(Vector256.ConvertToDouble(f).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Exp(Lanes256<T> a) => new(typeof(T) == typeof(float) ? Vector256.Exp(a._v.AsSingle()).As<float, T>() : Vector256.Exp(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Log(Lanes256<T> a) => new(typeof(T) == typeof(float) ? Vector256.Log(a._v.AsSingle()).As<float, T>() : Vector256.Log(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Sin(Lanes256<T> a) => new(typeof(T) == typeof(float) ? Vector256.Sin(a._v.AsSingle()).As<float, T>() : Vector256.Sin(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Cos(Lanes256<T> a) => new(typeof(T) == typeof(float) ? Vector256.Cos(a._v.AsSingle()).As<float, T>() : Vector256.Cos(a._v.AsDouble()).As<double, T>());
}
