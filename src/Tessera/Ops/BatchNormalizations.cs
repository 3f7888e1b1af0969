using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>BatchNormalization in inference and training form.</summary>
internal static class BatchNormalizations
{
    public static OpDef[] All =>
    [
        new("BatchNormalization", Before14, "ONNX BatchNormalization-1, 6, 7, 9; arXiv:1502.03167"),
        new("BatchNormalization", c => c.Flag("training_mode") ? Train(c, true) : [Infer(c, true)], "ONNX BatchNormalization-15; arXiv:1502.03167", Since: 14),
    ];

    // Until version 13 the number of outputs tells training (five) from inference (one).
    private static Lowered[] Before14(Lowering c)
    {
        bool spatial = c.Flag("spatial", true);
        bool training = c.OutputCount > 1 && !(c.Opset < 7 && c.Flag("is_test"));
        return training ? Train(c, spatial) : [Infer(c, spatial)];
    }

    private static DType Wide(Lowering c) => c[0].Type == DType.Float64 ? DType.Float64 : DType.Float32;

    /// <summary>A statistic or parameter seen along the axes of x that it belongs to.</summary>
    private static Node Parameter(Lowering c, Node p, bool spatial)
    {
        GraphBuilder g = c.G;
        Shape x = c[0].Shape;
        if (x.Rank < 2) throw c.Error(ErrorCode.ShapeMismatch, $"input {x} must be [N, C, …].");
        long needed = spatial ? x[1] : x.CountOf(1, x.Rank);
        if (p.Shape.Count != needed) throw c.Error(ErrorCode.ShapeMismatch, $"a parameter {p.Shape} needs {needed} elements for input {x}.");
        return g.Cast(spatial ? g.AlongAxis(p, 1, x.Rank) : g.Reshape(p, x.With(0, 1)), Wide(c));
    }

    /// <summary>x · a + b with a = scale ÷ √(variance + epsilon), b = bias − mean · a: both fold when the parameters are constants.</summary>
    private static Node Infer(Lowering c, bool spatial)
    {
        GraphBuilder g = c.G;
        Node scale = Parameter(c, c[1], spatial), bias = Parameter(c, c[2], spatial), mean = Parameter(c, c[3], spatial), variance = Parameter(c, c[4], spatial);
        Node a = g.Div(scale, g.Sqrt(g.Add(variance, c.Float("epsilon", 1e-5))));
        Node y = g.Add(g.Mul(g.Cast(c[0], Wide(c)), a), g.Sub(bias, g.Mul(mean, a)));
        return g.Cast(y, c[0].Type);
    }

    private static Lowered[] Train(Lowering c, bool spatial)
    {
        GraphBuilder g = c.G;
        Node x = g.Cast(c[0], Wide(c));
        int[] axes = spatial ? [0, .. Enumerable.Range(2, Math.Max(0, x.Shape.Rank - 2))] : [0];
        double epsilon = c.Float("epsilon", 1e-5), momentum = c.Float("momentum", 0.9);
        Node mean = g.Mean(x, true, axes), off = g.Sub(x, mean), variance = g.Mean(g.Mul(off, off), true, axes);
        Node y = g.Add(g.Mul(g.Norm(x, epsilon, true, axes), Parameter(c, c[1], spatial)), Parameter(c, c[2], spatial));
        Node Running(int index, Node now) => g.Cast(g.Add(g.Mul(g.Cast(c[index], x.Type), momentum), g.Mul(g.Reshape(now, c[index].Shape), 1 - momentum)), c[index].Type);
        Node Saved(int index, Node now) => g.Cast(g.Reshape(now, c[index].Shape), c[index].Type);
        Lowered[] outputs = [g.Cast(y, c[0].Type), Running(3, mean), Running(4, variance)];
        return c.OutputCount > 3 ? [.. outputs, Saved(3, mean), Saved(4, variance)] : outputs;
    }
}
