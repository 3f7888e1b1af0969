using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>Matrix products of sizes around every block, with batches that broadcast.</summary>
internal static class ContractionCases
{
    private static readonly (Shape A, Shape B)[] Sizes =
    [
        ([1, 1], [1, 1]), ([1, 7], [7, 1]), ([3, 5], [5, 4]), ([6, 16], [16, 17]), ([7, 33], [33, 19]), ([65, 64], [64, 63]), ([1, 129], [129, 50]), ([31, 300], [300, 1]), ([0, 3], [3, 2]), ([2, 0], [0, 3]),
        ([2, 3, 4], [2, 4, 5]), ([4, 9, 8], [8, 3]), ([3, 4], [2, 4, 5]), ([2, 1, 3, 4], [1, 5, 4, 2]), ([0, 2, 3], [0, 3, 4]),
    ];

    public static IEnumerable<OpCase> All =>
    [
        .. from t in Cases.Floating from s in Sizes select new OpCase(GraphOp.MatMul, Cases.Name(GraphOp.MatMul, t, s.A, $"· {s.B}"), Cases.Sum(t, Math.Max(1, s.A[-1]), 1), x => [x.G.MatMul(x.Floats(t, s.A, -1, 1), x.Floats(t, s.B, -1, 1))]),
        .. from t in new[] { DType.Int32, DType.Int64, DType.UInt32, DType.UInt64 } from s in Sizes select new OpCase(GraphOp.MatMul, Cases.Name(GraphOp.MatMul, t, s.A, $"· {s.B}"), Tolerance.Exact, x => [x.G.MatMul(x.Integers(t, s.A), x.Integers(t, s.B))]),
        .. from s in Sizes select new OpCase(GraphOp.MatMul, $"MatMul of bytes cast to Int32 {s.A} · {s.B}", Tolerance.Exact, x => [x.G.MatMul(x.G.Cast(x.Integers(DType.UInt8, s.A), DType.Int32), x.G.Cast(x.Integers(DType.Int8, s.B), DType.Int32))]),
        .. from s in Sizes select new OpCase(GraphOp.MatMul, $"MatMul with bias and a constant factor {s.A} · {s.B}", Cases.Sum(DType.Float32, Math.Max(1, s.A[-1]) + 1, 1),
            x => [x.G.Max(x.G.Add(x.G.MatMul(x.Floats(DType.Float32, s.A, -1, 1), Constant(x, s.B)), x.Floats(DType.Float32, [s.B[-1]], -1, 1)), 0)]),
        new(GraphOp.MatMul, "MatMul: infinities and NaN go through", Tolerance.Exact, x => [x.G.MatMul(x.Leaf(Tensor.From([float.PositiveInfinity, 0f, 1f, float.NaN, 1f, 2f], [3, 2])), x.Leaf(Tensor.From([1f, 0f, 2f, -1f], [2, 2])))]),
        .. from n in new long[] { 5, 24, 70 } from other in new[] { "itself", "its transpose", "its transpose from the left", "itself, added" }
           select new OpCase(GraphOp.MatMul, $"MatMul of [{n}, {n}] with {other}", Cases.Sum(DType.Float32, n + 1, 1), x => [WithItself(x.G, x.Floats(DType.Float32, [n, n], -1, 1), other)]),
        .. from t in new[] { DType.Float32, DType.Float64, DType.Float16 } select new OpCase(GraphOp.MatMul, $"MatMul {t} of a transposed operand", Cases.Sum(t, 21, 1), x => [x.G.MatMul(x.Floats(t, [9, 21], -1, 1), x.G.TransposeLast(x.Floats(t, [13, 21], -1, 1)))]),
    ];

    /// <summary>A constant of the graph: engines pack such operands once.</summary>
    public static Node Constant(OpInputs x, Shape s)
    {
        float[] v = new float[s.Count];
        for (int i = 0; i < v.Length; i++) v[i] = x.Random.NextSingle() * 2 - 1;
        return x.G.Const(Tensor.From(v, s));
    }

    private static Node WithItself(GraphBuilder g, Node x, string other) => other switch
    {
        "itself" => g.MatMul(x, x),
        "its transpose" => g.MatMul(x, g.TransposeLast(x)),
        "its transpose from the left" => g.MatMul(g.TransposeLast(x), x),
        _ => g.Add(g.MatMul(x, x), g.TransposeLast(x)),
    };
}
