namespace Tessera.Kernels;

/// <summary>Functions written once, in instructions that every target has. Coefficients: Cephes (S. L. Moshier) and fits of our own; error bounds hold for Float32.</summary>
internal static class Maths
{
    public static Val Exp(Val x) => x.E.Target.HasFunctions ? x.E.Unary(KernelOp.Exp, x) : Written.Exp(x);

    public static Val Log(Val x) => x.E.Target.HasFunctions ? x.E.Unary(KernelOp.Log, x) : Written.Log(x);

    public static Val Sin(Val x) => x.E.Target.HasFunctions ? x.E.Unary(KernelOp.Sin, x) : Written.Sin(x, quarters: 0);

    public static Val Cos(Val x) => x.E.Target.HasFunctions ? x.E.Unary(KernelOp.Cos, x) : Written.Sin(x, quarters: 1);

    public static Val Sqrt(Val x) => x.E.Unary(KernelOp.Sqrt, x);

    public static Val Floor(Val x) => x.E.Unary(KernelOp.Floor, x);

    /// <summary>1 ÷ (1 + e⁻ˣ), through e^−|x| so that nothing overflows.</summary>
    public static Val Sigmoid(Val x)
    {
        Val e = Exp(-x.Abs()), s = 1 / (e + 1);
        return (x < 0).Then(e * s, s);
    }

    /// <summary>An odd polynomial below 0.625; 1 − 2 ÷ (e²ˣ + 1) above.</summary>
    public static Val Tanh(Val x)
    {
        OnlyFloat32(x, "Tanh");
        Val a = x.Abs(), z = a * a;
        Val small = Horner(z, -0.0060967141659, 0.0209971789991, -0.0538509095785, 0.13332769737, -0.333333289441) * z * a + a;
        Val large = 1 - 2 / (Exp(a.Min(20) * 2) + 1);
        return Signed((a < 0.625).Then(small, large), x);
    }

    /// <summary>An odd polynomial up to 1; above, 1 − e^q with q a polynomial for ln erfc.</summary>
    public static Val Erf(Val x)
    {
        OnlyFloat32(x, "Erf");
        Val a = x.Abs(), z = a * a, t = a.Min(4);
        Val small = a * Horner(z, 7.87587506268e-5, -0.000801686428716, 0.00518908742343, -0.0268542120106, 0.112835947152, -0.376126266667, 1.12837916585);
        Val q = Horner(t, 1.63863732488e-6, -4.60874472898e-5, 0.000597052946131, -0.00476074771083, 0.0264243709273, -0.110085680292, -0.631820246782, -1.13023672263, 0.00032091438299);
        return Signed((a <= 1).Then(small, 1 - Exp(q)), x);
    }

    public static Val Tan(Val x) => Sin(x) / Cos(x);

    /// <summary>Reduced to |x| ≤ tan(π/8) by atan x = π/2 − atan(1/x) and atan x = π/4 + atan((x − 1) ÷ (x + 1)), then an odd polynomial.</summary>
    public static Val Atan(Val x)
    {
        OnlyFloat32(x, "Atan");
        Val a = x.Abs(), large = a > 2.414213562373095, middle = a > 0.4142135623730950;
        Val r = large.Then(-1 / a, middle.Then((a - 1) / (a + 1), a));
        Val start = large.Then(x.E.Like(x, 1.5707963267948966), middle.Then(x.E.Like(x, 0.7853981633974483), x.E.Like(x, 0)));
        Val z = r * r;
        return Signed(start + (Horner(z, 8.05374449538e-2, -1.38776856032e-1, 1.99777106478e-1, -3.33329491539e-1) * z * r + r), x);
    }

    /// <summary>Below ½ an odd polynomial; above, π/2 − 2·asin √((1 − x) ÷ 2).</summary>
    public static Val Asin(Val x)
    {
        OnlyFloat32(x, "Asin");
        Val a = x.Abs(), high = a > 0.5, half = (1 - a) * 0.5;
        Val s = high.Then(Sqrt(half), a), z = high.Then(half, a * a);
        Val y = Horner(z, 4.2163199048e-2, 2.4181311049e-2, 4.5470025998e-2, 7.4953002686e-2, 1.6666752422e-1) * z * s + s;
        return Signed(high.Then(1.5707963267948966 - y * 2, y), x);
    }

    public static Val Acos(Val x)
    {
        OnlyFloat32(x, "Acos");
        Val a = x.Abs(), s = Sqrt((1 - a) * 0.5), near = Asin(s) * 2;
        return (a > 0.5).Then((x < 0).Then(3.141592653589793 - near, near), 1.5707963267948966 - Asin(x));
    }

    /// <summary>A Taylor polynomial below 1; (eˣ − e⁻ˣ) ÷ 2 above, with e^(x/2) squared so that it overflows no sooner than its value.</summary>
    public static Val Sinh(Val x)
    {
        OnlyFloat32(x, "Sinh");
        Val a = x.Abs(), z = a * a, h = Exp(a * 0.5);
        Val small = Horner(z, 2.7557319e-6, 1.984126984e-4, 8.333333333e-3, 1.666666667e-1) * z * a + a;
        return Signed((a < 1).Then(small, 0.5 * h * h - 0.5 / (h * h)), x);
    }

