using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>sinh x of Float32: odd polynomial below 1, e^|x| ÷ 2 − 1 ÷ (2·e^|x|) above; at most 4 ulp.</summary>
internal readonly struct SinhOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V sign = x & Number.Of<V, T>(-0.0), a = x ^ sign, z = a * a, e = ExpOp.Half<V, T>(a);
        V small = V.Fma(a * z, Number.Polynomial<V, T>(z, 0, 0, 2.03721912945e-4, 0.00833028376239, 0.166667160211), a);
        return V.Select(V.Less(a, Number.Of<V, T>(1)), small, e - Number.Of<V, T>(0.25) / e) | sign;
    }
}

/// <summary>cosh x of Float32: e^|x| ÷ 2 + 1 ÷ (2·e^|x|); at most 3 ulp.</summary>
internal readonly struct CoshOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V e = ExpOp.Half<V, T>(V.Abs(x));
        return e + Number.Of<V, T>(0.25) / e;
    }
}

/// <summary>Inverse of sinh, Float32: odd polynomial below ½, ln(|x| + √(x² + 1)) above, ln |x| + ln 2 where squares would overflow; at most 4 ulp.</summary>
internal readonly struct AsinhOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V sign = x & Number.Of<V, T>(-0.0), a = x ^ sign, z = a * a, far = V.Less(Number.Of<V, T>(1e4), a);
        V small = V.Fma(a * z, Number.Polynomial<V, T>(z, 0, 0.020122003309, -0.042699340972, 0.074847586088, -0.16666288134), a);
        V log = LogOp.Apply<V, T>(V.Select(far, a, a + V.Sqrt(z + Number.Of<V, T>(1)))), large = log + (far & Number.Of<V, T>(0.6931471805599453));
        return V.Select(V.Less(a, Number.Of<V, T>(0.5)), small, large) | sign;
    }
}

/// <summary>Inverse of cosh, Float32, NaN below 1: √z times a polynomial in z = x − 1 below 1½, ln(x + √(z·(x + 1))) above, ln x + ln 2 where squares would overflow; at most 4 ulp.</summary>
internal readonly struct AcoshOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V one = Number.Of<V, T>(1), z = x - one, far = V.Less(Number.Of<V, T>(1e4), x);
        V small = V.Sqrt(z) * Number.Polynomial<V, T>(z, 0.0017596881071, -0.0075272886713, 0.026454905019, -0.11784741703, 1.4142135263);
        V log = LogOp.Apply<V, T>(V.Select(far, x, x + V.Sqrt(z * (x + one)))), large = log + (far & Number.Of<V, T>(0.6931471805599453));
        return V.Select(V.Less(z, Number.Of<V, T>(0.5)), small, large);
    }
}

/// <summary>Inverse of tanh, Float32, NaN beyond 1: odd polynomial below ½, ½·ln((1 + |x|) ÷ (1 − |x|)) above; at most 4 ulp.</summary>
internal readonly struct AtanhOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V one = Number.Of<V, T>(1), half = Number.Of<V, T>(0.5), sign = x & Number.Of<V, T>(-0.0), a = x ^ sign, z = a * a;
        V small = V.Fma(a * z, Number.Polynomial<V, T>(z, 0.181740078349, 0.0824370301058, 0.14669143173, 0.1997821645, 0.333337300303), a);
        return V.Select(V.Less(a, half), small, half * LogOp.Apply<V, T>((one + a) / (one - a))) | sign;
    }
}
