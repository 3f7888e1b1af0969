using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Activations of com.microsoft, and the activation that its fused operators end in.</summary>
internal static class ContribActivations
{
    private const string Domain = "com.microsoft";

    public static OpDef[] All =>
    [
        new("Gelu", c => [Wide(c, c[0], Activations.Gelu)], "com.microsoft Gelu-1; arXiv:1606.08415", Domain),
        new("BiasGelu", c => [Wide(c, c.G.Add(c.G.Widen(c[0]), c.G.Widen(c[1])), Activations.Gelu)], "com.microsoft BiasGelu-1", Domain),
        new("FastGelu", c => [Wide(c, c.Maybe(1) is { } b ? c.G.Add(c.G.Widen(c[0]), c.G.Widen(b)) : c[0], Activations.GeluTanh)], "com.microsoft FastGelu-1", Domain),
        new("QuickGelu", c => [Wide(c, c[0], (g, x) => g.Mul(x, g.Sigmoid(g.Mul(x, c.Float("alpha", 1.702)))))], "com.microsoft QuickGelu-1", Domain),
        new("BiasSplitGelu", c => [SplitGelu(c)], "com.microsoft BiasSplitGelu-1", Domain),
        new("BiasAdd", c => [c.G.Add(c.G.Add(c[0], c[1]), c[2])], "com.microsoft BiasAdd-1", Domain),
    ];

    private static Node Wide(Lowering c, Node x, Func<GraphBuilder, Node, Node> f) => c.G.Cast(f(c.G, c.G.Widen(x)), c[0].Type);

    /// <summary>Left half of x + bias times the Gelu of its right half.</summary>
    private static Node SplitGelu(Lowering c)
    {
        GraphBuilder g = c.G;
        Node x = g.Add(g.Widen(c[0]), g.Widen(c[1]));
        long half = x.Shape[-1] / 2;
        return g.Cast(g.Mul(g.Slice(x, -1, 0, half), Activations.Gelu(g, g.Slice(x, -1, half, half))), c[0].Type);
    }

    /// <summary>The activation called <paramref name="name"/> with its parameters; x itself when the name is empty.</summary>
    public static Node Apply(Lowering c, Node x, string name, double[] p)
    {
        GraphBuilder g = c.G;
        double P(int i, double missing) => i < p.Length ? p[i] : missing;
        return name switch
        {
            "" => x,
            "Relu" => g.Max(x, 0),
            "Tanh" => g.Tanh(x),
            "Sigmoid" => g.Sigmoid(x),
            "LeakyRelu" => g.Where(g.Lt(x, 0), g.Mul(x, P(0, 0.01)), x),
            "Clip" => g.Min(g.Max(x, P(0, double.NegativeInfinity)), P(1, double.PositiveInfinity)),
            "HardSigmoid" => g.Min(g.Max(g.Add(g.Mul(x, P(0, 0.2)), P(1, 0.5)), 0), 1),
            "Elu" => g.Where(g.Lt(x, 0), g.Mul(g.Sub(g.Exp(x), 1), P(0, 1)), x),
            "Softplus" => g.Add(g.Max(x, 0), g.Log(g.Add(g.Exp(g.Neg(g.Abs(x))), 1))),
            "Softsign" => g.Div(x, g.Add(g.Abs(x), 1)),
            "ThresholdedRelu" => g.Where(g.Gt(x, P(0, 1)), x, g.Scalar(x, 0)),
            "HardSwish" => g.Mul(x, g.Min(g.Max(g.Add(g.Mul(x, 1.0 / 6), 0.5), 0), 1)),
            _ => throw c.Unsupported($"fused activation '{name}' is unknown; export without operator fusion."),
        };
    }
}
