using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>One optimisation step as a model operator: R (learning rate), T (update count), then tensors, gradients and states in groups.</summary>
internal static class Optimizers
{
    private const string Domain = "ai.onnx.preview.training";

    public static OpDef[] All =>
    [
        new("Adagrad", c => Groups(c, 1, Adagrad), "ai.onnx.preview.training Adagrad-1; JMLR 12 (2011) 2121", Domain),
        new("Adam", c => Groups(c, 2, Adam), "ai.onnx.preview.training Adam-1; arXiv:1412.6980", Domain),
        new("Momentum", c => Groups(c, 1, Momentum), "ai.onnx.preview.training Momentum-1", Domain),
        new("Gradient", c => throw c.Unsupported("a model does not differentiate itself here. Export the model with its backward pass as ordinary operators, or train with Tessera's own gradients."), "ai.onnx.preview.training Gradient-1", Domain),
    ];

    /// <summary>One step for a tensor: x, its gradient, its states → new x and states.</summary>
    private delegate Node[] Step(Lowering c, Node x, Node gradient, Node[] states);

    // Inputs and outputs list all tensors, then all of the next kind.
    private static Lowered[] Groups(Lowering c, int states, Step step)
    {
        int n = (c.Count - 2) / (states + 2);
        if (n < 1 || c.Count != 2 + n * (states + 2)) throw c.Error(ErrorCode.MalformedModel, $"{c.Count} inputs are not R, T and groups of {states + 2}.");
        Lowered[] outputs = new Lowered[n * (states + 1)];
        for (int i = 0; i < n; i++)
        {
            Node x = c[2 + i];
            Node[] results = step(c, x, c.G.Add(c.G.Mul(x, c.Float("norm_coefficient", 0)), c[2 + n + i]), [.. Enumerable.Range(2, states).Select(k => c[2 + k * n + i])]);
            for (int k = 0; k < results.Length; k++) outputs[k * n + i] = results[k];
        }
        return outputs;
    }

    private static Node Rate(Lowering c, Node like) => c.G.Cast(c.G.Reshape(c[0], Shape.Scalar), like.Type);

    private static Node Count(Lowering c, Node like) => c.G.Cast(c.G.Reshape(c[1], Shape.Scalar), like.Type);

    private static Node[] Adagrad(Lowering c, Node x, Node gradient, Node[] states)
    {
        GraphBuilder g = c.G;
        Node rate = g.Div(Rate(c, x), g.Add(g.Mul(Count(c, x), c.Float("decay_factor", 0)), 1));
        Node h = g.Add(states[0], g.Mul(gradient, gradient));
        return [g.Sub(x, g.Div(g.Mul(rate, gradient), g.Add(g.Sqrt(h), c.Float("epsilon", 1e-6)))), h];
    }

    private static Node[] Adam(Lowering c, Node x, Node gradient, Node[] states)
    {
        GraphBuilder g = c.G;
        double alpha = c.Float("alpha", 0.9), beta = c.Float("beta", 0.999);
        Node v = g.Add(g.Mul(states[0], alpha), g.Mul(gradient, 1 - alpha)), h = g.Add(g.Mul(states[1], beta), g.Mul(g.Mul(gradient, gradient), 1 - beta));
        Node t = Count(c, x), rate = Rate(c, x);
        Node corrected = g.Div(g.Mul(rate, g.Sqrt(g.Sub(1, g.Pow(g.Scalar(x, beta), t)))), g.Sub(1, g.Pow(g.Scalar(x, alpha), t)));
        rate = g.Where(g.Gt(t, 0), corrected, rate);
        Node next = g.Sub(x, g.Div(g.Mul(rate, v), g.Add(g.Sqrt(h), c.Float("epsilon", 1e-6))));
        return [g.Mul(next, 1 - c.Float("norm_coefficient_post", 0)), v, h];
    }

    private static Node[] Momentum(Lowering c, Node x, Node gradient, Node[] states)
    {
        GraphBuilder g = c.G;
        double alpha = c.Float("alpha", 0), beta = c.Float("beta", 1);
        Node factor = g.Where(g.Gt(Count(c, x), 0), g.Scalar(x, beta), g.Scalar(x, 1));
        Node v = g.Add(g.Mul(states[0], alpha), g.Mul(factor, gradient));
        Node direction = c.String("mode", "standard") switch
        {
            "standard" => v,
            "nesterov" => g.Add(gradient, g.Mul(v, alpha)),
            var other => throw c.Error(ErrorCode.MalformedModel, $"mode '{other}' is neither standard nor nesterov."),
        };
        return [g.Sub(x, g.Mul(Rate(c, x), direction)), v];
    }
}
