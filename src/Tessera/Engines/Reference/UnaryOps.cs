using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>Elementwise operators of one operand.</summary>
internal static class UnaryOps
{
    public static Cells Floats(Cells x, Func<double, double> f) => new(x.Type, x.Shape, Array.ConvertAll(x.Floats, v => f(v)));

    public static Cells Test(Cells x, Func<double, bool> f) => new(DType.Bool, x.Shape, Array.ConvertAll(Rounding.Decided(x).Floats, v => f(v) ? 1L : 0));

    public static Cells Numbers(Cells x, Func<double, double> f, Func<long, long> integer) =>
        x.IsFloat ? Floats(x, f) : new(x.Type, x.Shape, Array.ConvertAll(x.Integers, v => Rounding.Integer(x.Type, integer(v))));

    public static Cells Neg(Cells x) => Numbers(x, v => -v, v => -v);

    public static Cells Abs(Cells x) => Numbers(x, Math.Abs, v => x.Type.IsUnsigned() || v >= 0 ? v : -v);

    public static Cells Sign(Cells x) => Numbers(Rounding.Decided(x), v => double.IsNaN(v) || v == 0 ? v : v > 0 ? 1 : -1, v => v == 0 ? 0 : v > 0 || x.Type.IsUnsigned() ? 1 : -1);

    public static Cells Not(Cells x) => new(x.Type, x.Shape, Array.ConvertAll(x.Integers, v => x.Type == DType.Bool ? 1 - v : Rounding.Integer(x.Type, ~v)));

    public static Cells IsInf(Cells x, Arg.Infinity a) => Test(x, v => (a.Positive && double.IsPositiveInfinity(v)) || (a.Negative && double.IsNegativeInfinity(v)));

    public static double Sigmoid(double v)
    {
        if (v >= 0) return 1 / (1 + Math.Exp(-v));
        double e = Math.Exp(v);
        return e / (1 + e);
    }
}
