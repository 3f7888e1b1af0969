using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>512-bit lanes.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly unsafe struct Lanes512<T>(Vector512<T> value) : ILanes<Lanes512<T>, T>
{
    private readonly Vector512<T> _v = value;

    public static int Count => Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Load(T* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512<T> x, T* to) => x._v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> All(T value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator +(Lanes512<T> a, Lanes512<T> b) => new(a._v + b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> a, Lanes512<T> b) => new(a._v - b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator *(Lanes512<T> a, Lanes512<T> b) => new(a._v * b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator /(Lanes512<T> a, Lanes512<T> b) => new(a._v / b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator &(Lanes512<T> a, Lanes512<T> b) => new(a._v & b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator |(Lanes512<T> a, Lanes512<T> b) => new(a._v | b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator ^(Lanes512<T> a, Lanes512<T> b) => new(a._v ^ b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator ~(Lanes512<T> a) => new(~a._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> a) => new(-a._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Min(Lanes512<T> a, Lanes512<T> b) => new(Vector512.Min(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Max(Lanes512<T> a, Lanes512<T> b) => new(Vector512.Max(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> MaxOfNumbers(Lanes512<T> a, Lanes512<T> b) => new(Fused.Max(a._v, b._v));

    // The native forms give their second operand when either is NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Clamp(Lanes512<T> a, Lanes512<T> low, Lanes512<T> high) => new(Fused.Max(low._v, Fused.Min(high._v, a._v)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Abs(Lanes512<T> a) => new(Vector512.Abs(a._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Sqrt(Lanes512<T> a) => new(Vector512.Sqrt(a._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Floor(Lanes512<T> a) => new(typeof(T) == typeof(float) ? Vector512.Floor(a._v.AsSingle()).As<float, T>() : Vector512.Floor(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Ceiling(Lanes512<T> a) => new(typeof(T) == typeof(float) ? Vector512.Ceiling(a._v.AsSingle()).As<float, T>() : Vector512.Ceiling(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Round(Lanes512<T> a) => new(typeof(T) == typeof(float) ? Vector512.Round(a._v.AsSingle()).As<float, T>() : Vector512.Round(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Fma(Lanes512<T> a, Lanes512<T> b, Lanes512<T> c) => new(typeof(T) == typeof(float)
        ? Fused.MultiplyAdd(a._v.AsSingle(), b._v.AsSingle(), c._v.AsSingle()).As<float, T>()
        : Fused.MultiplyAdd(a._v.AsDouble(), b._v.AsDouble(), c._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Equal(Lanes512<T> a, Lanes512<T> b) => new(Vector512.Equals(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Less(Lanes512<T> a, Lanes512<T> b) => new(Vector512.LessThan(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> LessOrEqual(Lanes512<T> a, Lanes512<T> b) => new(Vector512.LessThanOrEqual(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Lanes512<T> mask) => mask._v.AsByte() != Vector512<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Select(Lanes512<T> mask, Lanes512<T> a, Lanes512<T> b) => new(Vector512.ConditionalSelect(mask._v, a._v, b._v));

    // 1.5·2^(mantissa bits) leaves n in the low bits; shifted to the exponent it scales one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Pow2(Lanes512<T> n) => new(typeof(T) == typeof(float)
        ? ((Vector512.ShiftLeft((n._v.AsSingle() + Vector512.Create(12582912f)).AsInt32(), 23)) + Vector512.Create(1f).AsInt32()).As<int, T>()
        : ((Vector512.ShiftLeft((n._v.AsDouble() + Vector512.Create(6755399441055744.0)).AsInt64(), 52)) + Vector512.Create(1.0).AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Scale(Lanes512<T> a, Lanes512<T> n)
    {
        if (!Avx512F.IsSupported) return a * Pow2(Floor(n * Half)) * Pow2(n - Floor(n * Half));
        return new(typeof(T) == typeof(float) ? Avx512F.Scale(a._v.AsSingle(), n._v.AsSingle()).As<float, T>() : Avx512F.Scale(a._v.AsDouble(), n._v.AsDouble()).As<double, T>());
    }

    private static Lanes512<T> Half
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(typeof(T) == typeof(float) ? Vector512.Create(0.5f).As<float, T>() : Vector512.Create(0.5).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Exponent(Lanes512<T> a, out Lanes512<T> mantissa)
    {
        if (typeof(T) == typeof(float))
        {
            Vector512<int> bits = a._v.AsInt32(), e = Vector512.ShiftRightArithmetic(bits - Vector512.Create(0x3F3504F3), 23);
            mantissa = new((bits - Vector512.ShiftLeft(e, 23)).As<int, T>());
            return new(Vector512.ConvertToSingle(e).As<float, T>());
        }
        Vector512<long> wide = a._v.AsInt64(), f = Vector512.ShiftRightArithmetic(wide - Vector512.Create(0x3FE6A09E667F3BCD), 52);
        mantissa = new((wide - Vector512.ShiftLeft(f, 52)).As<long, T>());
        return new(Vector512.ConvertToDouble(f).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Exp(Lanes512<T> a) => new(typeof(T) == typeof(float) ? Vector512.Exp(a._v.AsSingle()).As<float, T>() : Vector512.Exp(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Log(Lanes512<T> a) => new(typeof(T) == typeof(float) ? Vector512.Log(a._v.AsSingle()).As<float, T>() : Vector512.Log(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Sin(Lanes512<T> a) => new(typeof(T) == typeof(float) ? Vector512.Sin(a._v.AsSingle()).As<float, T>() : Vector512.Sin(a._v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Cos(Lanes512<T> a) => new(typeof(T) == typeof(float) ? Vector512.Cos(a._v.AsSingle()).As<float, T>() : Vector512.Cos(a._v.AsDouble()).As<double, T>());
}