    public static Val Cosh(Val x)
    {
        Val h = Exp(x.Abs() * 0.5);
        return 0.5 * h * h + 0.5 / (h * h);
    }

    /// <summary>ln(1 + y) with the rounding of 1 + y divided out.</summary>
    public static Val Log1p(Val y)
    {
        Val u = y + 1, rounded = u - 1;
        return rounded.Is(0).Then(y, (u < double.PositiveInfinity).Then(Log(u) * (y / rounded), Log(u)));
    }

    /// <summary>ln(a + √(a² + 1)), as ln(1 + (a + a² ÷ (1 + √(a² + 1)))); ln 2a where a² would overflow.</summary>
    public static Val Asinh(Val x)
    {
        Val a = x.Abs(), c = a.Min(1e9), z = c * c;
        return Signed((a < 1e9).Then(Log1p(c + z / (Sqrt(z + 1) + 1)), Log(a) + 0.6931471805599453), x);
    }

    public static Val Acosh(Val x)
    {
        Val t = x - 1, c = t.Min(1e9);
        return (x < 1).Then(x.E.Like(x, double.NaN), (x < 1e9).Then(Log1p(c + Sqrt(c * 2 + c * c)), Log(x) + 0.6931471805599453));
    }

    public static Val Atanh(Val x)
    {
        Val a = x.Abs();
        return Signed(Log1p(a * 2 / (1 - a)) * 0.5, x);
    }

    /// <summary>−1, 0 or 1; NaN stays.</summary>
    public static Val Sign(Val x) => (x > 0).Then(x.E.Like(x, 1), x.Type.IsSigned || x.Type.IsFloat ? (x < 0).Then(x.E.Like(x, -1), x) : x);

    /// <summary>aᵇ = 2-fold: |a|ᵇ by logarithm and exponential with the fraction of the product kept, the sign by the parity of a whole b.</summary>
    public static Val Pow(Val a, Val b)
    {
        Emitter e = a.E;
        Val one = e.Like(a, 1), magnitude = Exp(b * Log(a.Abs()));
        Val whole = Floor(b).Is(b), odd = whole & !Floor(b * 0.5).Is(b * 0.5) & (b.Abs() < 16777216);
        Val signed = odd.Then(-magnitude, magnitude), nan = e.Like(a, double.NaN), isInfinite = b.Abs() > (a.Type.Kind == ScalarKind.Float32 ? float.MaxValue : double.MaxValue);
        Val y = (a < 0).Then((whole | isInfinite).Then(signed, nan), magnitude);
        // −0 to an odd power keeps its sign.
        y = a.Is(0).Then((b > 0).Then(odd.Then(a, e.Like(a, 0)), odd.Then(one / a, e.Like(a, double.PositiveInfinity))), y);
        y = (IsNaN(a) | IsNaN(b)).Then(nan, y);
        Val unit = a.Abs().Is(1) & isInfinite;
        return (b.Is(0) | a.Is(1) | unit).Then(one, y);
    }

    /// <summary>aᵇ of integers by squaring, wrapping; a negative b gives the reciprocal rounded towards zero.</summary>
    public static Val IntegerPow(Val a, Val b)
    {
        Emitter e = a.E;
        Local y = e.Local(e.Like(a, 1)), f = e.Local(a), n = e.Local(b);
        Val zero = e.Like(a, 0), one = e.Like(a, 1);
        e.For(a.Type.Bits - 1, _ =>
        {
            Val odd = (n.Value & one).Is(one);
            y.Value = odd.Then(y.Value * f.Value, y.Value);
            f.Value *= f.Value;
            n.Value >>= 1;
        });
        if (!a.Type.IsSigned) return y.Value;
        Val minus = e.Like(a, -1);
        return (b < 0).Then(a.Is(one).Then(one, a.Is(minus).Then((b & one).Is(one).Then(a, one), zero)), y.Value);
    }

    /// <summary>Polynomials here are as precise as Float32 is; a Float64 value of that precision would be a silent loss.</summary>
    /// <exception cref="TesseraException">Unsupported for Float64.</exception>
    public static void OnlyFloat32(Val x, string function)
    {
        if (x.Type.Kind == ScalarKind.Float64) throw new TesseraException(ErrorCode.Unsupported, $"{function} of Float64 has no kernel.");
    }

    public static Val Horner(Val x, params ReadOnlySpan<double> c)
    {
        Val y = x.E.Like(x, c[0]);
        foreach (double d in c[1..]) y = y.Fma(x, d);
        return y;
    }

    public static Val IsNaN(Val x) => !x.Is(x);

    /// <summary>|y| with the sign of x, −0 included; NaN stays.</summary>
    public static Val Signed(Val y, Val x)
    {
        if (x.Type.Kind != ScalarKind.Float32) return (x < 0).Then(-y, x.Is(0).Then(x, y));
        Emitter e = x.E;
        Val sign = x.Bits(ScalarKind.UInt32) & e.Const(KernelType.UInt32, 0x80000000L);
        return (y.Bits(ScalarKind.UInt32) | sign).Bits(ScalarKind.Float32);
    }
}
