using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>A number as lanes of float or double.</summary>
internal static class Number
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V, T>(double value) where V : unmanaged, ILanes<V, T> =>
        V.All(typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>((float)value) : Unsafe.BitCast<double, T>(value));

    /// <summary>Σ c[i]·xⁱ by Horner's rule, highest power first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Polynomial<V, T>(V x, double c4, double c3, double c2, double c1, double c0) where V : unmanaged, ILanes<V, T>
    {
        V y = V.Fma(Of<V, T>(c4), x, Of<V, T>(c3));
        y = V.Fma(y, x, Of<V, T>(c2));
        y = V.Fma(y, x, Of<V, T>(c1));
        return V.Fma(y, x, Of<V, T>(c0));
    }
}

/// <summary>eˣ. Float32: x = n·ln 2 + r, a degree-6 minimax polynomial in r, scaled by 2ⁿ so that subnormals round once more only; at most 2 ulp.</summary>
internal readonly struct ExpOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        if (typeof(T) != typeof(float)) return V.Exp(x);
        V n, y = Reduced<V, T>(V.Clamp(x, Number.Of<V, T>(-104), Number.Of<V, T>(89)), out n);
        return V.Scale(y, n);
    }

    /// <summary>eˣ for results that are normal numbers or may become zero, and x at most 88: one scaling suffices.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Normal<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        if (typeof(T) != typeof(float)) return V.Exp(x);
        V y = Reduced<V, T>(V.Clamp(x, Number.Of<V, T>(-87.3), Number.Of<V, T>(88)), out V n);
        return y * V.Pow2(n);
    }

    /// <summary>eˣ ÷ 2 for x at least 0, without overflow where eˣ alone would.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Half<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V y = Reduced<V, T>(V.Clamp(x, Number.Of<V, T>(0), Number.Of<V, T>(90)), out V n);
        return V.Scale(y, n - Number.Of<V, T>(1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Reduced<V, T>(V x, out V n) where V : unmanaged, ILanes<V, T>
    {
        n = V.Round(x * Number.Of<V, T>(1.4426950408889634));
        // ln 2 in two parts; the first has few enough bits that n times it is exact.
        V r = V.Fma(n, Number.Of<V, T>(2.12194440e-4), V.Fma(n, Number.Of<V, T>(-0.693359375), x));
        V g = Number.Polynomial<V, T>(r, 0.00139261761199, 0.00836317307451, 0.0416665546621, 0.166665770256, 0.5);
        return V.Fma(r * r, g, r) + Number.Of<V, T>(1);
    }
}

/// <summary>ln x. Float32: x = m·2ᵉ, a degree-9 polynomial in m − 1 added to e·ln 2 in two parts; at most 2 ulp.</summary>
internal readonly struct LogOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        if (typeof(T) != typeof(float)) return V.Log(x);
        V zero = V.All(default!), infinity = Number.Of<V, T>(double.PositiveInfinity), tiny = V.Less(x, Number.Of<V, T>(1.17549435e-38));
        V e = V.Exponent(V.Select(tiny, x * Number.Of<V, T>(8388608), x), out V m) - (tiny & Number.Of<V, T>(23)), f = m - Number.Of<V, T>(1), z = f * f;
        V p = Number.Polynomial<V, T>(f, 0.070376836292, -0.11514610310, 0.11676998740, -0.12420140846, 0.14249322787);
        p = V.Fma(V.Fma(V.Fma(V.Fma(p, f, Number.Of<V, T>(-0.16668057665)), f, Number.Of<V, T>(0.20000714765)), f, Number.Of<V, T>(-0.24999993993)), f, Number.Of<V, T>(0.33333331174));
        V y = V.Fma(e, Number.Of<V, T>(-2.12194440e-4), f * z * p) - Number.Of<V, T>(0.5) * z;
        y = V.Fma(e, Number.Of<V, T>(0.693359375), f + y);
        // Below zero NaN, at zero −∞; infinity and NaN stay.
        V special = V.Select(V.Less(x, zero), Number.Of<V, T>(double.NaN), V.Select(V.Equal(x, zero), -infinity, x));
        return V.Select(V.Less(zero, x) & V.Less(x, infinity), y, special);
    }
}

/// <summary>sin x. Float32: x = n·π/2 + r with π/2 in three parts, a polynomial by quadrant, up to 8192; at most 2 ulp of 1.</summary>
internal readonly struct SinOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        if (typeof(T) != typeof(float)) return V.Sin(x);
        V y = Quadrants.Value<V, T>(x, Number.Of<V, T>(0)), far = ~V.LessOrEqual(V.Abs(x), Number.Of<V, T>(8192));
        return V.Any(far) ? V.Select(far, V.Sin(x), y) : y;
    }
}

/// <summary>cos x, as the sine a quadrant later.</summary>
internal readonly struct CosOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        if (typeof(T) != typeof(float)) return V.Cos(x);
        V y = Quadrants.Value<V, T>(x, Number.Of<V, T>(1)), far = ~V.LessOrEqual(V.Abs(x), Number.Of<V, T>(8192));
        return V.Any(far) ? V.Select(far, V.Cos(x), y) : y;
    }
}

