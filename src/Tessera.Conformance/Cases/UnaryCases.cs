using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>Elementwise primitives of one operand over every length and edge value.</summary>
internal static class UnaryCases
{
    private static readonly GraphOp[] Exact = [GraphOp.Neg, GraphOp.Abs, GraphOp.Sign, GraphOp.Floor, GraphOp.Ceil, GraphOp.Round, GraphOp.Sqrt];

    // Units of the last place that a vector kernel may be off.
    private static readonly (GraphOp Op, double Low, double High, double Units)[] Approximate =
    [
        (GraphOp.Exp, -90, 90, 4), (GraphOp.Log, 0, 100, 4), (GraphOp.Sin, -30, 30, 4), (GraphOp.Cos, -30, 30, 4), (GraphOp.Tan, -1.5, 1.5, 8),
        (GraphOp.Asin, -1, 1, 4), (GraphOp.Acos, -1, 1, 4), (GraphOp.Atan, -20, 20, 4), (GraphOp.Sinh, -8, 8, 8), (GraphOp.Cosh, -8, 8, 8),
        (GraphOp.Tanh, -10, 10, 8), (GraphOp.Asinh, -100, 100, 8), (GraphOp.Acosh, 1, 100, 8), (GraphOp.Atanh, -1, 1, 8), (GraphOp.Erf, -4, 4, 8), (GraphOp.Sigmoid, -100, 100, 8),
    ];

    public static IEnumerable<OpCase> All =>
    [
        .. from op in Exact from t in Cases.Floating from s in Cases.Lengths select Case(op, t, s, -100, 100, Tolerance.Exact),
        .. from a in Approximate from t in Cases.Floating from s in Cases.Lengths
           select Case(a.Op, t, s, a.Low, a.High, Bound(a.Op, t, a.Units)),
        .. from op in new[] { GraphOp.Neg, GraphOp.Abs, GraphOp.Sign, GraphOp.Not } from t in Cases.Integer from s in new Shape[] { [0], [1], [19], [3, 33] }
           select new OpCase(op, Cases.Name(op, t, s), Tolerance.Exact, x => [x.G.Unary(op, x.Integers(t, s))]),
        .. from s in Cases.Lengths select new OpCase(GraphOp.Not, Cases.Name(GraphOp.Not, DType.Bool, s), Tolerance.Exact, x => [x.G.Not(x.Bools(s))]),
        .. from t in Cases.Floating from s in Cases.Lengths select new OpCase(GraphOp.IsNaN, Cases.Name(GraphOp.IsNaN, t, s), Tolerance.Exact, x => [x.G.IsNaN(x.Floats(t, s, -1, 1, Cases.FloatEdges))]),
        .. from t in Cases.Floating from s in Cases.Lengths from signs in new[] { (true, true), (true, false), (false, true) }
           select new OpCase(GraphOp.IsInf, Cases.Name(GraphOp.IsInf, t, s, $"{signs}"), Tolerance.Exact, x => [x.G.IsInf(x.Floats(t, s, -1, 1, Cases.FloatEdges), signs.Item1, signs.Item2)]),
    ];

    // Near a zero of the function that is no zero of x, the error is relative to x.
    private static Tolerance Bound(GraphOp op, DType t, double units)
    {
        Tolerance b = Cases.Units(t, t is DType.Float16 or DType.BFloat16 ? 1 : units, $"{units} units of the last place, as vector kernels reach");
        return op is GraphOp.Sin or GraphOp.Cos or GraphOp.Log or GraphOp.Acos or GraphOp.Acosh or GraphOp.Sinh or GraphOp.Asinh or GraphOp.Atanh or GraphOp.Erf or GraphOp.Tan or GraphOp.Tanh
            ? b with { Absolute = Cases.Epsilon(t) * 2 } : b;
    }

    private static OpCase Case(GraphOp op, DType t, Shape s, double low, double high, Tolerance tolerance) =>
        new(op, Cases.Name(op, t, s), tolerance, x => [x.G.Unary(op, x.Floats(t, s, low, high, Edges(op)))]);

    // Large arguments of periodic functions measure the argument reduction, which has a case of its own bound in no engine's contract.
    private static double[] Edges(GraphOp op) => op is GraphOp.Sin or GraphOp.Cos or GraphOp.Tan ? [.. Cases.FloatEdges.Where(v => !double.IsFinite(v) || Math.Abs(v) < 1000)] : Cases.FloatEdges;
}
