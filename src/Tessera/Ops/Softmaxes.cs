using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Softmax, LogSoftmax and Hardmax: along one axis since version 13; before, over all axes from one on, flattened.</summary>
internal static class Softmaxes
{
    public static OpDef[] All =>
    [
        new("Softmax", c => [Flattened(c, (x, a) => c.G.Softmax(x, a))], "ONNX Softmax-11"),
        new("Softmax", c => [Along(c, (x, a) => c.G.Softmax(x, a))], "ONNX Softmax-13", Since: 13),
        new("LogSoftmax", c => [Flattened(c, (x, a) => c.G.LogSoftmax(x, a))], "ONNX LogSoftmax-11"),
        new("LogSoftmax", c => [Along(c, (x, a) => c.G.LogSoftmax(x, a))], "ONNX LogSoftmax-13", Since: 13),
        new("Hardmax", c => [Flattened(c, (x, a) => Hardmax(c.G, x, a))], "ONNX Hardmax-11"),
        new("Hardmax", c => [Along(c, (x, a) => Hardmax(c.G, x, a))], "ONNX Hardmax-13", Since: 13),
    ];

    /// <summary>1 at the first maximum along the axis, 0 elsewhere.</summary>
    public static Node Hardmax(GraphBuilder g, Node x, int axis)
    {
        if (x.Shape.Count == 0) return x;
        return g.Cast(g.Eq(g.ArgMax(x, axis, true), g.Iota(x.Shape[axis], axis, x.Shape.Rank)), x.Type);
    }

    private static Node Along(Lowering c, Func<Node, int, Node> f) => f(c[0], c[0].Shape.Axis(c.Int("axis", -1)));

    private static Node Flattened(Lowering c, Func<Node, int, Node> f)
    {
        Node x = c[0];
        int rank = x.Shape.Rank, axis = x.Shape.Axis(c.Int("axis", 1) is 1 && rank == 1 ? 0 : c.Int("axis", 1));
        if (axis == rank - 1) return f(x, axis);
        Shape rows = Shape.Of(x.Shape.CountOf(0, axis), x.Shape.CountOf(axis, rank));
        return c.G.Reshape(f(c.G.Reshape(x, rows), 1), x.Shape);
    }
}
