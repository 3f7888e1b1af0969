using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Normalisation by mean, variance or length. 16-bit floats are computed in Float32 and rounded once at the end.</summary>
internal static class Normalizations
{
    public static OpDef[] All =>
    [
        new("InstanceNormalization", c => [Instance(c)], "ONNX InstanceNormalization-22"),
        new("LayerNormalization", Layer, "ONNX LayerNormalization-17; arXiv:1607.06450"),
        new("GroupNormalization", c => [Group(c)], "ONNX GroupNormalization-21; arXiv:1803.08494", Since: 18),
        new("RMSNormalization", c => [RootMeanSquare(c, c.Has(1) ? 1 : -1)[0]], "ONNX RMSNormalization-23; arXiv:1910.07467", Since: 23),
        new("SimplifiedLayerNormalization", c => RootMeanSquare(c, 1), "com.microsoft SimplifiedLayerNormalization-1"),
        new("SimplifiedLayerNormalization", c => RootMeanSquare(c, 1), "com.microsoft SimplifiedLayerNormalization-1", Domain: "com.microsoft"),
        new("LRN", c => [LocalResponse(c)], "ONNX LRN-13"),
        new("LpNormalization", c => [Lp(c)], "ONNX LpNormalization-22"),
        new("MeanVarianceNormalization", c => [MeanVariance(c)], "ONNX MeanVarianceNormalization-13"),
    ];

    /// <summary>(x − mean) ÷ √(variance + epsilon) · scale + bias over the axes from <paramref name="axis"/> on, in x's type.</summary>
    public static Node LayerNorm(GraphBuilder g, Node x, int axis, double epsilon, Node? scale, Node? bias)
    {
        Node y = g.Norm(x, epsilon, true, Tail(x, axis));
        if (scale is not null) y = g.Mul(y, g.Cast(scale, x.Type));
        return bias is null ? y : g.Add(y, g.Cast(bias, x.Type));
    }

    public static int[] Tail(Node x, int axis) => [.. Enumerable.Range(axis, x.Shape.Rank - axis)];

    /// <summary>1 ÷ √(mean(x²) + epsilon), x having mean zero or not being centred.</summary>
    public static Node InverseDeviation(GraphBuilder g, Node x, double epsilon, int[] axes) => g.Div(1, g.Sqrt(g.Add(g.Mean(g.Mul(x, x), true, axes), epsilon)));

    private static Node Instance(Lowering c)
    {
        GraphBuilder g = c.G;
        Node x = g.Widen(c[0]);
        if (x.Shape.Rank < 3) throw c.Error(ErrorCode.ShapeMismatch, $"input {x.Shape} must be [N, C, D1, …].");
        Node y = g.Norm(x, c.Float("epsilon", 1e-5), true, Tail(x, 2));
        return g.Cast(Channels(c, y, c[1], c[2]), c[0].Type);
    }

    /// <summary>y · scale + bias, both vectors along axis 1.</summary>
    private static Node Channels(Lowering c, Node y, Node scale, Node bias)
    {
        GraphBuilder g = c.G;
        int r = y.Shape.Rank;
        if (scale.Shape.Count != y.Shape[1] || bias.Shape.Count != y.Shape[1])
            throw c.Error(ErrorCode.ShapeMismatch, $"scale {scale.Shape} and bias {bias.Shape} need {y.Shape[1]} elements, one per channel.");
        return g.Add(g.Mul(y, g.Cast(g.AlongAxis(scale, 1, r), y.Type)), g.Cast(g.AlongAxis(bias, 1, r), y.Type));
    }

    public static Lowered[] Layer(Lowering c)
    {
        GraphBuilder g = c.G;
        Node x = g.Widen(c[0]);
        int axis = x.Shape.Axis(c.Int("axis", -1));
        double epsilon = c.Float("epsilon", 1e-5);
        DType stash = Stash(c, x);
        Node y = g.Cast(LayerNorm(g, x, axis, epsilon, c.Maybe(1), c.Maybe(2)), c[0].Type);
        if (!c.Wants(1) && !c.Wants(2)) return [y];
        int[] axes = Tail(x, axis);
        Node mean = g.Mean(x, true, axes);
        return [y, g.Cast(mean, stash), g.Cast(InverseDeviation(g, g.Sub(x, mean), epsilon, axes), stash)];
    }

    /// <summary>Type of the statistics outputs; the computation itself is never narrower than Float32.</summary>
    private static DType Stash(Lowering c, Node x) => x.Type == DType.Float64 ? DType.Float64 : c.Int("stash_type", 1) switch
    {
        1 => DType.Float32,
        10 => DType.Float16,
        16 => DType.BFloat16,
        11 => DType.Float64,
        var other => throw c.Unsupported($"stash_type {other} is no floating type."),
    };

