using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Elementwise activation functions.</summary>
internal static class Activations
{
    public static OpDef[] All =>
    [
        new("Relu", c => [Relu(c.G, c[0])], "ONNX Relu-14"),
        Wide("LeakyRelu", (c, x) => c.G.Where(c.G.Lt(x, 0), c.G.Mul(x, c.Float("alpha", 0.01)), x), "ONNX LeakyRelu-16"),
        new("PRelu", c => [c.G.Where(c.G.Lt(c[0], 0), c.G.Mul(c[0], Slope(c)), c[0])], "ONNX PRelu-16"),
        Wide("Elu", (c, x) => Elu(c.G, x, c.Float("alpha", 1)), "ONNX Elu-6; arXiv:1511.07289"),
        Wide("Celu", (c, x) => Celu(c.G, x, c.Float("alpha", 1)), "ONNX Celu-12; arXiv:1704.07483"),
        Wide("Selu", Selu, "ONNX Selu-6; arXiv:1706.02515"),
        Wide("ThresholdedRelu", (c, x) => c.G.Where(c.G.Gt(x, c.Float("alpha", 1)), x, c.G.Scalar(x, 0)), "ONNX ThresholdedRelu-10"),
        Wide("HardSigmoid", (c, x) => HardSigmoid(c.G, x, c.Float("alpha", 0.2), c.Float("beta", 0.5)), "ONNX HardSigmoid-6"),
        Wide("HardSwish", (c, x) => c.G.Mul(x, HardSigmoid(c.G, x, 1.0 / 6, 0.5)), "ONNX HardSwish-14; arXiv:1905.02244", 14),
        new("Sigmoid", c => [c.G.Sigmoid(c[0])], "ONNX Sigmoid-13"),
        new("Tanh", c => [c.G.Tanh(c[0])], "ONNX Tanh-13"),
        Wide("Softplus", (c, x) => Softplus(c.G, x), "ONNX Softplus-1"),
        Wide("Softsign", (c, x) => c.G.Div(x, c.G.Add(c.G.Abs(x), 1)), "ONNX Softsign-1"),
        Wide("Mish", (c, x) => Mish(c.G, x), "ONNX Mish-18; arXiv:1908.08681", 18),
        Wide("Swish", (c, x) => c.G.Mul(x, c.G.Sigmoid(c.Float("alpha", 1) is var a && a == 1 ? x : c.G.Mul(x, a))), "ONNX Swish-24; arXiv:1710.05941", 24),
        Wide("Gelu", (c, x) => c.String("approximate", "none") switch
        {
            "none" => Gelu(c.G, x),
            "tanh" => GeluTanh(c.G, x),
            var other => throw c.Error(ErrorCode.InvalidArgument, $"approximate is '{other}'; the choices are none and tanh."),
        }, "ONNX Gelu-20; arXiv:1606.08415", 20),
        new("Shrink", c => [c[0].Type.IsFloat() ? Shrink(c, c[0]) : c.G.Cast(Shrink(c, c.G.Cast(c[0], DType.Float64)), c[0].Type)], "ONNX Shrink-9", Since: 9),
        new("Clip", c => [Clip(c.G, c[0], c.HasAttribute("min") ? c.G.Scalar(c[0], c.Float("min", 0)) : null, c.HasAttribute("max") ? c.G.Scalar(c[0], c.Float("max", 0)) : null)], "ONNX Clip-6"),
        new("Clip", c => [Clip(c.G, c[0], Bound(c, 1), Bound(c, 2))], "ONNX Clip-13", Since: 11),
    ];

    public static Node Relu(GraphBuilder g, Node x) => g.Max(x, 0);

    /// <summary>0.5·x·(1 + erf(x ÷ √2))</summary>
    public static Node Gelu(GraphBuilder g, Node x) => g.Mul(g.Mul(x, 0.5), g.Add(g.Erf(g.Mul(x, 1 / Math.Sqrt(2))), 1));

