using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>Convolutions and pooling: strides, dilations, padding on one side, groups, one to three spatial axes.</summary>
internal static class ConvolutionCases
{
    private sealed record Shaped(Shape X, Shape W, Ints Strides, Ints Dilations, Ints Before, Ints After, long Group);

    private static readonly Shaped[] Convs =
    [
        new([1, 1, 5], [1, 1, 3], [1], [1], [0], [0], 1), new([2, 3, 17], [4, 3, 3], [2], [1], [1], [1], 1), new([1, 3, 9, 9], [8, 3, 3, 3], [1, 1], [1, 1], [1, 1], [1, 1], 1),
        new([2, 8, 7, 5], [16, 8, 1, 1], [1, 1], [1, 1], [0, 0], [0, 0], 1), new([1, 16, 14, 14], [32, 16, 1, 1], [2, 2], [1, 1], [0, 0], [0, 0], 1), new([1, 3, 23, 19], [10, 3, 7, 7], [2, 2], [1, 1], [3, 3], [3, 3], 1),
        new([1, 6, 11, 13], [6, 1, 3, 3], [1, 1], [1, 1], [1, 1], [1, 1], 6), new([1, 8, 12, 9], [8, 1, 5, 5], [2, 2], [1, 1], [2, 2], [1, 2], 8), new([1, 4, 9, 9], [8, 2, 3, 3], [1, 1], [1, 1], [1, 1], [1, 1], 2),
        new([1, 2, 15, 15], [3, 2, 3, 3], [1, 1], [2, 3], [2, 3], [2, 3], 1), new([1, 2, 6, 6], [3, 2, 4, 2], [3, 1], [1, 1], [0, 2], [3, 0], 1), new([1, 2, 5, 6, 7], [3, 2, 3, 2, 3], [1, 2, 1], [1, 1, 1], [1, 0, 1], [1, 0, 1], 1),
        new([0, 2, 5, 5], [3, 2, 3, 3], [1, 1], [1, 1], [1, 1], [1, 1], 1), new([1, 2, 2, 2], [3, 2, 3, 3], [1, 1], [1, 1], [0, 0], [0, 0], 1), new([1, 32, 20, 20], [33, 32, 3, 3], [1, 1], [1, 1], [1, 1], [1, 1], 1),
        new([1, 4, 9, 9], [8, 1, 3, 3], [1, 1], [1, 1], [1, 1], [1, 1], 4),
    ];

    private static readonly (Shape X, Shape W, Arg.ConvTranspose Arg)[] Transposed =
    [
        ([1, 2, 5], [2, 3, 3], new([1], [1], [0], [7], 1)), ([1, 3, 4, 5], [3, 2, 3, 3], new([2, 2], [1, 1], [1, 1], [7, 9], 1)), ([2, 4, 3, 3], [4, 2, 2, 2], new([2, 2], [1, 1], [0, 0], [6, 6], 2)),
        ([1, 2, 4, 4], [2, 3, 3, 3], new([1, 1], [2, 2], [0, 0], [8, 8], 1)), ([1, 2, 3, 3], [2, 2, 3, 3], new([3, 2], [1, 1], [1, 0], [9, 8], 1)), ([1, 8, 5, 5], [8, 1, 4, 4], new([2, 2], [1, 1], [1, 1], [10, 10], 8)),
    ];

    private static readonly Arg.Pool[] Pools =
    [
        .. from kind in Enum.GetValues<PoolKind>()
           from a in new Arg.Pool[]
           {
               new(kind, [2, 2], [2, 2], [1, 1], [0, 0], [0, 0], [4, 4], false, 2, false, false), new(kind, [3, 3], [1, 1], [1, 1], [1, 1], [1, 1], [9, 8], false, 2, false, false), new(kind, [3, 2], [2, 3], [1, 1], [1, 0], [0, 1], [4, 3], true, 3, false, false),
               new(kind, [2, 2], [2, 2], [2, 3], [0, 0], [0, 0], [4, 3], false, 1, false, false), new(kind, [3, 3], [2, 2], [1, 1], [0, 0], [2, 2], [5, 4], true, 2, false, false),
           }
           select a,
    ];