internal static class Quadrants
{
    /// <summary>sin(x + shift·π/2)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V, T>(V x, V shift) where V : unmanaged, ILanes<V, T>
    {
        V n = Both<V, T>(x, out V sin, out V cos), zero = Number.Of<V, T>(0);
        V q = n + shift;
        q -= Number.Of<V, T>(4) * V.Floor(q * Number.Of<V, T>(0.25));
        V odd = q - Number.Of<V, T>(2) * V.Floor(q * Number.Of<V, T>(0.5));
        // Minus by the sign bit, so that sin −0 is −0.
        V sign = V.Select(V.LessOrEqual(Number.Of<V, T>(2), q), Number.Of<V, T>(-0.0), zero);
        return V.Select(V.Equal(odd, zero), sin, cos) ^ sign;
    }

    /// <summary>tan x</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tangent<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V n = Both<V, T>(x, out V sin, out V cos), even = V.Equal(n, Number.Of<V, T>(2) * V.Floor(n * Number.Of<V, T>(0.5)));
        return V.Select(even, sin, cos) / V.Select(even, cos, -sin);
    }

    /// <summary>Sine and cosine of what is left of x when the nearest multiple of π/2, whose number is given, is taken away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Both<V, T>(V x, out V sin, out V cos) where V : unmanaged, ILanes<V, T>
    {
        V n = V.Round(x * Number.Of<V, T>(0.6366197723675814));
        V r = V.Fma(n, Number.Of<V, T>(-7.54978995489188216e-8), V.Fma(n, Number.Of<V, T>(-4.837512969970703125e-4), V.Fma(n, Number.Of<V, T>(-1.5703125), x))), z = r * r;
        sin = V.Fma(r * z, Number.Polynomial<V, T>(z, 0, 2.72468687229e-6, -0.000198400630408, 0.00833333183063, -0.166666666637), r);
        cos = V.Fma(z * z, Number.Polynomial<V, T>(z, 0, -2.72984072385e-7, 2.48005805968e-5, -0.00138888876352, 0.0416666666642), V.Fma(z, Number.Of<V, T>(-0.5), Number.Of<V, T>(1)));
        return n;
    }
}

/// <summary>1 ÷ (1 + e⁻ˣ), through e^−|x| so that neither side overflows; Float32 at most 4 ulp.</summary>
internal readonly struct SigmoidOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V one = Number.Of<V, T>(1), e = ExpOp.Apply<V, T>(-V.Abs(x)), s = one / (one + e);
        return V.Select(V.Less(x, V.All(default!)), e * s, s);
    }
}

/// <summary>tanh x. Float32: odd polynomial below 0.625, 1 − 2 ÷ (e²ˣ + 1) above; at most 3 ulp.</summary>
internal readonly struct TanhOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V sign = x & Number.Of<V, T>(-0.0), a = x ^ sign, z = a * a;
        V small = V.Fma(a * z, Number.Polynomial<V, T>(z, -0.0060967141659, 0.0209971789991, -0.0538509095785, 0.13332769737, -0.333333289441), a);
        V one = Number.Of<V, T>(1), e = ExpOp.Normal<V, T>(a + a);
        return V.Select(V.Less(a, Number.Of<V, T>(0.625)), small, one - Number.Of<V, T>(2) / (e + one)) | sign;
    }
}

/// <summary>erf x. Float32: odd polynomial up to 1; above, 1 − e^q with q a polynomial for ln erfc; at most 3 ulp.</summary>
internal readonly struct ErfOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V sign = x & Number.Of<V, T>(-0.0), a = x ^ sign, z = a * a;
        V p = Number.Polynomial<V, T>(z, 7.87587506268e-5, -0.000801686428716, 0.00518908742343, -0.0268542120106, 0.112835947152);
        V small = a * V.Fma(V.Fma(p, z, Number.Of<V, T>(-0.376126266667)), z, Number.Of<V, T>(1.12837916585));
        V t = V.Clamp(a, Number.Of<V, T>(0), Number.Of<V, T>(4));
        V q = Number.Polynomial<V, T>(t, 1.63863732488e-6, -4.60874472898e-5, 0.000597052946131, -0.00476074771083, 0.0264243709273);
        q = V.Fma(V.Fma(q, t, Number.Of<V, T>(-0.110085680292)), t, Number.Of<V, T>(-0.631820246782));
        q = V.Fma(V.Fma(q, t, Number.Of<V, T>(-1.13023672263)), t, Number.Of<V, T>(0.00032091438299));
        return V.Select(V.LessOrEqual(a, Number.Of<V, T>(1)), small, Number.Of<V, T>(1) - ExpOp.Normal<V, T>(q)) | sign;
    }
}

/// <summary>−1, 0 or 1; NaN stays.</summary>
internal readonly struct SignOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V zero = V.All(default!), one = Number.Of<V, T>(1);
        return V.Select(V.Less(zero, x), one, V.Select(V.Less(x, zero), -one, V.Select(V.Equal(x, x), zero, x)));
    }
}
