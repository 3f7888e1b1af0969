using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>GroupQueryAttention: causal attention with fewer key heads than query heads, a growing or a preallocated cache, and rotary positions.</summary>
internal static class GroupedAttention
{
    public static Lowered[] Lower(Lowering c)
    {
        GraphBuilder g = c.G;
        Refuse(c);
        long heads = c.Int("num_heads", 0), groups = c.Int("kv_num_heads", 0);
        (Node q, Node k, Node v) = Heads(c, heads, groups);
        long batch = q.Shape[0], length = q.Shape[2];
        if (c[5].Shape.Count != batch) throw c.Error(ErrorCode.ShapeMismatch, $"seqlens_k {c[5].Shape} needs one length for each of {batch} sequences.");
        // seqlens_k is the index of the last key. What lies before this call's tokens is the cache; a padded prompt has none.
        Node last = g.Reshape(g.Cast(c[5], DType.Int64), Shape.Of(batch, 1));
        Node past = g.Max(g.Add(last, 1 - length), 0);
        Node token = g.Reshape(g.Vector([.. Attentions.Range(length)]), Shape.Of(1, length)), position = g.Add(past, token);
        if (c.Flag("do_rotary"))
        {
            Node at = c.Maybe(9) ?? position, cos = g.Gather(c[7], at, 0), sin = g.Gather(c[8], at, 0);
            long size = 2 * c[7].Shape[1];
            (q, k) = (Attentions.Rotate(c, q, cos, sin, size, c.Flag("rotary_interleaved")), Attentions.Rotate(c, k, cos, sin, size, c.Flag("rotary_interleaved")));
        }
        long total = c.ConstantInts(6)[0], room = Math.Max(total, c.Has(3) ? c[3].Shape[2] : 0);
        if (TableSize.Of(c, Math.Max(0, room)) < length) throw c.Error(ErrorCode.InvalidArgument, $"total_sequence_length {total} is less than the {length} tokens given.");
        Node keys = Cached(c, c.Maybe(3), k, position, room), values = Cached(c, c.Maybe(4), v, position, room);
        Node mask = Mask(c, last, position, room, g.Widen(q).Type);
        (Node ak, Node av) = (g.Widen(keys), g.Widen(values));
        if (c.Flag("smooth_softmax") || c.Has(11)) (ak, av, mask) = Sink(c, ak, av, mask, heads);
        Arg.Attention arg = new(ContribAttentions.Scale(c, q.Shape[3]), false, 0, c.Float("softcap", 0));
        return [ContribAttentions.Attend(g, q, ak, av, mask, arg, c[0].Type), keys, values];
    }

    private static void Refuse(Lowering c)
    {
        if (c.String("k_quant_type", "NONE") != "NONE" || c.String("v_quant_type", "NONE") != "NONE" || c.Has(12) || c.Has(13)) throw c.Unsupported("a quantised cache is not supported; export with a cache of floats.");
        if (c.Flag("sliding_window_cache")) throw c.Unsupported("sliding_window_cache is not supported; export with a cache of full length.");
        if (c.Has(14) || c.Has(15)) throw c.Unsupported("normalisation of queries and keys inside the operator is not supported; export it as an operator of its own.");
        if (c.Wants(3)) throw c.Unsupported("output_qk is not supported; remove it from the node.");
    }

    private static (Node Q, Node K, Node V) Heads(Lowering c, long heads, long groups)
    {
        GraphBuilder g = c.G;
        if (heads < 1 || groups < 1 || heads % groups != 0) throw c.Error(ErrorCode.MalformedModel, $"num_heads {heads} must be a multiple of kv_num_heads {groups}.");
        if (c.Has(1)) return (Attentions.Split(c, c[0], heads), Attentions.Split(c, c[1], groups), Attentions.Split(c, c[2], groups));
        Node all = Attentions.Split(c, c[0], heads + 2 * groups);
        return (g.Slice(all, 1, 0, heads), g.Slice(all, 1, heads, groups), g.Slice(all, 1, heads + groups, groups));
    }

    /// <summary>The cache with this call's rows written at their positions.</summary>
    private static Node Cached(Lowering c, Node? past, Node now, Node position, long room)
    {
        GraphBuilder g = c.G;
        Shape s = now.Shape, full = s.With(2, room);
        Node buffer = past is null ? g.Fill(now.Type, full, 0) : g.Pad(past, PadMode.Constant, [0, 0, 0, 0], [0, 0, room - past.Shape[2], 0]);
        if (buffer.Shape != full) throw c.Error(ErrorCode.ShapeMismatch, $"cache {past!.Shape} does not fit new rows {s}.");
        if (room == s[2]) return now;
        Node at = g.Broadcast(g.Reshape(position, Shape.Of(position.Shape[0], 1, position.Shape[1], 1)), s);
        return g.Emit(GraphOp.ScatterElements, [buffer, at, now], new Arg.Scatter(2, ScatterReduction.None));
    }

    /// <summary>Additive [B, 1, S, T]: keys up to each query's position, within the local window, plus the model's own bias.</summary>
    private static Node Mask(Lowering c, Node last, Node position, long keys, DType type)
    {
        GraphBuilder g = c.G;
        long batch = position.Shape[0], length = position.Shape[1], window = c.Int("local_window_size", -1);
        Node key = g.Reshape(g.Vector([.. Attentions.Range(keys)]), Shape.Of(1, 1, 1, keys)), at = g.Reshape(position, Shape.Of(batch, 1, length, 1));
        Node allowed = c.Flag("causal", true) ? g.Le(key, at) : g.Le(key, g.Reshape(last, Shape.Of(batch, 1, 1, 1)));
        if (window > 0) allowed = g.And(allowed, g.Lt(g.Add(at, -window), key));
        Node mask = Attentions.Additive(g, allowed, type);
        if (c.Maybe(10) is not { } bias) return mask;
        Node b = g.Cast(bias, type);
        return g.Add(mask, b.Shape[-1] == keys || b.Shape[-1] == 1 ? b : b.Shape[-1] > keys ? g.Slice(b, -1, 0, keys) : g.Pad(b, PadMode.Constant, Ints.Repeat(0, 4), [0, 0, 0, keys - b.Shape[-1]]));
    }

    /// <summary>A key and value of zeros whose score is the head's sink: it takes part in the softmax's sum and adds nothing.</summary>
    private static (Node K, Node V, Node Mask) Sink(Lowering c, Node k, Node v, Node mask, long heads)
    {
        GraphBuilder g = c.G;
        Node score = c.Maybe(11) is { } sink ? g.Reshape(g.Cast(sink, mask.Type), Shape.Of(1, heads, 1, 1)) : g.Fill(mask.Type, Shape.Of(1, 1, 1, 1), 0);
        Shape s = Shape.Of(mask.Shape[0], Math.Max(mask.Shape[1], score.Shape[1]), mask.Shape[2], mask.Shape[3]);
        Node wide = g.Concat(3, g.Broadcast(mask, s), g.Broadcast(score, s.With(3, 1)));
        Node Longer(Node x) => g.Pad(x, PadMode.Constant, [0, 0, 0, 0], [0, 0, 1, 0]);
        return (Longer(k), Longer(v), wide);
    }
}
