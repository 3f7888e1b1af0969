using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>Elementwise primitives of two and three operands with every kind of broadcast.</summary>
internal static class BinaryCases
{
    private static readonly (Shape A, Shape B)[] Pairs =
    [
        ([0], [0]), ([1], [1]), ([17], [17]), ([5, 33], [5, 33]), ([5, 33], [33]), ([5, 33], [5, 1]), ([], [19]), ([3, 1, 7], [4, 1]), ([2, 0], [1, 1]), ([2, 3, 4, 5], [3, 1, 1]), ([257], [1]),
    ];

    private static readonly GraphOp[] Numeric = [GraphOp.Add, GraphOp.Sub, GraphOp.Mul, GraphOp.Div, GraphOp.Mod, GraphOp.Rem, GraphOp.Pow, GraphOp.Min, GraphOp.Max];

    public static IEnumerable<OpCase> All =>
    [
        .. from op in Numeric from t in Cases.Floating from p in Pairs select new OpCase(op, Named(op, t, p), Bound(op, t), x => [x.G.Binary(op, Left(x, op, t, p.A), Right(x, op, t, p.B))]),
        .. from op in Numeric from t in Cases.Integer from p in Pairs select new OpCase(op, Named(op, t, p), Tolerance.Exact,
            x => [x.G.Binary(op, x.Integers(t, p.A), op == GraphOp.Pow ? x.Integers(t, p.B, t.IsSigned() ? -2 : 0, 9) : x.Integers(t, p.B))]),
        .. from op in new[] { GraphOp.And, GraphOp.Or, GraphOp.Xor } from p in Pairs select new OpCase(op, Named(op, DType.Bool, p), Tolerance.Exact, x => [x.G.Binary(op, x.Bools(p.A), x.Bools(p.B))]),
        .. from op in new[] { GraphOp.And, GraphOp.Or, GraphOp.Xor } from t in Cases.Integer from p in Pairs select new OpCase(op, Named(op, t, p), Tolerance.Exact, x => [x.G.Binary(op, x.Integers(t, p.A), x.Integers(t, p.B))]),
        .. from op in new[] { GraphOp.Shl, GraphOp.Shr } from t in Cases.Integer from p in Pairs select new OpCase(op, Named(op, t, p), Tolerance.Exact, x => [x.G.Binary(op, x.Integers(t, p.A), x.Integers(t, p.B, 0, t.Bits() + 2))]),
        .. from op in new[] { GraphOp.Eq, GraphOp.Lt, GraphOp.Le } from t in Cases.Floating from p in Pairs select new OpCase(op, Named(op, t, p), Tolerance.Exact,
            x => [x.G.Binary(op, x.Floats(t, p.A, -2, 2, Cases.FloatEdges), x.Floats(t, p.B, -2, 2, [0, double.NaN, -0.0, double.NegativeInfinity, double.PositiveInfinity]))]),
        .. from op in new[] { GraphOp.Eq, GraphOp.Lt, GraphOp.Le } from t in Cases.Integer from p in Pairs select new OpCase(op, Named(op, t, p), Tolerance.Exact, x => [x.G.Binary(op, x.Integers(t, p.A), x.Integers(t, p.B))]),
        .. from p in Pairs select new OpCase(GraphOp.Eq, Named(GraphOp.Eq, DType.Bool, p), Tolerance.Exact, x => [x.G.Eq(x.Bools(p.A), x.Bools(p.B))]),
        new(GraphOp.Eq, "Eq String", Tolerance.Exact, x => [x.G.Eq(x.Leaf(Tensor.FromStrings(["a", "b", "", "ä"], [4])), x.Leaf(Tensor.FromStrings(["b"], [1])))]),
        .. from t in Cases.Floating.Concat(Cases.Integer).Append(DType.Bool) from p in Pairs select new OpCase(GraphOp.Where, Named(GraphOp.Where, t, p), Tolerance.Exact,
            x => [x.G.Where(x.Bools(p.B), Any(x, t, p.A), Any(x, t, Shape.Broadcast(p.A, p.B)))]),
        .. from t in new[] { DType.Float32, DType.Float16 } select new OpCase(GraphOp.Add, $"Add {t}: a chain that fuses", Cases.Units(t, 2, "each step rounds to the type; a fused multiply-add rounds once"), Chain(t)),
    ];

    private static string Named(GraphOp op, DType t, (Shape A, Shape B) p) => Cases.Name(op, t, p.A, $"× {p.B}");

    private static Node Any(OpInputs x, DType t, Shape s) => t == DType.Bool ? x.Bools(s) : t.IsFloat() ? x.Floats(t, s, -2, 2, Cases.FloatEdges) : x.Integers(t, s);

    // Beyond 2²⁴ quotients the remainder of Float32 computed in float64 is no longer that of the definition in either.
    private static Node Left(OpInputs x, GraphOp op, DType t, Shape s) => op switch
    {
        GraphOp.Pow => x.Floats(t, s, 0.01, 4, [0, 1, double.NaN, double.PositiveInfinity, -0.0]),
        GraphOp.Mod or GraphOp.Rem => x.Floats(t, s, -100, 100, [0, -0.0, double.NaN, double.PositiveInfinity]),
        _ => x.Floats(t, s, -100, 100, Cases.FloatEdges),
    };

    private static Node Right(OpInputs x, GraphOp op, DType t, Shape s) => op switch
    {
        GraphOp.Pow => x.Floats(t, s, -4, 4, [0, 1, 2, 0.5, -1, double.NaN]),
        GraphOp.Mod or GraphOp.Rem => x.Floats(t, s, 0.5, 9, [-3, double.PositiveInfinity, double.NaN]),
        _ => x.Floats(t, s, -100, 100, [0, 1, double.NaN, -0.0, double.NegativeInfinity]),
    };

    private static Tolerance Bound(GraphOp op, DType t) => op == GraphOp.Pow ? Cases.Units(t, t is DType.Float16 or DType.BFloat16 ? 1 : 16, "exponential of a product with a logarithm")
        // ±0 and equal magnitudes differ in nothing; remainders are exact.
        : Tolerance.Exact;

    private static Func<OpInputs, Node[]> Chain(DType t) => x =>
    {
        Node a = x.Floats(t, [7, 45], 1, 2), b = x.Floats(t, [45], 1, 2), c = x.Floats(t, [7, 1], 1, 2);
        return [x.G.Max(x.G.Add(x.G.Mul(a, b), c), 2.5), x.G.Where(x.G.Lt(a, b), x.G.Mul(a, c), x.G.Add(b, c))];
    };
}
