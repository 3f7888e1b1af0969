using System.Globalization;
using Tessera.Ir;

namespace Tessera.Lab;

/// <summary>How two sides' outputs differ.</summary>
/// <param name="Largest">Largest |a − b| over all elements of all outputs.</param>
/// <param name="RelL2">Largest ‖a − b‖₂ ÷ ‖b‖₂ over the floating outputs.</param>
/// <param name="Mismatch">What lies outside the bounds; null when nothing does.</param>
public sealed record Agreement(double Largest, double RelL2, string? Mismatch)
{
    public static Agreement Nothing { get; } = new(0, 0, null);

    /// <summary>Both taken together: the larger differences, the first mismatch.</summary>
    public Agreement And(Agreement other) => new(Math.Max(Largest, other.Largest), Math.Max(RelL2, other.RelL2), Mismatch ?? other.Mismatch);

    /// <param name="a">One side's output.</param>
    /// <param name="b">The side that it is held against.</param>
    public static Agreement Of(string name, Tensor a, Tensor b, Bounds bounds)
    {
        if (a.Type != b.Type || a.Shape != b.Shape) return new(0, 0, $"{name}: {a}, beside {b}");
        using Tensor x = a.Contiguous(), y = b.Contiguous();
        if (x.Type == DType.String) return x.Strings.AsSpan().SequenceEqual(y.Strings) ? Nothing : new(0, 0, $"{name}: strings differ");
        double[] p = Numbers(x), q = Numbers(y);
        double largest = 0, off = 0, norm = 0;
        long differ = 0;
        for (int i = 0; i < p.Length; i++)
        {
            if (p[i].Equals(q[i])) { norm += double.IsFinite(q[i]) ? q[i] * q[i] : 0; continue; }
            differ++;
            double d = Math.Abs(p[i] - q[i]);
            // NaN beside a number, or infinities of different kinds, are no small difference.
            if (!double.IsFinite(d)) return new(double.PositiveInfinity, double.PositiveInfinity, $"{name}: element {i} is {Text(p[i])}, beside {Text(q[i])}");
            largest = Math.Max(largest, d);
            off += d * d;
            norm += q[i] * q[i];
        }
        if (!x.Type.IsFloat()) return new(largest, 0, bounds.Exact && differ > 0 ? $"{name}: {differ} of {p.Length} integers differ, by {Text(largest)} at most" : null);
        double relative = norm > 0 ? Math.Sqrt(off / norm) : Math.Sqrt(off);
        return new(largest, relative, relative <= bounds.RelL2 || largest <= bounds.Absolute ? null : $"{name}: ‖a − b‖₂ ÷ ‖b‖₂ = {Text(relative)}, allowed {Text(bounds.RelL2)}");
    }

    private static double[] Numbers(Tensor t) => t.Type switch
    {
        DType.Float32 or DType.Float64 or DType.Float16 or DType.BFloat16 => Scalars.ToFloat64(t),
        DType.UInt64 => Array.ConvertAll(t.ToArray<ulong>(), v => (double)v),
        DType.Int64 or DType.Int32 or DType.Int16 or DType.Int8 or DType.UInt32 or DType.UInt16 or DType.UInt8 or DType.Bool => Array.ConvertAll(Scalars.ToInt64(t), v => (double)v),
        _ => throw new TesseraException(ErrorCode.Unsupported, $"Outputs of {t.Type} cannot be compared with a peer's."),
    };

    private static string Text(double v) => v.ToString("G4", CultureInfo.InvariantCulture);
}
