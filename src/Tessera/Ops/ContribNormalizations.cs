using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Normalisations of com.microsoft with residual sums or embeddings fused to them.</summary>
internal static class ContribNormalizations
{
    private const string Domain = "com.microsoft";

    public static OpDef[] All =>
    [
        new("LayerNormalization", Normalizations.Layer, "com.microsoft LayerNormalization-1", Domain),
        new("SkipLayerNormalization", c => Skip(c, true), "com.microsoft SkipLayerNormalization-1", Domain),
        new("SkipSimplifiedLayerNormalization", c => Skip(c, false), "com.microsoft SkipSimplifiedLayerNormalization-1; arXiv:1910.07467", Domain),
        new("EmbedLayerNormalization", Embed, "com.microsoft EmbedLayerNormalization-1", Domain),
        new("GroupNorm", c => [Group(c)], "com.microsoft GroupNorm-1; arXiv:1803.08494", Domain),
    ];

    /// <summary>Inputs x, skip, scale, then (centred only) shift, then bias. Outputs y, mean, inverse deviation, x + skip + bias.</summary>
    private static Lowered[] Skip(Lowering c, bool centered)
    {
        GraphBuilder g = c.G;
        Node sum = g.Add(g.Widen(c[0]), g.Widen(c[1]));
        if (c.Maybe(centered ? 4 : 3) is { } bias) sum = g.Add(sum, g.Widen(bias));
        if (sum.Shape != c[0].Shape) throw c.Error(ErrorCode.ShapeMismatch, $"skip {c[1].Shape} does not broadcast to the input {c[0].Shape}.");
        double epsilon = c.Float("epsilon", 1e-12);
        int last = sum.Shape.Rank - 1;
        Node y = g.Mul(g.Norm(sum, epsilon, centered, last), g.Cast(c[2], sum.Type));
        if (centered && c.Maybe(3) is { } shift) y = g.Add(y, g.Cast(shift, sum.Type));
        Node Out(Node v) => g.Cast(v, c[0].Type);
        if (!c.Wants(1) && !c.Wants(2)) return [Out(y), Out(sum), Out(sum), Out(sum)];
        Node mean = g.Mean(sum, true, last);
        return [Out(y), mean, Normalizations.InverseDeviation(g, centered ? g.Sub(sum, mean) : sum, epsilon, [last]), Out(sum)];
    }

    /// <summary>LayerNorm(word + position + segment embedding); number of unmasked tokens; the sum itself.</summary>
    private static Lowered[] Embed(Lowering c)
    {
        GraphBuilder g = c.G;
        Node ids = c[0];
        if (ids.Shape.Rank != 2) throw c.Error(ErrorCode.ShapeMismatch, $"input_ids {ids.Shape} must be [batch, sequence].");
        (long batch, long length) = (ids.Shape[0], ids.Shape[1]);
        Node Wide(int index) => g.Widen(c[index]);
        Node positions = c.Maybe(8) is { } p ? g.Gather(Wide(3), p, 0)
            : length <= c[3].Shape[0] ? g.Unsqueeze(g.Slice(Wide(3), 0, 0, length), 0) : throw c.Error(ErrorCode.ShapeMismatch, $"{length} tokens, but only {c[3].Shape[0]} position embeddings.");
        Node sum = g.Add(g.Gather(Wide(2), ids, 0), positions);
        if (c.Has(1) && c.Has(4)) sum = g.Add(sum, g.Gather(Wide(4), c[1], 0));
        Node y = Normalizations.LayerNorm(g, sum, 2, c.Float("epsilon", 1e-12), c[5], c[6]);
        Node count = c.Maybe(7) is { } mask ? g.Sum(g.Cast(mask, DType.Int32), false, 1) : g.Fill(DType.Int32, Shape.Of(batch), 0);
        return [g.Cast(y, c[2].Type), count, g.Cast(sum, c[2].Type)];
    }

    private static Node Group(Lowering c)
    {
        GraphBuilder g = c.G;
        bool last = c.Flag("channels_last", true);
        Node x = g.Widen(c[0]);
        if (x.Shape.Rank != 4) throw c.Error(ErrorCode.ShapeMismatch, $"input {x.Shape} must have four axes.");
        if (last) x = g.Transpose(x, 0, 3, 1, 2);
        long groups = c.Int("groups", 0);
        if (groups < 1 || x.Shape[1] % groups != 0) throw c.Error(ErrorCode.ShapeMismatch, $"{x.Shape[1]} channels do not split into {groups} groups.");
        Node y = g.Reshape(g.Norm(g.Reshape(x, Shape.Of(x.Shape[0], groups, x.Shape.CountOf(1, 4) / groups)), c.Float("epsilon", 1e-5), true, 2), x.Shape);
        y = g.Add(g.Mul(y, g.Cast(g.AlongAxis(c[1], 1, 4), y.Type)), g.Cast(g.AlongAxis(c[2], 1, 4), y.Type));
        if (c.Flag("activation")) y = g.Mul(y, g.Sigmoid(y));
        return g.Cast(last ? g.Transpose(y, 0, 2, 3, 1) : y, c[0].Type);
    }
}
