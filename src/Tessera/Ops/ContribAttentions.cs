using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Attention and MultiHeadAttention of com.microsoft, and its RotaryEmbedding.</summary>
internal static class ContribAttentions
{
    private const string Domain = "com.microsoft";

    public static OpDef[] All =>
    [
        new("Attention", Attention, "com.microsoft Attention-1; arXiv:1706.03762", Domain),
        new("QAttention", QuantizedAttention, "com.microsoft QAttention-1", Domain),
        new("MultiHeadAttention", MultiHead, "com.microsoft MultiHeadAttention-1; arXiv:1706.03762", Domain),
        new("GroupQueryAttention", GroupedAttention.Lower, "com.microsoft GroupQueryAttention-1; arXiv:2305.13245", Domain),
        new("RotaryEmbedding", c => [Rotary(c)], "com.microsoft RotaryEmbedding-1; arXiv:2104.09864", Domain),
    ];

    /// <summary>Heads attended in at least Float32 and merged: [B, S, H·D] in <paramref name="type"/>.</summary>
    public static Node Attend(GraphBuilder g, Node q, Node k, Node v, Node? mask, Arg.Attention arg, DType type) =>
        Attentions.Merge(g, g.Cast(g.Attention(g.Widen(q), g.Widen(k), g.Widen(v), mask is null ? null : g.Cast(mask, g.Widen(q).Type), arg), type));

    /// <summary>1 ÷ √head size unless the model gives its own scale.</summary>
    public static double Scale(Attributes c, long size) => c.Float("scale", 0) is var s && s != 0 ? s : 1 / Math.Sqrt(size);

    private static Lowered[] Attention(Lowering c)
    {
        GraphBuilder g = c.G;
        CheckProjection(c);
        Node x = g.MatMul(g.Widen(c[0]), g.Widen(c[1]));
        if (c.Maybe(2) is { } bias) x = g.Add(x, g.Widen(bias));
        return Projected(c, g.Cast(x, c[0].Type), c.Maybe(3), c.Maybe(4), c.Maybe(5));
    }

    private static Lowered[] QuantizedAttention(Lowering c)
    {
        GraphBuilder g = c.G;
        CheckProjection(c);
        Node One(Node v) => v.Shape.Count == 1 ? g.Reshape(v, Shape.Scalar) : v;
        Node a = g.Cast(c[0], DType.Int32), w = g.Cast(c[1], DType.Int32);
        if (c.Maybe(6) is { } az) a = g.Sub(a, g.Cast(One(az), DType.Int32));
        if (c.Maybe(7) is { } wz) w = g.Sub(w, g.Cast(One(wz), DType.Int32));
        Node x = g.Mul(g.Cast(g.MatMul(a, w), DType.Float32), g.Mul(g.Widen(One(c[3])), g.Widen(One(c[4]))));
        return Projected(c, g.Cast(g.Add(x, g.Widen(c[2])), c[2].Type), c.Maybe(5), c.Maybe(8), null);
    }

    private static void CheckProjection(Lowering c)
    {
        if (c.Flag("do_rotary") || c.Flag("past_present_share_buffer")) throw c.Unsupported("do_rotary and past_present_share_buffer are not supported here; export with GroupQueryAttention instead.");
        if (c[0].Shape.Rank != 3 || c[1].Shape.Rank != 2 || c[0].Shape[2] != c[1].Shape[0]) throw c.Error(ErrorCode.ShapeMismatch, $"input {c[0].Shape} and weights {c[1].Shape} must be [B, S, I] and [I, hidden · 3].");
    }

