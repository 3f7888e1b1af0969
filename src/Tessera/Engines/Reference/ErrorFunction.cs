namespace Tessera.Engines.Reference;

/// <summary>erf(x) = 2/√π·∫₀ˣ e^(−t²) dt to within 2 units in the last place of float64.</summary>
/// <remarks>Source: Abramowitz and Stegun 7.1.6 (a series of positive terms) and 7.1.14 (a continued fraction of erfc).</remarks>
internal static class ErrorFunction
{
    private static readonly double TwoOverRootPi = 2 / Math.Sqrt(Math.PI);

    public static double Of(double x)
    {
        if (double.IsNaN(x) || x == 0) return x;
        double a = Math.Abs(x);
        return Math.CopySign(a < 2.5 ? Series(a) : a < 6 ? 1 - Complement(a) : 1, x);
    }

    // e^(−x²)·2/√π·Σ 2ⁿx^(2n+1) ÷ (1·3···(2n+1)): no cancellation.
    private static double Series(double x)
    {
        double term = x, sum = x, twice = 2 * x * x;
        for (int n = 1; term > sum * 1e-18; n++)
        {
            term *= twice / (2 * n + 1);
            sum += term;
        }
        return TwoOverRootPi * Math.Exp(-x * x) * sum;
    }

    private static double Complement(double x)
    {
        double fraction = x;
        for (int k = 80; k > 0; k--) fraction = x + k / 2.0 / fraction;
        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * fraction);
    }
}
