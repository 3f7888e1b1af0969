namespace Tessera.Kernels;

/// <summary>Exponential, logarithm and sine in arithmetic, for targets that have none. Reductions follow Cephes and fdlibm; the series are Taylor's, long enough for the type.</summary>
internal static class Written
{
    /// <summary>x = n·ln 2 + r, a polynomial in r, scaled by 2ⁿ in two steps so that subnormals round once more only. Float32: at most 2 ulp.</summary>
    public static Val Exp(Val x)
    {
        if (x.Type.Kind == ScalarKind.Float32) return SingleExp(x);
        Emitter e = x.E;
        Val c = x.Clamp(-746, 710);
        Val n = e.Unary(KernelOp.Round, c * 1.4426950408889634);
        Val r = c - n * 6.93147180369123816490e-01 - n * 1.90821492927058770002e-10;
        Val y = IsLooped(x) ? Nested(x, 14, n => r / n) : Maths.Horner(r, InverseFactorials);
        Val half = e.Unary(KernelOp.Floor, n * 0.5);
        return y * Power(half) * Power(n - half);
    }

    private static Val SingleExp(Val x)
    {
        Emitter e = x.E;
        Val c = x.Clamp(-104, 89);
        (Val n, Val power) = Whole(c * 1.4426950408889634);
        Val r = n.Fma(e.Like(x, 2.12194440e-4), n.Fma(e.Like(x, -0.693359375), c));
        Val y = Maths.Horner(r, 0.00139261761199, 0.00836317307451, 0.0416665546621, 0.166665770256, 0.5) * (r * r) + r + 1;
        Val half = power >> 1;
        Val Scale(Val p) => (p + 127 << 23).Bits(ScalarKind.Float32);
        return y * Scale(half) * Scale(power - half);
    }

    /// <summary>The nearest whole number below 2²², as Float32 and as Int32. Adding 1½ · 2²³ rounds to it, and leaves it in the low bits of the sum: conversions of vectors cost more than the rest of an exponential.</summary>
    private static (Val Float, Val Integer) Whole(Val x)
    {
        const double shift = 12582912;
        if (!x.E.Target.KeepsOrder)
        {
            Val rounded = x.E.Unary(KernelOp.Round, x);
            return (rounded, rounded.To(ScalarKind.Int32));
        }
        Val shifted = x + shift;
        return (shifted - shift, shifted.Bits(ScalarKind.Int32) - BitConverter.SingleToInt32Bits((float)shift));
    }

    private static readonly double[] InverseFactorials = [.. Enumerable.Range(0, 15).Select(k => 1 / Factorial(14 - k))];

