using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Scaled dot-product attention and rotary position embedding of the ONNX domain.</summary>
internal static class Attentions
{
    public static OpDef[] All =>
    [
        new("Attention", Attention, "ONNX Attention-24; arXiv:1706.03762", Since: 23),
        new("RotaryEmbedding", c => [Rotary(c)], "ONNX RotaryEmbedding-23; arXiv:2104.09864", Since: 23),
    ];

    /// <summary>[B, S, heads·D] as [B, heads, S, D].</summary>
    public static Node Split(Lowering c, Node x, long heads)
    {
        if (x.Shape.Rank != 3 || heads < 1 || x.Shape[2] % heads != 0) throw c.Error(ErrorCode.ShapeMismatch, $"{x.Shape} does not split into {heads} heads; [batch, sequence, heads · size] is needed.");
        return c.G.Transpose(c.G.Reshape(x, Shape.Of(x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads)), 0, 2, 1, 3);
    }

    /// <summary>[B, H, S, D] as [B, S, H·D].</summary>
    public static Node Merge(GraphBuilder g, Node y) => g.Reshape(g.Transpose(y, 0, 2, 1, 3), Shape.Of(y.Shape[0], y.Shape[2], y.Shape[1] * y.Shape[3]));

    /// <summary>0 where <paramref name="allowed"/>, −∞ elsewhere.</summary>
    public static Node Additive(GraphBuilder g, Node allowed, DType type) => g.Where(allowed, g.Scalar(type, 0), g.Scalar(type, double.NegativeInfinity));

    /// <summary>Sum of two optional masks.</summary>
    public static Node? Both(GraphBuilder g, Node? a, Node? b) => a is null ? b : b is null ? a : g.Add(a, b);

    private static Lowered[] Attention(Lowering c)
    {
        GraphBuilder g = c.G;
        bool flat = c[0].Shape.Rank == 3;
        long heads = c.Int("q_num_heads", 0), keyHeads = c.Int("kv_num_heads", heads);
        Node q = flat ? Split(c, c[0], heads) : c[0], k = flat ? Split(c, c[1], keyHeads) : c[1], v = flat ? Split(c, c[2], keyHeads) : c[2];
        if (q.Shape.Rank != 4 || k.Shape.Rank != 4 || v.Shape.Rank != 4) throw c.Error(ErrorCode.ShapeMismatch, $"Q {q.Shape}, K {k.Shape} and V {v.Shape} must all have three or all four axes.");
        long past = c.Has(4) ? c[4].Shape[2] : 0;
        if (c.Has(4) != c.Has(5)) throw c.Error(ErrorCode.MalformedModel, "past_key and past_value belong together.");
        if (c.Has(4)) (k, v) = (g.Concat(2, c[4], k), g.Concat(2, c[5], v));
        DType type = g.Widen(q).Type;
        bool causal = c.Flag("is_causal");
        Node? mask = c.Maybe(3) is { } m ? Mask(g, m, k.Shape[2], type) : null;
        if (c.Maybe(6) is { } valid)
        {
            mask = Both(g, mask, Valid(c, valid, q.Shape, k.Shape[2], causal && past == 0, type));
            if (past == 0) causal = false;
        }
        double scale = c.Float("scale", 0), cap = c.Float("softcap", 0);
        Arg.Attention arg = new(scale > 0 ? scale : 1 / Math.Sqrt(q.Shape[3]), causal, past, cap);
        Node wq = g.Widen(q), wk = g.Widen(k), y = g.Cast(g.Attention(wq, wk, g.Widen(v), mask, arg), c[0].Type);
        if (flat) y = Merge(g, y);
        return c.Wants(3) ? [y, k, v, g.Cast(Scores(c, wq, wk, mask, arg), c[0].Type)] : [y, k, v];
    }

    /// <summary>A boolean or additive mask as additive one over all keys; keys that it does not list are hidden.</summary>
    private static Node Mask(GraphBuilder g, Node m, long keys, DType type)
    {
        Node a = m.Type == DType.Bool ? Additive(g, m, type) : g.Cast(m, type);
        long missing = keys - m.Shape[-1];
        if (missing <= 0 || m.Shape[-1] == 1) return a;
        long[] after = new long[m.Shape.Rank];
        after[^1] = missing;
        return g.Pad(a, PadMode.Constant, Ints.Repeat(0, after.Length), Ints.Of(after), g.Scalar(type, double.NegativeInfinity));
    }

