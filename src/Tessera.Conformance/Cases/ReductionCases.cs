using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>Reductions over every position of the axes, and scans.</summary>
internal static class ReductionCases
{
    private static readonly (Shape Shape, int[] Axes)[] Ways =
    [
        ([1], [0]), ([67], [0]), ([5, 33], [1]), ([5, 33], [0]), ([5, 33], [0, 1]), ([3, 4, 9], [1]), ([3, 4, 9], [0, 2]), ([3, 4, 9], [1, 2]), ([0], [0]), ([3, 0], [1]), ([0, 3], [1]), ([2, 3, 4, 5, 2], [1, 3]), ([1, 1031], [1]),
    ];

    private static readonly GraphOp[] Ops = [GraphOp.ReduceSum, GraphOp.ReduceProd, GraphOp.ReduceMax, GraphOp.ReduceMin];

    public static IEnumerable<OpCase> All =>
    [
        .. from op in Ops from t in Cases.Floating from w in Ways select new OpCase(op, Named(op, t, w), Bound(op, t, w.Shape.Count), x => [x.G.Reduce(op, Numbers(x, op, t, w.Shape), w.Shape.Rank % 2 == 0, w.Axes)]),
        .. from op in Ops from t in Cases.Integer from w in Ways select new OpCase(op, Named(op, t, w), Tolerance.Exact, x => [x.G.Reduce(op, x.Integers(t, w.Shape), w.Shape.Rank % 2 == 0, w.Axes)]),
        .. from op in new[] { GraphOp.ReduceMax, GraphOp.ReduceMin } from t in new[] { DType.Float32, DType.Float64 } select new OpCase(op, $"{op} {t} propagates NaN", Tolerance.Exact, x => [x.G.Reduce(op, x.Floats(t, [3, 35], -1, 1, [double.NaN]), false, 1)]),
        .. from op in new[] { GraphOp.ArgMax, GraphOp.ArgMin } from t in Cases.Floating.Concat(Cases.Integer) from w in Ways where w.Axes.Length == 1 && w.Shape.Count > 0 from last in new[] { false, true }
           select new OpCase(op, Named(op, t, w) + (last ? " last" : ""), Tolerance.Exact, x => [x.G.Emit(op, [Ties(x, t, w.Shape)], new Arg.ArgReduce(w.Axes[0], w.Shape.Rank % 2 == 0, last))]),
        .. from t in Cases.Floating.Concat(new[] { DType.Int64, DType.Int32 }) from w in Ways where w.Axes.Length == 1 from f in new[] { (false, false), (true, false), (false, true), (true, true) }
           select new OpCase(GraphOp.CumSum, Named(GraphOp.CumSum, t, w) + $" {f}", t.IsFloat() ? Cases.Sum(t, Math.Max(1, w.Shape.Count), 2) with { Relative = Cases.Epsilon(t) * (t is DType.Float16 or DType.BFloat16 ? 2 : 4) } : Tolerance.Exact,
               x => [x.G.CumSum(t.IsFloat() ? x.Floats(t, w.Shape, -2, 2) : x.Integers(t, w.Shape), w.Axes[0], f.Item1, f.Item2)]),
    ];

    private static string Named(GraphOp op, DType t, (Shape Shape, int[] Axes) w) => Cases.Name(op, t, w.Shape, $"over [{string.Join(", ", w.Axes)}]");

    private static Node Numbers(OpInputs x, GraphOp op, DType t, Shape s) => op == GraphOp.ReduceProd ? x.Floats(t, s, 0.98, 1.02) : x.Floats(t, s, -2, 2, op == GraphOp.ReduceSum ? [] : [0, -0.0, double.PositiveInfinity, double.NegativeInfinity]);

    /// <summary>Few different values, so that the rule for equal ones shows.</summary>
    private static Node Ties(OpInputs x, DType t, Shape s) => t.IsFloat() ? x.G.Unary(GraphOp.Round, x.Floats(t, s, -3, 3)) : x.Integers(t, s, t.IsSigned() ? -3 : 0, 3);

    private static Tolerance Bound(GraphOp op, DType t, long n) => op switch
    {
        GraphOp.ReduceSum => Cases.Sum(t, Math.Max(1, n), 2),
        GraphOp.ReduceProd => Cases.Units(t, t is DType.Float16 or DType.BFloat16 ? 2 : Math.Max(2, n), "one rounding for each factor"),
        _ => Tolerance.Exact,
    };
}
