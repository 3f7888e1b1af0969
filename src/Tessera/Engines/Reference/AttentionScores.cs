using System.Numerics.Tensors;
using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>Scaled dot-product attention, one query row at a time.</summary>
internal static class AttentionScores
{
    public static Cells Attention(Cells q, Cells k, Cells v, Cells? mask, Arg.Attention a, Shape to)
    {
        int batch = (int)q.Shape[0], heads = (int)q.Shape[1], s = (int)q.Shape[2], d = (int)q.Shape[3], groups = (int)k.Shape[1], t = (int)k.Shape[2], e = (int)v.Shape[3];
        double[] y = new double[checked((int)to.Count)], score = new double[t];
        int[]? at = mask is null ? null : Positions.Broadcast(mask.Shape, Shape.Of(batch, heads, s, t));
        for (int row = 0; row < batch * heads * s; row++)
        {
            int p = row % s, h = row / s % heads, b = row / s / heads;
            int kv = b * groups + h / (heads / groups);
            int seen = a.Causal ? (int)Math.Clamp(p + a.CausalOffset + 1, 0, t) : t;
            for (int j = 0; j < t; j++)
            {
                double dot = a.Scale * TensorPrimitives.Dot<double>(q.Floats.AsSpan(row * d, d), k.Floats.AsSpan((kv * t + j) * d, d));
                if (a.Softcap > 0) dot = a.Softcap * Math.Tanh(dot / a.Softcap);
                if (mask is not null) dot += mask.Floats[at![row * t + j]];
                score[j] = j < seen ? dot : double.NegativeInfinity;
            }
            if (Array.TrueForAll(score, double.IsNegativeInfinity)) continue;
            Normalizations.Softmax(score, log: false);
            for (int j = 0; j < seen; j++)
                for (int i = 0; i < e; i++) y[row * e + i] += score[j] * v.Floats[(kv * t + j) * e + i];
        }
        return new(q.Type, to, y);
    }
}
