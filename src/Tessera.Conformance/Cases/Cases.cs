using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>Shapes, edge values and bounds that cases share.</summary>
internal static class Cases
{
    public static readonly double[] FloatEdges =
    [
        double.NaN, 0, -0.0, double.PositiveInfinity, double.NegativeInfinity, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 1e-40, -1e-40, 1.17549435e-38, 3.4028234e38, -3.4028234e38, 1e-8, 88.5, -88.5, 104, -104, 3.1415927, 16777217,
    ];

    /// <summary>Lengths around the lanes of every vector width, empty and single included.</summary>
    public static readonly Shape[] Lengths = [[0], [1], [3], [17], [5, 33], [], [2, 0, 3], [257]];

    public static readonly DType[] Floating = [DType.Float32, DType.Float64, DType.Float16, DType.BFloat16];

    public static readonly DType[] Integer = [DType.Int64, DType.Int32, DType.Int16, DType.Int8, DType.UInt64, DType.UInt32, DType.UInt16, DType.UInt8];

    /// <summary>Distance of neighbouring numbers near 1.</summary>
    public static double Epsilon(DType type) => type switch
    {
        DType.Float64 => 2.22e-16,
        DType.Float32 => 1.2e-7,
        DType.Float16 => 9.8e-4,
        DType.BFloat16 => 7.9e-3,
        _ => 0,
    };

    /// <summary>A bound in units of the last place. Results below the least normal number may be flushed.</summary>
    public static Tolerance Units(DType type, double units, string why) =>
        new(type switch { DType.Float64 => 2.3e-308, DType.Float16 => 6.2e-5, _ => 1.2e-38 }, Epsilon(type) * units, why);

    /// <summary>A bound for sums of <paramref name="terms"/> products of numbers of at most <paramref name="size"/>.</summary>
    public static Tolerance Sum(DType type, long terms, double size)
    {
        // Engines accumulate 16-bit types in Float32 and round once.
        double accumulate = type == DType.Float64 ? 2.22e-16 : 1.2e-7;
        return new(accumulate * terms * size * size, Epsilon(type) * 2, $"{terms} products summed in another order, each within one rounding; one rounding to {type}");
    }

    public static string Name(GraphOp op, DType type, Shape shape, string more = "") => $"{op} {type}{shape}{(more.Length > 0 ? " " : "")}{more}";
}
