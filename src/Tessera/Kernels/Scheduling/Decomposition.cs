using Tessera.Compiler;
using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Composites without a kernel of their own, as primitives that have one.</summary>
internal static class Decomposition
{
    public static Pass Pass { get; } = new("kernels", [new("attention → q·kᵀ, softmax, ·v", GraphOp.Attention, (r, n) => Attention(r.G, n))]);

    private static Node Attention(GraphBuilder g, Node n)
    {
        Arg.Attention a = (Arg.Attention)n.Arg!;
        Node q = g.Widen(n.In[0]), k = g.Widen(n.In[1]), v = g.Widen(n.In[2]);
        long batch = q.Shape[0], heads = q.Shape[1], s = q.Shape[2], groups = k.Shape[1], t = k.Shape[2], each = heads / Math.Max(1, groups);
        Node keys = g.Transpose(k, 0, 1, 3, 2);
        // Heads that share keys stand side by side along an axis of their own.
        Node scores = each == 1 ? g.MatMul(q, keys)
            : g.Reshape(g.MatMul(g.Reshape(q, [batch, groups, each, s, q.Shape[3]]), g.Unsqueeze(keys, 2)), [batch, heads, s, t]);
        scores = g.Mul(scores, a.Scale);
        if (a.Softcap > 0) scores = g.Mul(g.Tanh(g.Div(scores, a.Softcap)), a.Softcap);
        if (n.In.Length > 3) scores = g.Add(scores, g.Cast(n.In[3], scores.Type));
        if (a.Causal) scores = g.Where(g.Le(g.Iota(t, 1, 2), g.Add(g.Iota(s, 0, 2), a.CausalOffset)), scores, g.Scalar(scores, double.NegativeInfinity));
        Node weights = g.Softmax(scores, -1);
        if (a.Causal || n.In.Length > 3)
        {
            Node seen = g.Reduce(GraphOp.ReduceMax, scores, true, 3);
            weights = g.Where(g.Eq(seen, double.NegativeInfinity), g.Scalar(weights, 0), weights);
        }
        Node y = each == 1 ? g.MatMul(weights, v) : g.Reshape(g.MatMul(g.Reshape(weights, [batch, groups, each, s, t]), g.Unsqueeze(v, 2)), n.Shape);
        return g.Cast(y, n.Type);
    }
}
