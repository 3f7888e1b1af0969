using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>Gathers, scatters and selections, negative indices included.</summary>
internal static class IndexingCases
{
    private static readonly DType[] Types = [DType.Float32, DType.Float64, DType.Float16, DType.Int8, DType.Int64, DType.Bool];

    private static readonly (Shape X, Shape I, int Axis)[] Gathers = [([5], [3], 0), ([5, 7], [4], 1), ([5, 7], [2, 3], 0), ([3, 4, 5], [], 1), ([3, 4, 5], [0], 2), ([2, 33], [9], 1), ([6, 1], [5], 0)];

    public static IEnumerable<OpCase> All =>
    [
        .. from t in Types from i in new[] { DType.Int64, DType.Int32 } from g in Gathers select new OpCase(GraphOp.Gather, Cases.Name(GraphOp.Gather, t, g.X, $"{i}{g.I} along {g.Axis}"), Tolerance.Exact,
            x => [x.G.Gather(Any(x, t, g.X), At(x, i, g.I, g.X[g.Axis]), g.Axis)]),
        new(GraphOp.Gather, "Gather String", Tolerance.Exact, x => [x.G.Gather(x.Leaf(Tensor.FromStrings(["a", "b", "c"], [3])), At(x, DType.Int64, [2, 2], 3), 0)]),
        .. from t in Types from i in new[] { DType.Int64, DType.Int32 } from g in new (Shape X, Shape I, int Axis)[] { ([5], [3], 0), ([4, 6], [4, 3], 1), ([4, 6], [2, 6], 0), ([3, 4, 5], [2, 9, 5], 1), ([3, 4], [0, 4], 0) }
           select new OpCase(GraphOp.GatherElements, Cases.Name(GraphOp.GatherElements, t, g.X, $"{i}{g.I} along {g.Axis}"), Tolerance.Exact, x => [x.G.GatherElements(Any(x, t, g.X), At(x, i, g.I, g.X[g.Axis]), g.Axis)]),
        .. from t in Types from g in new (Shape X, Shape I, int Batch)[] { ([4, 5], [3, 2], 0), ([4, 5], [3, 1], 0), ([4, 4, 4], [2, 3, 2], 0), ([2, 3, 3], [2, 4, 1], 1), ([2, 3, 3], [2, 2], 1), ([3, 3], [0, 2], 0) }
           select new OpCase(GraphOp.GatherNd, Cases.Name(GraphOp.GatherNd, t, g.X, $"{g.I} with {g.Batch} batch axes"), Tolerance.Exact, x => [x.G.GatherNd(Any(x, t, g.X), At(x, DType.Int64, g.I, 3), g.Batch)]),
        .. from t in Types from r in Reductions(t) from g in new (Shape X, Shape I, int Axis)[] { ([9], [5], 0), ([4, 6], [4, 3], 1), ([4, 6], [2, 6], 0), ([3, 4, 5], [2, 3, 5], 1), ([3, 4], [0, 4], 0) }
           select new OpCase(GraphOp.ScatterElements, Cases.Name(GraphOp.ScatterElements, t, g.X, $"{g.I} along {g.Axis}, {r}"), Sums(t, r), x => [x.G.ScatterElements(Small(x, t, g.X), Spread(x, g.I, g.Axis, g.X[g.Axis], r), Small(x, t, g.I), g.Axis, r)]),
        .. from t in Types from r in Reductions(t) select new OpCase(GraphOp.ScatterNd, $"ScatterNd {t}[5, 4] rows, {r}", Sums(t, r), x => [x.G.ScatterNd(Small(x, t, [5, 4]), Rows(x, r), Small(x, t, [3, 4]), r)]),
        .. from t in new[] { DType.Float32, DType.Float64, DType.Float16, DType.Int32, DType.Int64, DType.UInt8 } from largest in new[] { true, false } from s in new (Shape X, long K, int Axis)[] { ([9], 4, 0), ([5, 33], 33, 1), ([5, 33], 1, 1), ([12, 5], 3, 0), ([3, 40, 2], 7, 1), ([3, 4], 0, 1), ([2, 1000], 10, 1) }
           select new OpCase(GraphOp.TopK, Cases.Name(GraphOp.TopK, t, s.X, $"{s.K} {(largest ? "largest" : "smallest")} along {s.Axis}"), Tolerance.Exact, x => x.G.TopK(Ties(x, t, s.X), s.K, s.Axis, largest) is var (v, i) ? [v, i] : []),
        new(GraphOp.TopK, "TopK with infinities and NaN", Tolerance.Exact, x => x.G.TopK(x.Leaf(Tensor.From([1f, float.NaN, -1f, float.PositiveInfinity, float.NegativeInfinity, 0f], [6])), 6, 0) is var (v, i) ? [v, i] : []),
    ];

    private static ScatterReduction[] Reductions(DType t) => t == DType.Bool ? [ScatterReduction.None] : Enum.GetValues<ScatterReduction>();

    private static Tolerance Sums(DType t, ScatterReduction r) => t.IsFloat() && r is ScatterReduction.Add or ScatterReduction.Mul ? Cases.Units(t, 8, "one rounding for each update") with { Absolute = Cases.Epsilon(t) * 8 } : Tolerance.Exact;

    private static Node Any(OpInputs x, DType t, Shape s) => t == DType.Bool ? x.Bools(s) : t.IsFloat() ? x.Floats(t, s, -2, 2, Cases.FloatEdges) : x.Integers(t, s);

    private static Node Small(OpInputs x, DType t, Shape s) => t == DType.Bool ? x.Bools(s) : t.IsFloat() ? x.Floats(t, s, 0.5, 2) : x.Integers(t, s);

    private static Node Ties(OpInputs x, DType t, Shape s) => t.IsFloat() ? x.G.Unary(GraphOp.Round, x.Floats(t, s, -20, 20)) : x.Integers(t, s, t.IsSigned() ? -9 : 0, 9);

    private static Node At(OpInputs x, DType type, Shape s, long extent) => x.Integers(type, s, -extent, extent - 1);

    /// <summary>Indices along an axis, distinct when nothing says which of two equal ones wins.</summary>
    private static Node Spread(OpInputs x, Shape s, int axis, long extent, ScatterReduction r)
    {
        if (r != ScatterReduction.None) return At(x, DType.Int64, s, extent);
        long[] v = new long[s.Count], order = [.. Enumerable.Range(0, (int)extent).Select(i => (long)i)];
        x.Random.Shuffle(order);
        long inner = s.CountOf(axis + 1, s.Rank);
        for (int i = 0; i < v.Length; i++) v[i] = order[i / inner % s[axis]];
        return x.Leaf(Tensor.From(v, s));
    }

    private static Node Rows(OpInputs x, ScatterReduction r) => x.Leaf(Tensor.From<long>(r == ScatterReduction.None ? [4, 0, -3] : [4, 0, -1], [3, 1]));
}
