using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Operators of com.microsoft on quantised tensors: dequantised, computed in Float32, quantised again.</summary>
internal static class ContribQuantized
{
    private const string Domain = "com.microsoft";

    public static OpDef[] All =>
    [
        new("QLinearAdd", c => [Quantized(c, c.G.Add(Real(c, 0), Real(c, 3)), 6)], "com.microsoft QLinearAdd-1", Domain),
        new("QLinearMul", c => [Quantized(c, c.G.Mul(Real(c, 0), Real(c, 3)), 6)], "com.microsoft QLinearMul-1", Domain),
        new("QLinearSigmoid", c => [Quantized(c, c.G.Sigmoid(Real(c, 0)), 3)], "com.microsoft QLinearSigmoid-1", Domain),
        new("QLinearLeakyRelu", c => [LeakyRelu(c)], "com.microsoft QLinearLeakyRelu-1", Domain),
        new("QLinearSoftmax", c => [Softmax(c)], "com.microsoft QLinearSoftmax-1", Domain),
        new("QLinearConcat", c => [Concat(c)], "com.microsoft QLinearConcat-1", Domain),
        new("QLinearAveragePool", c => [Pooled(c, x => Pools.Pool(c, x, PoolKind.Average, 0))], "com.microsoft QLinearAveragePool-1", Domain),
        new("QLinearGlobalAveragePool", c => [Pooled(c, x => Pools.GlobalMean(c, x))], "com.microsoft QLinearGlobalAveragePool-1", Domain),
        new("QLinearReduceMean", c => [ReduceMean(c)], "com.microsoft QLinearReduceMean-1", Domain),
        new("QLinearWhere", c => [Quantized(c, c.G.Where(c[0], Real(c, 1), Real(c, 4)), 7)], "com.microsoft QLinearWhere-1", Domain),
    ];

    /// <summary>The real numbers that inputs i (values), i + 1 (scale) and i + 2 (zero point) stand for.</summary>
    private static Node Real(Lowering c, int i)
    {
        GraphBuilder g = c.G;
        return Quantization.Dequantized(g, c[i], One(c, i + 1)!, One(c, i + 2) is { } z ? g.Cast(z, DType.Float32) : null);
    }

    /// <summary>Scale or zero point as a scalar; null when absent.</summary>
    private static Node? One(Lowering c, int i) => c.Maybe(i) is not { } p ? null
        : p.Shape.Count == 1 ? c.G.Reshape(p, Shape.Scalar) : throw c.Unsupported($"input {i} has {p.Shape.Count} elements; one scale and zero point per tensor are supported.");

    /// <summary>y quantised with the scale at input <paramref name="i"/> and the zero point after it.</summary>
    private static Node Quantized(Lowering c, Node y, int i) =>
        Quantization.Saturate(c, c.G.Div(y, One(c, i)!), One(c, i + 1), c.Maybe(i + 1)?.Type ?? DType.UInt8);

    private static Node LeakyRelu(Lowering c)
    {
        Node x = Real(c, 0);
        return Quantized(c, c.G.Where(c.G.Lt(x, 0), c.G.Mul(x, c.Float("alpha", 0.01)), x), 3);
    }

    private static Node Softmax(Lowering c)
    {
        GraphBuilder g = c.G;
        Node x = Real(c, 0);
        // Until opset 13 Softmax saw its input as a matrix, split at the axis.
        if (c.Int("opset", 13) >= 13) return Quantized(c, g.Softmax(x, c.Int32("axis", -1)), 3);
        int axis = x.Shape.Axis(c.Int("axis", 1));
        Node flat = g.Reshape(x, Shape.Of(x.Shape.CountOf(0, axis), x.Shape.CountOf(axis, x.Shape.Rank)));
        return Quantized(c, g.Reshape(g.Softmax(flat, 1), x.Shape), 3);
    }

    private static Node Concat(Lowering c)
    {
        if (c.Count < 5 || (c.Count - 2) % 3 != 0) throw c.Error(ErrorCode.MalformedModel, $"{c.Count} inputs are not a scale, a zero point and triples of tensor, scale, zero point.");
        Node[] parts = [.. Enumerable.Range(0, (c.Count - 2) / 3).Select(i => Real(c, 2 + 3 * i))];
        return Quantized(c, c.G.Concat(c.Int32("axis", 0), parts), 0);
    }

    private static Node Pooled(Lowering c, Func<Node, Node> pool)
    {
        GraphBuilder g = c.G;
        Node x = Real(c, 0);
        int r = x.Shape.Rank;
        if (!c.Flag("channels_last")) return Quantized(c, pool(x), 3);
        Node y = pool(g.Transpose(x, [0, r - 1, .. Enumerable.Range(1, r - 2)]));
        return Quantized(c, g.Transpose(y, [0, .. Enumerable.Range(2, r - 2), 1]), 3);
    }

    private static Node ReduceMean(Lowering c)
    {
        Node x = Real(c, 0);
        return Quantized(c, c.G.Mean(x, c.Flag("keepdims", true), [.. (c.Ints("axes") ?? []).Select(a => x.Shape.Axis(a))]), 3);
    }
}
