using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>Primitives that move elements: no arithmetic, so every type of one width is one kernel, and results are exact.</summary>
internal static class MovementCases
{
    private static readonly DType[] Types = [DType.Float32, DType.Float64, DType.Float16, DType.Int8, DType.Int64, DType.Bool];

    private static readonly (Shape Shape, int[] Axes)[] Orders =
    [
        ([3, 5], [1, 0]), ([0, 5], [1, 0]), ([17, 33], [1, 0]), ([2, 3, 4], [0, 2, 1]), ([2, 3, 4], [2, 1, 0]), ([4, 1, 9], [1, 2, 0]), ([2, 3, 4, 5], [0, 2, 3, 1]), ([2, 3, 4, 5], [0, 3, 1, 2]), ([2, 2, 3, 2, 3, 2], [5, 3, 1, 0, 2, 4]), ([64, 65], [1, 0]),
    ];

    public static IEnumerable<OpCase> All =>
    [
        .. from t in Types from s in new (Shape A, Shape B)[] { ([6], [2, 3]), ([2, 3, 4], [4, 6]), ([0, 3], [3, 0, 2]), ([1], []), ([], [1, 1]) }
           select new OpCase(GraphOp.Reshape, Cases.Name(GraphOp.Reshape, t, s.A, $"→ {s.B}"), Tolerance.Exact, x => [x.G.Reshape(Any(x, t, s.A), s.B)]),
        .. from t in Types from o in Orders select new OpCase(GraphOp.Transpose, Cases.Name(GraphOp.Transpose, t, o.Shape, $"by [{string.Join(", ", o.Axes)}]"), Tolerance.Exact, x => [x.G.Transpose(Any(x, t, o.Shape), o.Axes)]),
        .. from t in Types from s in new (Shape A, Shape B)[] { ([1], [9]), ([3, 1], [3, 5]), ([], [2, 3]), ([2, 1, 3], [4, 2, 7, 3]), ([1, 0], [5, 0]), ([33], [3, 33]) }
           select new OpCase(GraphOp.Broadcast, Cases.Name(GraphOp.Broadcast, t, s.A, $"→ {s.B}"), Tolerance.Exact, x => [x.G.Broadcast(Any(x, t, s.A), s.B)]),
        .. from t in Types from a in Slices select new OpCase(GraphOp.Slice, Cases.Name(GraphOp.Slice, t, a.Shape, $"{a.Starts} {a.Counts} {a.Steps}"), Tolerance.Exact, x => [x.G.Slice(Any(x, t, a.Shape), a.Starts, a.Counts, a.Steps)]),
        .. from t in Types from m in Enum.GetValues<PadMode>() from p in Pads(m) select new OpCase(GraphOp.Pad, Cases.Name(GraphOp.Pad, t, p.Shape, $"{m} {p.Before} {p.After}"), Tolerance.Exact,
            x => [x.G.Pad(Any(x, t, p.Shape), m, p.Before, p.After, Any(x, t, []))]),
        .. from t in Types from c in Joins select new OpCase(GraphOp.Concat, Cases.Name(GraphOp.Concat, t, c.Shapes[0], $"and {c.Shapes.Length - 1} more along {c.Axis}"), Tolerance.Exact, x => [x.G.Concat(c.Axis, [.. c.Shapes.Select(s => Any(x, t, s))])]),
        new(GraphOp.Concat, "Concat String", Tolerance.Exact, x => [x.G.Concat(0, Text(x), Text(x))]),
        new(GraphOp.Transpose, "Transpose String", Tolerance.Exact, x => [x.G.Transpose(Text(x), 1, 0)]),
        new(GraphOp.Slice, "Slice String", Tolerance.Exact, x => [x.G.Slice(Text(x), 1, 2, 2, -2)]),
    ];

    private static readonly (Shape Shape, Ints Starts, Ints Counts, Ints Steps)[] Slices =
    [
        ([9], [2], [3], [1]), ([9], [8], [9], [-1]), ([9], [0], [5], [2]), ([9], [3], [0], [1]), ([4, 6], [1, 0], [2, 6], [1, 1]), ([4, 6], [0, 5], [4, 3], [1, -2]), ([3, 4, 5], [2, 1, 0], [3, 2, 2], [-1, 2, 3]), ([0, 4], [0, 1], [0, 2], [1, 1]),
    ];

    private static readonly (Shape[] Shapes, int Axis)[] Joins =
    [
        ([[3], [4], [0]], 0), ([[2, 3], [2, 5]], 1), ([[2, 3], [1, 3], [4, 3]], 0), ([[2, 1, 5], [2, 3, 5]], 1), ([[0, 3], [2, 3]], 0), ([[3, 17], [3, 1], [3, 15]], 1),
    ];

    private static IEnumerable<(Shape Shape, Ints Before, Ints After)> Pads(PadMode mode) =>
    [
        ([5], [2], [3]), ([3, 4], [0, 2], [1, 0]), ([2, 3, 9], [1, 1, 0], [0, 2, 5]), ([4, 5], [0, 0], [0, 4]),
        .. mode == PadMode.Constant ? [([0, 3], [1, 0], [1, 0])] : Array.Empty<(Shape, Ints, Ints)>(),
    ];

    private static Node Text(OpInputs x) => x.Leaf(Tensor.FromStrings(["a", "b", "c", "d", "e", "f"], [2, 3]));

    private static Node Any(OpInputs x, DType t, Shape s) => t == DType.Bool ? x.Bools(s) : t.IsFloat() ? x.Floats(t, s, -2, 2, Cases.FloatEdges) : x.Integers(t, s);
}