    public static IEnumerable<OpCase> All =>
    [
        .. from t in Cases.Floating from c in Convs select new OpCase(GraphOp.Conv, Named(GraphOp.Conv, t, c), Sum(t, c, 0),
            x => [x.G.Conv(x.Floats(t, c.X, -1, 1), x.Floats(t, c.W, -1, 1), new(c.Strides, c.Dilations, c.Before, c.After, c.Group))]),
        .. from c in Convs select new OpCase(GraphOp.Conv, Named(GraphOp.Conv, DType.Float32, c) + " constant weights, bias, ReLU", Sum(DType.Float32, c, 1),
            x => [x.G.Max(x.G.Add(x.G.Conv(x.Floats(DType.Float32, c.X, -1, 1), ContractionCases.Constant(x, c.W), new(c.Strides, c.Dilations, c.Before, c.After, c.Group)), Bias(x, c)), 0)]),
        .. from c in Convs select new OpCase(GraphOp.Conv, Named(GraphOp.Conv, DType.Int32, c), Tolerance.Exact, x => [x.G.Conv(x.Integers(DType.Int32, c.X, -255, 255), x.Integers(DType.Int32, c.W, -128, 127), new(c.Strides, c.Dilations, c.Before, c.After, c.Group))]),
        .. from t in Cases.Floating from c in Transposed select new OpCase(GraphOp.ConvTranspose, Cases.Name(GraphOp.ConvTranspose, t, c.X, $"{c.W} {c.Arg.Strides} {c.Arg.Dilations}"), Cases.Sum(t, c.W.Count, 1), x => [x.G.ConvTranspose(x.Floats(t, c.X, -1, 1), x.Floats(t, c.W, -1, 1), c.Arg)]),
        .. from t in Cases.Floating from a in Pools select new OpCase(GraphOp.Pool, Cases.Name(GraphOp.Pool, t, [2, 3, 9, 8], $"{a.Kind} {a.Kernel} {a.Strides} {a.Dilations} {a.Before} {a.After} p={a.P}"), Bound(t, a), x => [x.G.Pool(x.Floats(t, [2, 3, 9, 8], -1, 1), a)]),
        .. from columns in new[] { false, true } select new OpCase(GraphOp.Pool, $"Pool Max with indices{(columns ? ", column-major" : "")}", Tolerance.Exact,
            x => x.G.Pool(x.Floats(DType.Float32, [2, 3, 9, 8], -1, 1), new Arg.Pool(PoolKind.Max, [3, 2], [2, 2], [1, 1], [1, 0], [0, 1], [4, 4], false, 0, true, columns)) is var p ? [x.G.Part(p, 0), x.G.Part(p, 1)] : []),
        new(GraphOp.Pool, "Pool Max propagates NaN", Tolerance.Exact, x => [x.G.Pool(x.Floats(DType.Float32, [1, 1, 40], -1, 1, [double.NaN, double.NegativeInfinity]), new Arg.Pool(PoolKind.Max, [3], [2], [1], [1], [1], [20], false, 0, false, false))]),
        .. from kind in Enum.GetValues<PoolKind>() select new OpCase(GraphOp.Pool, $"Pool {kind} over one and three axes", Bound(DType.Float32, Pools[0] with { Kind = kind, Kernel = [2, 2, 3] }),
            x => [x.G.Pool(x.Floats(DType.Float32, [1, 2, 21], -1, 1), new(kind, [4], [3], [1], [1], [1], [7], false, 2, false, false)), x.G.Pool(x.Floats(DType.Float32, [1, 2, 4, 5, 7], -1, 1), new(kind, [2, 2, 3], [1, 2, 2], [1, 1, 1], [0, 0, 1], [0, 0, 1], [3, 2, 4], true, 2, false, false))]),
    ];

    private static string Named(GraphOp op, DType t, Shaped c) => Cases.Name(op, t, c.X, $"{c.W} strides {c.Strides} dilations {c.Dilations} pads {c.Before} {c.After} groups {c.Group}");

    /// <summary>A window of 3 × 3 with step 1 may be computed by minimal filtering, whose transforms multiply the error of the plain sum.</summary>
    private static Tolerance Sum(DType t, Shaped c, long more)
    {
        Tolerance plain = Cases.Sum(t, c.W.Count / c.W[0] + more, 1);
        if (t == DType.Float64 || c.W.Span[2..] is not [3, 3] || c.Strides != [1, 1] || c.Dilations != [1, 1]) return plain;
        return plain with { Absolute = 8 * plain.Absolute, Why = plain.Why + "; minimal filtering F(4×4, 3×3) enlarges roundings, by 2 on average and less than 8" };
    }

    private static Node Bias(OpInputs x, Shaped c)
    {
        long[] e = [.. Enumerable.Repeat(1L, c.X.Rank)];
        e[1] = c.W[0];
        return ContractionCases.Constant(x, Shape.Of(e));
    }

    private static Tolerance Bound(DType t, Arg.Pool a) => a.Kind switch
    {
        PoolKind.Max => Tolerance.Exact,
        PoolKind.Average => Cases.Sum(t, a.Kernel.Aggregate(1L, (p, k) => p * k), 1),
        PoolKind.Lp => Cases.Units(t, t is DType.Float16 or DType.BFloat16 ? 2 : 40, "a root of a sum of powers"),
    };
}
