using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>tan x of Float32: quotient of the polynomials of sine and cosine in the quadrant; far from zero as the quotient of the functions; at most 4 ulp up to 8192.</summary>
internal readonly struct TanOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V y = Quadrants.Tangent<V, T>(x), far = ~V.LessOrEqual(V.Abs(x), Number.Of<V, T>(8192));
        return V.Any(far) ? V.Select(far, V.Sin(x) / V.Cos(x), y) : y;
    }
}

/// <summary>Inverse of the sine, Float32, NaN beyond 1: odd polynomial up to ½; above, π/2 − 2·asin √((1 − |x|) ÷ 2); at most 3 ulp.</summary>
internal readonly struct AsinOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V sign = x & Number.Of<V, T>(-0.0), a = x ^ sign, half = Number.Of<V, T>(0.5), large = V.Less(half, a);
        V y = Arc<V, T>(a, half, large);
        return V.Select(large, V.Fma(Number.Of<V, T>(-2), y, Number.Of<V, T>(Math.PI / 2)), y) | sign;
    }

    /// <summary>asin a, or asin √((1 − a) ÷ 2) where large.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Arc<V, T>(V a, V half, V large) where V : unmanaged, ILanes<V, T>
    {
        V z = V.Select(large, V.Fma(-half, a, half), a * a), s = V.Select(large, V.Sqrt(z), a);
        return V.Fma(s * z, Number.Polynomial<V, T>(z, 0.042163199048, 0.024181311049, 0.045470025998, 0.074953002686, 0.16666752422), s);
    }
}

/// <summary>Inverse of the cosine, Float32, NaN beyond 1: π/2 − asin x up to ½; beyond, 2·asin √((1 − |x|) ÷ 2), or π less that; at most 3 ulp.</summary>
internal readonly struct AcosOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V sign = x & Number.Of<V, T>(-0.0), a = x ^ sign, half = Number.Of<V, T>(0.5), large = V.Less(half, a), y = AsinOp.Arc<V, T>(a, half, large);
        V twice = V.Select(V.Less(x, half), Number.Of<V, T>(Math.PI) - (y + y), y + y);
        return V.Select(large, twice, Number.Of<V, T>(Math.PI / 2) - (y ^ sign));
    }
}

/// <summary>Inverse of the tangent, Float32: odd polynomial in t = |x| below tan π/8, (|x| − 1) ÷ (|x| + 1) below tan 3π/8, −1 ÷ |x| above, added to 0, π/4, π/2; at most 3 ulp.</summary>
internal readonly struct AtanOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V one = Number.Of<V, T>(1), sign = x & Number.Of<V, T>(-0.0), a = x ^ sign;
        V middle = V.Less(Number.Of<V, T>(0.414213562373095), a), far = V.Less(Number.Of<V, T>(2.414213562373095), a);
        V t = V.Select(far, -one, V.Select(middle, a - one, a)) / V.Select(far, a, V.Select(middle, a + one, one));
        V start = V.Select(far, Number.Of<V, T>(Math.PI / 2), middle & Number.Of<V, T>(Math.PI / 4)), z = t * t;
        V p = Number.Polynomial<V, T>(z, 0, 0.0805374449538, -0.138776856032, 0.199777106478, -0.333329491539);
        return (start + V.Fma(t * z, p, t)) | sign;
    }
}
