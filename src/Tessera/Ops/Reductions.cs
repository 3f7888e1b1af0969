using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Reductions over axes, positions of extremes, running sums.</summary>
internal static class Reductions
{
    public static OpDef[] All =>
    [
        new("ReduceSum", c => [Reduce(c, c[0], GraphOp.ReduceSum)], "ONNX ReduceSum-13"),
        new("ReduceProd", c => [Reduce(c, c[0], GraphOp.ReduceProd)], "ONNX ReduceProd-18"),
        new("ReduceMax", c => [Extreme(c, GraphOp.ReduceMax)], "ONNX ReduceMax-20"),
        new("ReduceMin", c => [Extreme(c, GraphOp.ReduceMin)], "ONNX ReduceMin-20"),
        new("ReduceMean", c => [c.G.InFloat32(c[0], x => Mean(c, x))], "ONNX ReduceMean-18"),
        new("ReduceL1", c => [c.G.InFloat32(c[0], x => Reduce(c, c.G.Abs(x), GraphOp.ReduceSum))], "ONNX ReduceL1-18"),
        new("ReduceSumSquare", c => [c.G.InFloat32(c[0], x => Reduce(c, c.G.Mul(x, x), GraphOp.ReduceSum))], "ONNX ReduceSumSquare-18"),
        new("ReduceL2", c => [InFloat(c, x => c.G.Sqrt(Reduce(c, c.G.Mul(x, x), GraphOp.ReduceSum)))], "ONNX ReduceL2-18"),
        new("ReduceLogSum", c => [InFloat(c, x => c.G.Log(Reduce(c, x, GraphOp.ReduceSum)))], "ONNX ReduceLogSum-18"),
        new("ReduceLogSumExp", c => [InFloat(c, x => LogSumExp(c, x))], "ONNX ReduceLogSumExp-18"),
        new("ArgMax", c => [Position(c, c.G.ArgMax)], "ONNX ArgMax-13"),
        new("ArgMin", c => [Position(c, c.G.ArgMin)], "ONNX ArgMin-13"),
        new("CumSum", c => [CumSum(c)], "ONNX CumSum-14", Since: 11),
    ];

    private delegate Node ArgReduce(Node x, int axis, bool keepDims, bool last);

    /// <summary>The axes to reduce: input 1 or attribute; all when there are none, unless the model asks for a reduction over none.</summary>
    private static int[] Axes(Lowering c, Shape shape)
    {
        long[]? axes = c.IntsAt(1, "axes");
        if (axes is { Length: > 0 }) return [.. axes.Select(a => shape.Axis(a)).Distinct()];
        return c.Flag("noop_with_empty_axes") ? [] : [.. Enumerable.Range(0, shape.Rank)];
    }

    private static Node Reduce(Lowering c, Node x, GraphOp op)
    {
        int[] axes = Axes(c, x.Shape);
        return axes.Length == 0 ? x : Reduce(c, x, op, axes, c.Flag("keepdims", true));
    }

    /// <summary>A reduction; over no elements it gives the operation's identity.</summary>
    private static Node Reduce(Lowering c, Node x, GraphOp op, int[] axes, bool keep)
    {
        if (x.Shape.Count > 0 || axes.Length == 0) return c.G.Reduce(op, x, keep, axes);
        Shape shape = Shape.Of([.. Enumerable.Range(0, x.Shape.Rank).Where(i => keep || !axes.Contains(i)).Select(i => axes.Contains(i) ? 1 : x.Shape[i])]);
        Tensor identity = op switch
        {
            GraphOp.ReduceMax => Limits.Lowest(x.Type),
            GraphOp.ReduceMin => Limits.Highest(x.Type),
            GraphOp.ReduceProd => Scalars.Of(x.Type, 1),
            _ => Scalars.Zero(x.Type),
        };
        return c.G.Broadcast(c.G.Const(identity), shape);
    }

    /// <summary>Booleans are compared as 0 and 1.</summary>
    private static Node Extreme(Lowering c, GraphOp op) =>
        c[0].Type != DType.Bool ? Reduce(c, c[0], op) : c.G.Cast(Reduce(c, c.G.Cast(c[0], DType.UInt8), op), DType.Bool);

    private static Node Mean(Lowering c, Node x)
    {
        long n = 1;
        foreach (int a in Axes(c, x.Shape)) n *= x.Shape[a];
        if (n == 0 && !x.Type.IsFloat()) throw c.Error(ErrorCode.ShapeMismatch, $"the mean over no elements of {x.Type}{x.Shape} does not exist.");
        return c.G.Div(Reduce(c, x, GraphOp.ReduceSum), n);
    }

    /// <summary>max + ln Σ e^(x − max), where an infinite max counts as 0.</summary>
    private static Node LogSumExp(Lowering c, Node x)
    {
        GraphBuilder g = c.G;
        int[] axes = Axes(c, x.Shape);
        bool keep = c.Flag("keepdims", true);
        if (axes.Length == 0) return x;
        Node max = Reduce(c, x, GraphOp.ReduceMax, axes, true);
        max = g.Where(g.IsInf(max), g.Scalar(x, 0), max);
        Node sum = Reduce(c, g.Exp(g.Sub(x, max)), GraphOp.ReduceSum, axes, keep);
        return g.Add(g.Log(sum), g.Reshape(max, sum.Shape));
    }

    /// <summary>f of x in a floating type that loses nothing that counts, rounded back.</summary>
    private static Node InFloat(Lowering c, Func<Node, Node> f) =>
        c[0].Type.IsFloat() ? c.G.InFloat32(c[0], f) : c.G.Cast(f(c.G.Cast(c[0], DType.Float64)), c[0].Type);

    private static Node Position(Lowering c, ArgReduce f)
    {
        int axis = c[0].Shape.Axis(c.Int("axis", 0));
        if (c[0].Shape[axis] == 0) throw c.Error(ErrorCode.ShapeMismatch, $"axis {axis} of {c[0].Shape} has no element to choose.");
        return f(c[0], axis, c.Flag("keepdims", true), c.Flag("select_last_index"));
    }

    private static Node CumSum(Lowering c)
    {
        long[] axis = c.ConstantInts(1);
        if (axis.Length != 1) throw c.Error(ErrorCode.ShapeMismatch, "the axis must be a scalar.");
        return c.G.CumSum(c[0], c[0].Shape.Axis(axis[0]), c.Flag("exclusive"), c.Flag("reverse"));
    }
}
