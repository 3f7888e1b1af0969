using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Gathering, scattering and selection by index.</summary>
internal static class Indexing
{
    public static OpDef[] All =>
    [
        new("Gather", c => [c.G.Gather(c[0], Index(c, 1), c[0].Shape.Axis(c.Int("axis", 0)))], "ONNX Gather-13"),
        new("GatherElements", c => [c.G.GatherElements(c[0], Index(c, 1), c[0].Shape.Axis(c.Int("axis", 0)))], "ONNX GatherElements-13", Since: 11),
        new("GatherND", c => [c.G.GatherNd(c[0], Index(c, 1), c.Int32("batch_dims", 0))], "ONNX GatherND-13", Since: 11),
        new("Scatter", c => [Scatter(c)], "ONNX Scatter-9", Since: 9),
        new("ScatterElements", c => [Scatter(c)], "ONNX ScatterElements-18", Since: 11),
        new("ScatterND", c => [c.G.ScatterNd(c[0], Index(c, 1), c[2], Reduction(c))], "ONNX ScatterND-18", Since: 11),
        new("TensorScatter", c => [TensorScatter(c)], "ONNX TensorScatter-24", Since: 24),
        new("OneHot", c => [OneHot(c)], "ONNX OneHot-11", Since: 9),
        new("TopK", c => TopK(c, c.Int("k", -1)), "ONNX TopK-1"),
        new("TopK", c => TopK(c, c.ConstantInts(1) is [var k] ? k : throw c.Error(ErrorCode.ShapeMismatch, "k must be one number.")), "ONNX TopK-11", Since: 10),
    ];

    private static Node Index(Lowering c, int input) =>
        c[input].Type is DType.Int32 or DType.Int64 ? c[input] : throw c.Error(ErrorCode.TypeMismatch, $"indices are {c[input].Type}; they must be Int32 or Int64.");

    private static ScatterReduction Reduction(Lowering c) => c.String("reduction", "none") switch
    {
        "none" => ScatterReduction.None,
        "add" => ScatterReduction.Add,
        "mul" => ScatterReduction.Mul,
        "min" => ScatterReduction.Min,
        "max" => ScatterReduction.Max,
        var r => throw c.Error(ErrorCode.InvalidArgument, $"reduction is '{r}'; the choices are none, add, mul, min and max."),
    };

    private static Node Scatter(Lowering c) => c.G.ScatterElements(c[0], Index(c, 1), c[2], c[0].Shape.Axis(c.Int("axis", 0)), Reduction(c));

    /// <summary>Writes an update [B, …, L, …] into a cache [B, …, S, …] from position write[b] on, around its end when circular.</summary>
    private static Node TensorScatter(Lowering c)
    {
        GraphBuilder g = c.G;
        Node cache = c[0], update = c[1];
        Shape s = cache.Shape, u = update.Shape;
        int axis = s.Axis(c.Int("axis", -2));
        if (axis == 0 || u.Rank != s.Rank || u.With(axis, s[axis]) != s || u[axis] > s[axis]) throw c.Error(ErrorCode.ShapeMismatch, $"an update {u} does not fit a cache {s} along axis {axis}.");
        bool circular = c.String("mode", "linear") switch
        {
            "linear" => false,
            "circular" => true,
            var m => throw c.Error(ErrorCode.InvalidArgument, $"mode is '{m}'; the choices are linear and circular."),
        };
        int[] order = [0, axis, .. Enumerable.Range(1, s.Rank - 1).Where(i => i != axis)], back = new int[s.Rank];
        for (int i = 0; i < order.Length; i++) back[order[i]] = i;
        Node at = g.Iota(u[axis], 1, 2);
        at = c.Maybe(2) is { } write ? g.Add(g.Reshape(g.Cast(write, DType.Int64), [s[0], 1]), at) : g.Broadcast(at, [s[0], u[axis]]);
        if (circular) at = g.Mod(at, g.Const(Tensor.Scalar(s[axis])));
        Node batch = g.Broadcast(g.Iota(s[0], 0, 2), at.Shape);
        Node index = g.Concat(2, g.Unsqueeze(batch, 2), g.Unsqueeze(at, 2));
        return g.Transpose(g.ScatterNd(g.Transpose(cache, order), index, g.Transpose(update, order)), back);
    }

    /// <summary>values[1] where an index (negative from the end) equals the position on a new axis, values[0] elsewhere and for indices outside.</summary>
    private static Node OneHot(Lowering c)
    {
        GraphBuilder g = c.G;
        double[] depths = c.ConstantFloats(1);
        if (depths.Length != 1 || depths[0] < 1 || c[2].Shape != Shape.Of(2)) throw c.Error(ErrorCode.ShapeMismatch, "depth must be one positive number and values two.");
        long depth = (long)depths[0];
        int rank = c[0].Shape.Rank + 1;
        long axis = c.Int("axis", -1);
        if (axis < -rank || axis >= rank) throw c.Error(ErrorCode.ShapeMismatch, $"axis {axis} does not exist in a result of rank {rank}.");
        if (axis < 0) axis += rank;
        Node i = g.Unsqueeze(g.Cast(c[0], DType.Int64), (int)axis);
        i = g.Where(g.Lt(i, 0), g.Add(i, depth), i);
        Node off = g.Squeeze(g.Slice(c[2], 0, 0, 1), 0), on = g.Squeeze(g.Slice(c[2], 0, 1, 1), 0);
        return g.Where(g.Eq(i, g.Iota(depth, (int)axis, rank)), on, off);
    }

    private static Lowered[] TopK(Lowering c, long k)
    {
        int axis = c[0].Shape.Axis(c.Int("axis", -1));
        if (k < 0 || k > c[0].Shape[axis]) throw c.Error(ErrorCode.InvalidArgument, $"k is {k}; axis {axis} of {c[0].Shape} has {c[0].Shape[axis]} elements.");
        (Node values, Node indices) = c.G.TopK(c[0], k, axis, c.Flag("largest", true), c.Flag("sorted", true));
        return [values, indices];
    }
}