    /// <summary>Keys of each batch element that are filled, and, when causal, not after the query: the last query sees the last valid key.</summary>
    private static Node Valid(Lowering c, Node lengths, Shape q, long keys, bool causal, DType type)
    {
        GraphBuilder g = c.G;
        if (lengths.Shape.Count != q[0]) throw c.Error(ErrorCode.ShapeMismatch, $"nonpad_kv_seqlen {lengths.Shape} needs one length per batch element of {q}.");
        Node n = g.Reshape(g.Cast(lengths, DType.Int64), Shape.Of(q[0], 1, 1, 1)), j = g.Reshape(g.Vector([.. Range(keys)]), Shape.Of(1, 1, 1, keys));
        Node allowed = g.Lt(j, n);
        if (causal) allowed = g.And(allowed, g.Lt(j, g.Add(n, g.Reshape(g.Vector([.. Range(q[2]).Select(i => i + 1 - q[2])]), Shape.Of(1, 1, q[2], 1)))));
        return Additive(g, allowed, type);
    }

    public static IEnumerable<long> Range(long count) => Enumerable.Range(0, checked((int)count)).Select(i => (long)i);

    /// <summary>The scores that qk_matmul_output_mode asks for: 0 the scaled product, 1 with the mask, 2 capped and with the mask, 3 after the softmax.</summary>
    private static Node Scores(Lowering c, Node q, Node k, Node? mask, Arg.Attention a)
    {
        GraphBuilder g = c.G;
        long mode = c.Int("qk_matmul_output_mode", 0), repeats = q.Shape[1] / k.Shape[1];
        if (mode is < 0 or > 3) throw c.Error(ErrorCode.MalformedModel, $"qk_matmul_output_mode {mode} is none of 0, 1, 2, 3.");
        Node all = Quantization.Repeat(g, k, 1, repeats, q.Shape[1]);
        Node s = g.Mul(g.MatMul(q, g.TransposeLast(all)), a.Scale);
        if (mode == 0) return s;
        if (a.Softcap > 0 && mode > 1) s = g.Mul(g.Tanh(g.Div(s, a.Softcap)), a.Softcap);
        if (a.Causal)
        {
            Node j = g.Reshape(g.Vector([.. Range(k.Shape[2])]), Shape.Of(1, k.Shape[2])), i = g.Reshape(g.Vector([.. Range(q.Shape[2]).Select(v => v + a.CausalOffset)]), Shape.Of(q.Shape[2], 1));
            mask = Both(g, mask, Additive(g, g.Le(j, i), s.Type));
        }
        if (mask is not null) s = g.Add(s, mask);
        return mode == 3 ? g.Softmax(s, 3) : s;
    }

    private static Node Rotary(Lowering c)
    {
        GraphBuilder g = c.G;
        bool flat = c[0].Shape.Rank == 3;
        Node x = flat ? Split(c, c[0], c.Int("num_heads", 0)) : c[0];
        if (x.Shape.Rank != 4) throw c.Error(ErrorCode.ShapeMismatch, $"input {x.Shape} must be [B, S, hidden] or [B, heads, S, size].");
        Node cos = c[1], sin = c[2];
        if (c.Maybe(3) is { } at) (cos, sin) = (g.Gather(cos, at, 0), g.Gather(sin, at, 0));
        Node y = Rotate(c, x, cos, sin, c.Int("rotary_embedding_dim", 0), c.Flag("interleaved"));
        return flat ? Merge(g, y) : y;
    }

    /// <summary>Turns pairs of the last axis of x [B, H, S, D] by angles whose cosines and sines are [B or 1, S, pairs].</summary>
    public static Node Rotate(Lowering c, Node x, Node cos, Node sin, long size, bool interleaved)
    {
        GraphBuilder g = c.G;
        Shape s = x.Shape;
        long d = size > 0 ? size : s[3], half = d / 2;
        if (d > s[3] || d % 2 != 0 || cos.Shape != sin.Shape || cos.Shape.Rank != 3 || cos.Shape[2] < half || cos.Shape[1] != s[2])
            throw c.Error(ErrorCode.ShapeMismatch, $"cosines {cos.Shape} and sines {sin.Shape} do not turn {d} of the {s[3]} elements of {s}; [batch, sequence, {half}] is needed.");
        Node Angle(Node v) => g.Unsqueeze(g.Cast(g.Slice(v, 2, 0, half), g.Widen(x).Type), 1);
        Node wide = g.Widen(x), co = Angle(cos), si = Angle(sin);
        Node a = interleaved ? g.Slice(wide, 3, 0, half, 2) : g.Slice(wide, 3, 0, half), b = interleaved ? g.Slice(wide, 3, 1, half, 2) : g.Slice(wide, 3, half, half);
        Node p = g.Sub(g.Mul(a, co), g.Mul(b, si)), q = g.Add(g.Mul(a, si), g.Mul(b, co));
        Node y = interleaved ? g.Reshape(g.Concat(4, g.Unsqueeze(p, 4), g.Unsqueeze(q, 4)), s.With(3, d)) : g.Concat(3, p, q);
        if (d < s[3]) y = g.Concat(3, y, g.Slice(wide, 3, d, s[3] - d));
        return g.Cast(y, x.Type);
    }
}