    /// <summary>Attention over the merged projection x [B, S, q + k + v].</summary>
    private static Lowered[] Projected(Lowering c, Node x, Node? masked, Node? cache, Node? extra)
    {
        GraphBuilder g = c.G;
        long heads = c.Int("num_heads", 0), all = x.Shape[2];
        long[] sizes = c.Ints("qkv_hidden_sizes") ?? [all / 3, all / 3, all / 3];
        if (sizes.Length != 3 || sizes.Sum() != all) throw c.Error(ErrorCode.ShapeMismatch, $"qkv_hidden_sizes [{string.Join(", ", sizes)}] do not add up to the {all} columns of the weights.");
        Node q = Attentions.Split(c, g.Slice(x, 2, 0, sizes[0]), heads), k = Attentions.Split(c, g.Slice(x, 2, sizes[0], sizes[1]), heads), v = Attentions.Split(c, g.Slice(x, 2, sizes[0] + sizes[1], sizes[2]), heads);
        long past = 0;
        if (cache is { } p)
        {
            if (p.Shape.Rank != 5 || p.Shape[0] != 2) throw c.Error(ErrorCode.ShapeMismatch, $"past {p.Shape} must be [2, B, heads, length, size].");
            past = p.Shape[3];
            (k, v) = (g.Concat(2, g.Squeeze(g.Slice(p, 0, 0, 1), 0), k), g.Concat(2, g.Squeeze(g.Slice(p, 0, 1, 1), 0), v));
        }
        Node? mask = masked is null ? null : Mask(c, masked, q.Shape, k.Shape[2]);
        mask = Attentions.Both(g, mask, extra is null ? null : g.Widen(extra));
        Node y = Attend(g, q, k, v, mask, new(Scale(c, q.Shape[3]), c.Flag("unidirectional"), past, 0), x.Type);
        return c.Wants(1) ? [y, g.Concat(0, g.Unsqueeze(k, 0), g.Unsqueeze(v, 0))] : [y];
    }

    /// <summary>Every accepted form of mask as an additive one: flags per key [B, T] or [B, S, T] or [B, 1, M, M], key counts [B], ends and starts [2·B].</summary>
    private static Node Mask(Lowering c, Node m, Shape q, long keys)
    {
        GraphBuilder g = c.G;
        long b = q[0], s = q[2];
        Node Filter(Node allowed) => g.Where(allowed, g.Scalar(DType.Float32, 0), g.Scalar(DType.Float32, c.Float("mask_filter_value", -10000)));
        Node key = g.Reshape(g.Vector([.. Attentions.Range(keys)]), Shape.Of(1, 1, 1, keys));
        Node Bound(long from) => g.Reshape(g.Cast(g.Slice(m, 0, from, b), DType.Int64), Shape.Of(b, 1, 1, 1));
        Shape t = m.Shape;
        if (t.Rank == 1 && t[0] == b) return Filter(g.Lt(key, Bound(0)));
        if (t.Rank == 1 && t[0] == 2 * b) return Filter(g.And(g.Lt(key, Bound(0)), g.Le(Bound(b), key)));
        if (t.Rank == 1 && t[0] == 3 * b + 2) return Filter(g.Lt(key, Bound(0)));
        Node flags = g.Gt(g.Cast(m, DType.Int64), 0);
        if (t.Rank == 2 && t[1] == keys) return Filter(g.Reshape(flags, Shape.Of(t[0], 1, 1, keys)));
        if (t.Rank == 3 && t[2] == keys) return Filter(g.Reshape(flags, Shape.Of(t[0], 1, t[1], keys)));
        if (t.Rank == 4 && t[2] >= keys && t[3] >= keys) return Filter(g.Slice(g.Slice(flags, 2, keys - s, s), 3, 0, keys));
        throw c.Error(ErrorCode.ShapeMismatch, $"mask {t} is no form known for {b} sequences of {s} queries and {keys} keys: [B], [2·B], [B, T], [B, S, T] or [B, 1, M, M].");
    }