    /// <summary>0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))</summary>
    public static Node GeluTanh(GraphBuilder g, Node x)
    {
        Node cube = g.Mul(g.Mul(x, x), x);
        return g.Mul(g.Mul(x, 0.5), g.Add(g.Tanh(g.Mul(g.Add(x, g.Mul(cube, 0.044715)), Math.Sqrt(2 / Math.PI))), 1));
    }

    /// <summary>x where x ≥ 0, else alpha·(eˣ − 1)</summary>
    public static Node Elu(GraphBuilder g, Node x, double alpha) => g.Where(g.Lt(x, 0), g.Mul(g.Sub(g.Exp(x), 1), alpha), x);

    /// <summary>max(0, x) + min(0, alpha·(e^(x ÷ alpha) − 1))</summary>
    public static Node Celu(GraphBuilder g, Node x, double alpha) => g.Add(g.Max(x, 0), g.Min(g.Mul(g.Sub(g.Exp(g.Div(x, alpha)), 1), alpha), 0));

    /// <summary>min(1, max(0, alpha·x + beta))</summary>
    public static Node HardSigmoid(GraphBuilder g, Node x, double alpha, double beta) => g.Min(g.Max(g.Add(g.Mul(x, alpha), beta), 0), 1);

    /// <summary>ln(1 + eˣ) as max(x, 0) + ln(1 + e^−|x|), which neither overflows nor loses small values.</summary>
    public static Node Softplus(GraphBuilder g, Node x) => g.Add(g.Max(x, 0), g.Log1p(g.Exp(g.Neg(g.Abs(x)))));

    /// <summary>x·tanh(ln(1 + eˣ)) = x·n ÷ (n + 2) with n = eˣ·(eˣ + 2); from x = 20 on the factor is 1 even in Float64.</summary>
    public static Node Mish(GraphBuilder g, Node x)
    {
        Node e = g.Exp(g.Min(x, 20)), n = g.Mul(e, g.Add(e, 2));
        return g.Mul(x, g.Div(n, g.Add(n, 2)));
    }

    public static Node Clip(GraphBuilder g, Node x, Node? low, Node? high)
    {
        Node y = low is null ? x : g.Max(x, low);
        return high is null ? y : g.Min(y, high);
    }

    private static OpDef Wide(string name, Func<Lowering, Node, Node> f, string source, int since = 1) => new(name, c => [c.G.InFloat32(c[0], x => f(c, x))], source, Since: since);

    private static Node Selu(Lowering c, Node x)
    {
        bool first = c.Opset < 6;
        double alpha = c.Float("alpha", first ? 1.6732 : 1.67326319217681884765625), gamma = c.Float("gamma", first ? 1.0507 : 1.05070102214813232421875);
        return c.G.Mul(Elu(c.G, x, alpha), gamma);
    }

    private static Node Shrink(Lowering c, Node x)
    {
        double lambda = c.Float("lambd", 0.5), bias = c.Float("bias", 0);
        return c.G.Where(c.G.Lt(x, -lambda), c.G.Add(x, bias), c.G.Where(c.G.Gt(x, lambda), c.G.Sub(x, bias), c.G.Scalar(x, 0)));
    }

    private static Node? Bound(Lowering c, int index) =>
        c.Maybe(index) is not { } b ? null : b.Shape.Count == 1 ? c.G.Reshape(b, Shape.Scalar) : throw c.Error(ErrorCode.ShapeMismatch, $"bound {index} has shape {b.Shape}; it must be a scalar.");

    /// <summary>Before version 7 a slope vector belongs to the channels (axis 1); since then it broadcasts to the right as in NumPy.</summary>
    private static Node Slope(Lowering c)
    {
        Shape x = c[0].Shape, s = c[1].Shape;
        Node slope = c.Opset < 7 && s.Rank == 1 && x.Rank > 2 && s[0] == x[1] ? c.G.Reshape(c[1], Shape.Of([s[0], .. Enumerable.Repeat(1L, x.Rank - 2)])) : c[1];
        return Shape.Broadcast(x, slope.Shape) == x ? slope : throw c.Error(ErrorCode.ShapeMismatch, $"a slope {s} does not broadcast to x {x}.");
    }
}
