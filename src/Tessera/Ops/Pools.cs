using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Pooling over the spatial axes of [N, C, D1, …].</summary>
internal static class Pools
{
    public static OpDef[] All =>
    [
        new("MaxPool", Max, "ONNX MaxPool-22"),
        new("AveragePool", c => [Pool(c, c[0], PoolKind.Average, 0)], "ONNX AveragePool-22"),
        new("LpPool", c => [Pool(c, c[0], PoolKind.Lp, c.Float("p", 2))], "ONNX LpPool-1"),
        new("LpPool", c => [Pool(c, c[0], PoolKind.Lp, c.Int("p", 2))], "ONNX LpPool-22", Since: 2),
        new("GlobalAveragePool", c => [GlobalMean(c, c[0])], "ONNX GlobalAveragePool-22"),
        new("GlobalMaxPool", c => [c.G.Reduce(GraphOp.ReduceMax, c[0], true, Spatial(c, c[0]))], "ONNX GlobalMaxPool-22"),
        new("GlobalLpPool", c => [GlobalLp(c, c.Float("p", 2))], "ONNX GlobalLpPool-1"),
        new("GlobalLpPool", c => [GlobalLp(c, c.Int("p", 2))], "ONNX GlobalLpPool-22", Since: 2),
        new("MaxUnpool", c => [Unpool(c)], "ONNX MaxUnpool-22"),
    ];

    public static Node GlobalMean(Lowering c, Node x) => c.G.Cast(c.G.Mean(c.G.Widen(x), true, Spatial(c, x)), x.Type);

    /// <summary>Average or Lp pooling by the attributes of <paramref name="c"/>.</summary>
    public static Node Pool(Lowering c, Node x, PoolKind kind, double p) => c.G.Pool(x, Arg(c, x, kind, p, false));

    private static Arg.Pool Arg(Lowering c, Node x, PoolKind kind, double p, bool indices)
    {
        long[] kernel = c.Ints("kernel_shape") ?? throw c.Error(ErrorCode.MalformedModel, "attribute kernel_shape is missing.");
        Window w = Window.Of(c, x.Shape, kernel);
        Ints size = w.Out(c, x.Shape, c.Flag("ceil_mode"));
        return new(kind, Ints.Of(w.Kernel), Ints.Of(w.Strides), Ints.Of(w.Dilations), Ints.Of(w.Before), Ints.Of(w.After), size,
            kind == PoolKind.Average && c.Flag("count_include_pad"), p, indices, c.Flag("storage_order"));
    }

    private static Lowered[] Max(Lowering c)
    {
        GraphBuilder g = c.G;
        DType type = c[0].Type;
        // Float32 holds every 8-bit integer, and pooling only picks values.
        Node x = type.IsFloat() ? c[0] : type is DType.Int8 or DType.UInt8 ? g.Cast(c[0], DType.Float32) : throw c.Error(ErrorCode.TypeMismatch, $"{type} is not pooled; cast to a float or 8-bit type.");
        Node y = g.Pool(x, Arg(c, x, PoolKind.Max, 0, c.Wants(1)));
        return c.Wants(1) ? [g.Cast(g.Part(y, 0), type), g.Part(y, 1)] : [g.Cast(y, type)];
    }

    private static Node GlobalLp(Lowering c, double p)
    {
        GraphBuilder g = c.G;
        Node x = g.Abs(g.Widen(c[0]));
        int[] axes = Spatial(c, x);
        Node y = p == 1 ? g.Sum(x, true, axes) : p == 2 ? g.Sqrt(g.Sum(g.Mul(x, x), true, axes)) : g.Pow(g.Sum(g.Pow(x, p), true, axes), 1 / p);
        return g.Cast(y, c[0].Type);
    }

    private static int[] Spatial(Attributes c, Node x) => [.. Enumerable.Range(2, Window.Rank(c, x.Shape))];

    /// <summary>Values back to where MaxPool took them from. The indices count in the shape that the attributes imply; a larger output_shape adds zeros behind.</summary>
    private static Node Unpool(Lowering c)
    {
        GraphBuilder g = c.G;
        (Node x, Node at) = (c[0], c[1]);
        int n = Window.Rank(c, x.Shape);
        if (x.Shape != at.Shape) throw c.Error(ErrorCode.ShapeMismatch, $"values {x.Shape} and indices {at.Shape} must have one shape.");
        long[] kernel = c.Ints("kernel_shape") ?? throw c.Error(ErrorCode.MalformedModel, "attribute kernel_shape is missing.");
        Window w = Window.Of(c, x.Shape, kernel);
        long[] e = x.Shape.ToArray();
        for (int i = 0; i < n; i++) e[i + 2] = (e[i + 2] - 1) * w.Strides[i] - w.Before[i] - w.After[i] + kernel[i];
        Shape implied = Shape.Of(e), target = c.Has(2) ? Shape.Of(c.ConstantInts(2)) : implied;
        if (target.Rank != implied.Rank) throw c.Error(ErrorCode.ShapeMismatch, $"output_shape {target} needs rank {implied.Rank}.");
        Node zeros = g.Fill(x.Type, Shape.Of(implied.Count), 0);
        Node flat = g.Emit(GraphOp.ScatterElements, [zeros, g.Reshape(at, Shape.Of(at.Shape.Count)), g.Reshape(x, Shape.Of(x.Shape.Count))], new Arg.Scatter(0, ScatterReduction.None));
        Node y = g.Reshape(flat, implied);
        if (target == implied) return y;
        Ints after = Ints.Of(Enumerable.Range(0, target.Rank).Select(i => target[i] - implied[i]));
        if (after.Any(v => v < 0)) throw c.Error(ErrorCode.ShapeMismatch, $"output_shape {target} is smaller than {implied}, which kernel, strides and pads imply.");
        return g.Pad(y, PadMode.Constant, Ints.Repeat(0, target.Rank), after);
    }
}