    private static double Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);

    /// <summary>2ⁿ for whole n in the range of exponents.</summary>
    private static Val Power(Val n)
    {
        Val i = n.To(ScalarKind.Int64);
        return (i + 1023 << 52).Bits(ScalarKind.Float64);
    }

    /// <summary>x = 2ᵏ·m with m from √½ to √2; ln m = 2·artanh s with s = (m − 1) ÷ (m + 1).</summary>
    public static Val Log(Val x)
    {
        bool single = x.Type.Kind == ScalarKind.Float32;
        Emitter e = x.E;
        ScalarKind integer = single ? ScalarKind.Int32 : ScalarKind.Int64;
        int fraction = single ? 23 : 52, bias = single ? 127 : 1023;
        double lift = Math.ScaleB(1, fraction + 2);
        Val tiny = x < Math.ScaleB(1, 1 - bias), v = tiny.Then(x * lift, x);
        Val bits = v.Bits(integer);
        Val one = e.Const(bits.Type, (long)bias << fraction), root = e.Const(bits.Type, BitsOf(Math.Sqrt(0.5), single));
        // Bits above those of √½ count the powers of two.
        Val k = bits - root >> fraction;
        Val m = (bits - (k << fraction)).Bits(x.Type.Kind), s = (m - 1) / (m + 1), z = s * s;
        Val series = e.Like(x, 0);
        if (IsLooped(x)) series = (Nested(x, 12, n => z * (n * 2 - 1) / (n * 2 + 1)) - 1) * 2;
        else for (int j = single ? 11 : 25; j >= 3; j -= 2) series = (series + 2.0 / j) * z;
        Val power = k.To(x.Type.Kind) - tiny.Then(e.Like(x, fraction + 2), e.Like(x, 0));
        // ln 2 in two parts, the first with trailing zeros so that its multiples are exact.
        Val y = power * 0.693145751953125 + (s * series + power * 1.42860682030941723212e-6 + s * 2);
        y = (x < double.PositiveInfinity).Then(y, x);
        return x.Is(0).Then(e.Like(x, double.NegativeInfinity), (x < 0).Then(e.Like(x, double.NaN), y));
    }

    private static long BitsOf(double v, bool single) => single ? BitConverter.SingleToInt32Bits((float)v) : BitConverter.DoubleToInt64Bits(v);

    /// <summary>sin(x + quarters·π/2): x = n·π/2 + r, then a series in r. In Float64 where the target has it, good to about 2²⁰ turns; else to 2¹⁴.</summary>
    public static Val Sin(Val x, int quarters)
    {
        Emitter e = x.E;
        bool single = !e.Target.HasFloat64 && x.Type.Kind != ScalarKind.Float64;
        Val d = single ? x : x.To(ScalarKind.Float64), n = e.Unary(KernelOp.Round, d * (2 / Math.PI)), r = d;
        foreach (double part in single ? ShortHalfPi : LongHalfPi) r -= n * part;
        Val v = Turned(r, n + quarters).To(x.Type.Kind);
        // −0 keeps its sign.
        return quarters == 0 ? x.Is(0).Then(x, v) : v;
    }

    /// <summary>sin(r + q·π/2) for |r| ≤ π/4 and a whole q.</summary>
    public static Val Turned(Val r, Val q)
    {
        Emitter e = r.E;
        bool single = r.Type.Kind == ScalarKind.Float32;
        Val z = r * r, sin = e.Like(r, 0), cos = e.Like(r, 0);
        if (IsLooped(r))
        {
            sin = Nested(r, 8, n => -z / ((n * 2 + 1) * n * 2)) - 1;
            cos = Nested(r, 8, n => -z / ((n * 2 - 1) * n * 2)) - 1;
        }
        else
        {
            for (int j = single ? 9 : 17; j >= 3; j -= 2) sin = (sin + (j / 2 % 2 == 1 ? -1 : 1) / Factorial(j)) * z;
            for (int j = single ? 10 : 16; j >= 2; j -= 2) cos = (cos + (j / 2 % 2 == 1 ? -1 : 1) / Factorial(j)) * z;
        }
        q -= e.Unary(KernelOp.Floor, q * 0.25) * 4;
        Val odd = q.Is(1) | q.Is(3), y = odd.Then(cos + 1, sin * r + r);
        return (q >= 2).Then(-y, y);
    }

    /// <summary>Where each operation is written out in integers, a loop that divides is far less to compile than a series of named coefficients.</summary>
    private static bool IsLooped(Val x) => x.E.Target.WritesFloat64 && x.Type.Kind == ScalarKind.Float64;

    /// <summary>1 + f(1)·(1 + f(2)·(1 + … f(terms))).</summary>
    private static Val Nested(Val like, int terms, Func<Val, Val> f)
    {
        Emitter e = like.E;
        Local y = e.Local(e.Like(like, 1));
        e.For(terms, i => y.Value = f((e.Int(terms) - i).To(like.Type.Kind)) * y.Value + 1);
        return y.Value;
    }

    // π/2 in parts that whole numbers multiply exactly, and the rest.
    private static readonly double[] LongHalfPi = [1.57079632673412561417e+00, 6.07710050630396597660e-11, 2.02226624879595063154e-21];
    private static readonly double[] ShortHalfPi = [201 / 128.0, 253 / 524288.0, 170 / 134217728.0, Math.PI / 2 - 201 / 128.0 - 253 / 524288.0 - 170 / 134217728.0];
}
