using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Products of quantised tensors: exact in Int32, then rescaled.</summary>
internal static class QuantizedContractions
{
    public static OpDef[] All =>
    [
        new("QLinearConv", c => [Conv(c)], "ONNX QLinearConv-10", Since: 10),
        new("QLinearMatMul", c => [MatMul(c)], "ONNX QLinearMatMul-21", Since: 10),
        new("QGemm", c => [Gemm(c)], "com.microsoft QGemm-1", Domain: "com.microsoft"),
        new("DynamicQuantizeMatMul", c => [DynamicMatMul(c)], "com.microsoft DynamicQuantizeMatMul-1", Domain: "com.microsoft"),
        new("MatMulIntegerToFloat", c => [ToFloat(c)], "com.microsoft MatMulIntegerToFloat-1", Domain: "com.microsoft"),
        new("MatMulInteger16", c => [c.G.MatMul(c.G.Cast(c[0], DType.Int32), c.G.Cast(c[1], DType.Int32))], "com.microsoft MatMulInteger16-1", Domain: "com.microsoft"),
    ];

    private static Node Conv(Lowering c)
    {
        GraphBuilder g = c.G;
        Node y = Convolutions.Conv(c, Convolutions.Centered(g, c[0], c[2], 1), Convolutions.Centered(g, c[3], c[5], 0));
        y = Convolutions.Biased(g, y, c.Maybe(8));
        Node factor = g.Div(g.Mul(One(g, c[1]), c[4].Shape.Count == 1 ? One(g, c[4]) : g.AlongAxis(c[4], 1, y.Shape.Rank)), One(g, c[6]));
        return Quantization.Saturate(c, g.Mul(g.Cast(y, DType.Float32), factor), One(g, c[7]), c[7].Type);
    }

    private static Node MatMul(Lowering c)
    {
        GraphBuilder g = c.G;
        Node product = g.Cast(g.MatMul(Left(c, c[0], c[2]), Right(c, c[3], c[5])), DType.Float32);
        Node factor = g.Div(g.Mul(Rows(g, g.Cast(c[1], DType.Float32)), g.Cast(Flat(g, c[4]), DType.Float32)), Flat(g, g.Cast(c[6], DType.Float32)));
        return Quantization.Saturate(c, g.Mul(product, factor), Flat(g, c[7]), c[7].Type);
    }

    /// <summary>alpha · a′ · b′ + c, where c has the scale of the product; real numbers when no output scale is given.</summary>
    private static Node Gemm(Lowering c)
    {
        GraphBuilder g = c.G;
        if (c[0].Shape.Rank != 2 || c[3].Shape.Rank != 2) throw c.Error(ErrorCode.ShapeMismatch, $"operands {c[0].Shape} and {c[3].Shape} must be matrices.");
        bool transB = c.Flag("transB");
        // Per-channel zero points of b belong to the columns of the product, whichever way b lies.
        Node zero = c[5].Shape.Count > 1 && transB ? g.Unsqueeze(c[5], 1) : Flat(g, c[5]);
        Node a = Difference(c, c[0], One(g, c[2])), b = Difference(c, c[3], zero);
        Node product = g.MatMul(c.Flag("transA") ? g.TransposeLast(a) : a, transB ? g.TransposeLast(b) : b);
        if (c.Maybe(6) is { } bias) product = g.Add(product, bias);
        Node factor = g.Mul(g.Mul(One(g, c[1]), Flat(g, c[4])), c.Float("alpha", 1)), real = g.Cast(product, DType.Float32);
        return c.Has(7) ? Quantization.Saturate(c, g.Mul(real, g.Div(factor, One(g, c[7]))), c.Maybe(8) is { } z ? One(g, z) : null, c.Maybe(8)?.Type ?? DType.UInt8) : g.Mul(real, factor);
    }

    private static Node DynamicMatMul(Lowering c)
    {
        GraphBuilder g = c.G;
        (Node a, Node scale, Node zero) = Quantization.DynamicUInt8(c, c[0]);
        Node product = g.Cast(g.MatMul(Left(c, a, zero), Right(c, c[1], c.Maybe(3))), DType.Float32);
        Node y = g.Mul(product, g.Mul(scale, Flat(g, c[2])));
        return c.Maybe(4) is { } bias ? g.Add(y, bias) : y;
    }

    private static Node ToFloat(Lowering c)
    {
        GraphBuilder g = c.G;
        Node product = g.MatMul(Left(c, c[0], c.Maybe(4)), Right(c, c[1], c.Maybe(5)));
        Node y = g.Mul(g.Cast(product, DType.Float32), g.Mul(Rows(g, g.Widen(c[2])), Flat(g, g.Widen(c[3]))));
        if (c.Maybe(6) is { } bias) y = g.Add(y, g.Widen(bias));
        return g.Cast(y, c[2].Type);
    }

    /// <summary>a − zero in Int32; a vector of zero points has one per row.</summary>
    private static Node Left(Lowering c, Node a, Node? zero) => Difference(c, a, zero is null ? null : Rows(c.G, zero));

    /// <summary>b − zero in Int32; a vector of zero points has one per column.</summary>
    private static Node Right(Lowering c, Node b, Node? zero) => Difference(c, b, zero is null ? null : Flat(c.G, zero));

    private static Node Difference(Lowering c, Node x, Node? zero)
    {
        if (x.Type is not (DType.Int8 or DType.UInt8)) throw c.Unsupported($"operand of {x.Type}; Int8 and UInt8 are supported. Dequantise other types first.");
        Node wide = c.G.Cast(x, DType.Int32);
        return zero is null ? wide : c.G.Sub(wide, c.G.Cast(zero, DType.Int32));
    }

    private static Node Rows(GraphBuilder g, Node p) => p.Shape.Count == 1 ? One(g, p) : p.Shape.Rank == 1 ? g.Unsqueeze(p, 1) : p;

    private static Node Flat(GraphBuilder g, Node p) => p.Shape.Count == 1 ? One(g, p) : p;

    private static Node One(GraphBuilder g, Node p) => g.Reshape(p, Shape.Scalar);
}
