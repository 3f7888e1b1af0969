using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Products of dequantised tensors as products of the integers they stand for.</summary>
internal static class QuantizedRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("matmul(dequantised a, dequantised b) → scaled matmul of integers", GraphOp.MatMul, (r, n) => n.Type == DType.Float32 ? MatMul(r.G, n) : null),
        new("conv(dequantised x, dequantised w) → scaled conv of integers", GraphOp.Conv, (r, n) => n.Type == DType.Float32 ? Conv(r.G, n) : null),
        new("quantised dequantised x, one scale and zero → x (exact)", GraphOp.Cast, (_, n) => Same(n)),
    ];

    /// <summary>A pass of its own at the end: movement of 8-bit operands out of the way of their kernels.</summary>
    public static IReadOnlyList<Rule> Views { get; } =
    [
        new("integer product of moved (cast x − zero) → of cast moved x − zero (exact)", [GraphOp.MatMul, GraphOp.Conv], (r, n) => n.Type == DType.Int32 ? Moved(r.G, n) : null),
    ];

    private static Node? MatMul(GraphBuilder g, Node n)
    {
        if (Dequantized.Of(g, n.In[0]) is not { } a || Side(g, n.In[1], n.In[1].Shape.Rank - 1) is not var (b, scales, size)) return null;
        if ((double)a.Size * size * n.In[0].Shape[-1] >= int.MaxValue) return null;
        return g.Mul(g.Cast(g.MatMul(a.Centred(g), b), DType.Float32), Scale(g, a.Scale, scales, Shape.Of(scales.Length)));
    }

    private static Node? Conv(GraphBuilder g, Node n)
    {
        Shape w = n.In[1].Shape;
        if (!IntegerPatterns.IsProduct(n) || Dequantized.Of(g, n.In[0]) is not { } x || n.In[1].Constant is null || Side(g, n.In[1], 0) is not var (b, scales, size)) return null;
        if ((double)x.Size * size * (w.Count / Math.Max(1, w[0])) >= int.MaxValue) return null;
        long[] along = new long[w.Rank - 1];
        Array.Fill(along, 1);
        along[0] = scales.Length;
        return g.Mul(g.Cast(g.Conv(x.Centred(g), b, (Arg.Conv)n.Arg!), DType.Float32), Scale(g, x.Scale, scales, Shape.Of(along)));
    }

    /// <summary>The right side as centred integers, its scales (one, or one along <paramref name="axis"/>), and the largest absolute value.</summary>
    private static (Node, double[], long)? Side(GraphBuilder g, Node x, int axis)
    {
        if (x.Constant is null) return Dequantized.Of(g, x) is { } d ? (d.Centred(g), [d.Scale], d.Size) : null;
        if (QuantizedConstant.Of(x.Constant) is not { } q || q.Scales.Length > 1 && q.Axis != axis) return null;
        Node wide = g.Cast(g.Const(q.Values), DType.Int32);
        if (Array.Exists(q.Zeros, z => z != 0)) wide = g.Sub(wide, q.Zeros.Length == 1 ? g.Scalar(DType.Int32, q.Zeros[0]) : g.AlongAxis(g.Const(Tensor.From(q.Zeros, [q.Zeros.Length])), axis, x.Shape.Rank));
        return (wide, q.Scales, 255);
    }

    private static Node Scale(GraphBuilder g, double a, double[] b, Shape shape) => g.Const(Tensor.From([.. b.Select(v => (float)(a * v))], b.Length == 1 ? Shape.Scalar : shape));

    private static Node? Same(Node n) => Quantized.Find(n) is { } q && Dequantized.Find(q.Real) is { } d && q.Undoes(d) ? d.Values : null;

    private static Node? Moved(GraphBuilder g, Node n)
    {
        Node? a = Inside(g, n.In[0]), b = Inside(g, n.In[1]);
        return a is null && b is null ? null : g.Emit(n.Op, [a ?? n.In[0], b ?? n.In[1]], n.Arg);
    }

    private static Node? Inside(GraphBuilder g, Node x)
    {
        if (!Dequantized.Moves(x)) return null;
        Node inner = x;
        while (Dequantized.Moves(inner)) inner = inner.In[0];
        Node? zero = inner is { Op: GraphOp.Sub, In: [_, { Shape.Count: 1 } z] } ? g.Reshape(z, Shape.Scalar) : null;
        Node wide = zero is null ? inner : inner.In[0];
        if (wide is not { Op: GraphOp.Cast, In: [{ Type: DType.UInt8 or DType.Int8 } values] }) return null;
        Node y = g.Cast(Dequantized.Replay(g, x, inner, values), DType.Int32);
        return zero is null ? y : g.Sub(y, zero);
    }
}
