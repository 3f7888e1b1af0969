using Tessera.Compiler;
using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Composites without a kernel of their own, as primitives that have one.</summary>
internal static class Decomposition
{
    // Float64 keeps bins that cancel below what Float32 shows. Where there are many, its kernels cost more than that is worth: they compute one element at a time, or write 64 bits out in integers.
    private const int MostWide = 64;

    private static readonly Pass Widths = new("widths", [new("transform of many Float32 in Float64 → in Float32", GraphOp.Cast, (r, n) => Narrowed(r, n))]);

    private static readonly Pass Composites = new("kernels",
    [
        new("attention → q·kᵀ, softmax, ·v", GraphOp.Attention, (r, n) => Attention(r.G, n)),
        new("transform → products", GraphOp.Fft, (r, n) => n.Shape.Count == 0 ? null : FourierProducts.Of(r.G, n.In[0], (Arg.Fft)n.Arg!)),
    ]);

    public static Graph Run(Graph graph) => Passes.Run(Composites, Passes.Run(Widths, graph, null, null), null, null);

    private static Node? Narrowed(Rewriting r, Node n) =>
        n.Type != DType.Float64 && n.In[0] is { Op: GraphOp.Fft, Type: DType.Float64, Arg: Arg.Fft a } fft && r.IsOnlyUse(fft) && fft.In[0].Shape[a.Axis] > MostWide && InFloat32(r.G, fft.In[0]) is { } x
            ? r.G.Cast(r.G.Emit(GraphOp.Fft, [x], a), n.Type) : null;

    /// <summary>What was widened on the way to <paramref name="x"/>, as it is at <paramref name="x"/>; null when Float64 came in.</summary>
    private static Node? InFloat32(GraphBuilder g, Node x) => x switch
    {
        { Op: GraphOp.Cast, In: [{ Type: DType.Float32 or DType.Float16 or DType.BFloat16 } from] } => g.Widen(from),
        { Op: GraphOp.Reshape or GraphOp.Transpose or GraphOp.Slice, In: [var from] } when InFloat32(g, from) is { } y => g.Emit(x.Op, [y], x.Arg),
        { Op: GraphOp.Pad, In: [var from, var value], Arg: Arg.Pad } when InFloat32(g, from) is { } y => g.Emit(x.Op, [y, g.Cast(value, y.Type)], x.Arg),
        _ => null,
    };

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