    private static Lowered[] MultiHead(Lowering c)
    {
        GraphBuilder g = c.G;
        long heads = c.Int("num_heads", 0);
        if (c.Has(8) || c.Has(9)) throw c.Unsupported("past_sequence_length and cache_indirection (beam search in shared buffers) are not supported; export without a shared past buffer.");
        (Node q, Node k, Node v) = Heads(c, heads);
        long past = c.Has(6) ? c[6].Shape[2] : 0;
        if (c.Has(6) != c.Has(7)) throw c.Error(ErrorCode.MalformedModel, "past_key and past_value belong together.");
        if (c.Has(6)) (k, v) = (g.Concat(2, c[6], k), g.Concat(2, c[7], v));
        Node? mask = c.Maybe(4) is { } m ? Mask(c, m, q.Shape, k.Shape[2]) : null;
        mask = Attentions.Both(g, mask, c.Maybe(5) is { } b ? g.Widen(b) : null);
        if (c.Wants(3)) throw c.Unsupported("output qk is not supported; remove it from the node.");
        Node y = Attend(g, q, k, v, mask, new(Scale(c, q.Shape[3]), c.Flag("unidirectional"), past, 0), c[0].Type);
        return [y, k, v];
    }

    /// <summary>q, k and v as [B, heads, length, size] from separate, half packed or fully packed inputs, biases added.</summary>
    private static (Node Q, Node K, Node V) Heads(Lowering c, long heads)
    {
        GraphBuilder g = c.G;
        Node q = c[0];
        Node Packed(Node x, int part) => g.Transpose(g.Squeeze(g.Slice(x, 3, part, 1), 3), 0, 2, 1, 3);
        Node Shifted(Node x, long from)
        {
            if (c.Maybe(3) is not { } bias) return x;
            long size = x.Shape[3];
            return g.Add(x, g.Reshape(g.Slice(bias, 0, from, heads * size), Shape.Of(1, heads, 1, size)));
        }
        if (q.Shape.Rank == 5)
        {
            Node a = Packed(q, 0);
            long hidden = heads * a.Shape[3];
            return (Shifted(a, 0), Shifted(Packed(q, 1), hidden), Shifted(Packed(q, 2), 2 * hidden));
        }
        Node one = Attentions.Split(c, q, heads);
        long width = q.Shape[2];
        Node key = c[1];
        if (key.Shape.Rank == 5) return (Shifted(one, 0), Shifted(Packed(key, 0), width), Shifted(Packed(key, 1), 2 * width));
        // Keys and values of cross attention may come as heads already; their biases are then included.
        if (key.Shape.Rank == 4) return (Shifted(one, 0), key, c[2]);
        return (Shifted(one, 0), Shifted(Attentions.Split(c, key, heads), width), Shifted(Attentions.Split(c, c[2], heads), 2 * width));
    }

    private static Node Rotary(Lowering c)
    {
        GraphBuilder g = c.G;
        bool flat = c[0].Shape.Rank == 3;
        long size = c.Int("rotary_embedding_dim", 0), heads = c.Int("num_heads", 0);
        if (heads == 0 && flat) heads = c[0].Shape[2] / (2 * c[2].Shape[1]);
        if (c.Flag("is_packed_batching")) throw c.Unsupported("is_packed_batching is not supported.");
        Node x = flat ? Attentions.Split(c, c[0], heads) : c[0];
        Node y = Attentions.Rotate(c, x, g.Gather(c[2], Positions(c, x), 0), g.Gather(c[3], Positions(c, x), 0), size, c.Flag("interleaved"));
        double scale = c.Float("scale", 1);
        if (scale != 1) y = g.Mul(y, scale);
        return flat ? Attentions.Merge(g, y) : y;
    }

    /// <summary>One position per token; a single number is the first token's.</summary>
    private static Node Positions(Lowering c, Node x)
    {
        GraphBuilder g = c.G;
        Node at = c[1];
        return at.Shape.Rank == 2 ? at : g.Add(g.Reshape(g.Cast(at, DType.Int64), Shape.Of(1, 1)), g.Reshape(g.Vector([.. Attentions.Range(x.Shape[2])]), Shape.Of(1, x.Shape[2])));
    }
}
