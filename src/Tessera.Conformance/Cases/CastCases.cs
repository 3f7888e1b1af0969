using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>Cast between all pairs of element types.</summary>
internal static class CastCases
{
    private static readonly DType[] Small = [DType.Float8E4M3FN, DType.Float8E4M3FNUZ, DType.Float8E5M2, DType.Float8E5M2FNUZ];

    private static readonly DType[] Numeric = [.. Cases.Floating, .. Cases.Integer];

    public static IEnumerable<OpCase> All =>
    [
        .. from a in Numeric.Append(DType.Bool) from b in Numeric.Append(DType.Bool) where a != b from s in new Shape[] { [0], [37], [2, 130] } select Case(a, b, s, true),
        .. from a in Cases.Floating from b in Small from saturate in new[] { true, false } select Case(a, b, [67], saturate),
        .. from a in Small from b in Cases.Floating select Case(a, b, [67], true),
        .. from a in new[] { DType.Int4, DType.UInt4 } from b in new[] { DType.Float32, DType.Int8, DType.UInt8, DType.Int32 } select Case(a, b, [33], true),
        .. from a in new[] { DType.Float32, DType.Int8, DType.Int32 } from b in new[] { DType.Int4, DType.UInt4 } select Case(a, b, [33], true),
        .. from a in Numeric.Append(DType.Bool) select Case(a, DType.String, [7], true),
        .. from b in Small.Prepend(DType.Float16) select new OpCase(GraphOp.Cast, $"Cast Float64 beside ties → {b}", Tolerance.Exact, x => [x.G.Cast(x.Leaf(Tensor.From(BesideTies(b), [8])), b)]),
        .. from b in Numeric select new OpCase(GraphOp.Cast, $"Cast String → {b}", Tolerance.Exact, x => [x.G.Cast(x.Leaf(Tensor.FromStrings(["1", "42", "7"], [3])), b)]),
    ];

    /// <summary>Numbers so near to a tie between two of <paramref name="type"/> that Float32 can't tell them from it: rounding them twice goes wrong.</summary>
    private static double[] BesideTies(DType type)
    {
        int bits = type switch { DType.Float16 => 10, DType.Float8E4M3FN or DType.Float8E4M3FNUZ => 3, _ => 2 };
        double tie = Math.ScaleB(1, -bits - 1), little = Math.ScaleB(1, -40), even = 1 + tie, odd = 1 + 3 * tie;
        return [even + little, even - little, odd + little, odd - little, -even - little, -even + little, -odd - little, -odd + little];
    }

    private static OpCase Case(DType a, DType b, Shape s, bool saturate) => new(GraphOp.Cast, $"Cast {a}{s} → {b}{(saturate ? "" : " not saturating")}", Tolerance.Exact, x => [x.G.Cast(From(x, a, b, s), b, saturate)]);

    // What a float outside an integer's range becomes is undefined in ONNX; here it saturates, and NaN gives 0.
    private static Node From(OpInputs x, DType a, DType b, Shape s) => a == DType.Bool ? x.Bools(s)
        : a.IsInteger() ? x.Integers(a, s)
        : x.Floats(a, s, -200, 200, b == DType.String ? [0, 1, -1.5, 0.1, double.NaN, double.PositiveInfinity] : Cases.FloatEdges);
}