    private static Lowered[] RootMeanSquare(Lowering c, int scale)
    {
        GraphBuilder g = c.G;
        Node x = g.Widen(c[0]);
        int axis = x.Shape.Axis(c.Int("axis", -1));
        double epsilon = c.Float("epsilon", 1e-5);
        int[] axes = Tail(x, axis);
        Node y = g.Norm(x, epsilon, false, axes);
        if (scale >= 0) y = g.Mul(y, g.Cast(c[scale], x.Type));
        y = g.Cast(y, c[0].Type);
        return c.Wants(1) ? [y, InverseDeviation(g, x, epsilon, axes)] : [y];
    }

    private static Node Group(Lowering c)
    {
        GraphBuilder g = c.G;
        Node x = g.Widen(c[0]);
        long groups = c.Int("num_groups", 0);
        if (x.Shape.Rank < 3 || groups < 1 || x.Shape[1] % groups != 0) throw c.Error(ErrorCode.ShapeMismatch, $"input {x.Shape} must be [N, C, D1, …] with C a multiple of num_groups = {groups}.");
        Shape grouped = Shape.Of(x.Shape[0], groups, x.Shape[1] / groups * x.Shape.CountOf(2, x.Shape.Rank));
        Node y = g.Norm(g.Reshape(x, grouped), c.Float("epsilon", 1e-5), true, 2);
        // Until version 21 scale and bias had one element per group.
        bool perGroup = c.Opset < 21 && c[1].Shape.Count == groups;
        y = perGroup ? g.Reshape(Channels(c, y, c[1], c[2]), x.Shape) : Channels(c, g.Reshape(y, x.Shape), c[1], c[2]);
        return g.Cast(y, c[0].Type);
    }

    /// <summary>x ÷ (bias + alpha ÷ size · Σ x²)^beta, the sum over size neighbouring channels.</summary>
    private static Node LocalResponse(Lowering c)
    {
        GraphBuilder g = c.G;
        Node x = g.Widen(c[0]);
        long size = c.Int("size", 0);
        if (size < 1 || x.Shape.Rank < 2) throw c.Error(ErrorCode.InvalidArgument, $"size {size} must be positive and the input {x.Shape} have channels.");
        // Channels further away than there are channels do not exist.
        long spatial = x.Shape.CountOf(2, x.Shape.Rank), before = Math.Min((size - 1) / 2, x.Shape[1]), after = Math.Min(size - 1 - (size - 1) / 2, x.Shape[1]), window = before + 1 + after;
        Node squares = g.Reshape(g.Mul(x, x), Shape.Of(x.Shape[0], 1, x.Shape[1], spatial));
        // A window over channels is an average pool along an axis of its own; padding counts, so that the divisor is always the window.
        Node mean = g.Pool(squares, new Arg.Pool(PoolKind.Average, [window, 1], [1, 1], [1, 1], [before, 0], [after, 0], [x.Shape[1], spatial], true, 0, false, false));
        Node sum = g.Add(g.Mul(g.Reshape(mean, x.Shape), c.Float("alpha", 1e-4) * window / size), c.Float("bias", 1));
        return g.Cast(g.Div(x, g.Pow(sum, c.Float("beta", 0.75))), c[0].Type);
    }

    /// <summary>x ÷ ‖x‖ₚ along an axis; a zero vector stays zero.</summary>
    private static Node Lp(Lowering c)
    {
        GraphBuilder g = c.G;
        Node x = g.Widen(c[0]);
        int axis = x.Shape.Axis(c.Int("axis", -1));
        Node norm = c.Int("p", 2) switch
        {
            1 => g.Sum(g.Abs(x), true, axis),
            2 => g.Sqrt(g.Sum(g.Mul(x, x), true, axis)),
            var p => throw c.Unsupported($"p = {p}; the operator knows 1 and 2."),
        };
        return g.Cast(g.Div(x, g.Where(g.Eq(norm, 0), g.Scalar(norm, 1), norm)), c[0].Type);
    }

    private static Node MeanVariance(Lowering c)
    {
        GraphBuilder g = c.G;
        Node x = g.Widen(c[0]);
        long[] axes = c.Ints("axes") ?? (c.Opset < 9 && c.Flag("across_channels") ? [0, 1, 2, 3] : [0, 2, 3]);
        // The specification adds 1e-9 to the deviation; under the root that is 1e-18, alike where it matters: at variance 0.
        return g.Cast(g.Norm(x, 1e-18, true, [.. axes.Select(a => x.Shape.Axis(a))]), c[0].Type);
    }
}
