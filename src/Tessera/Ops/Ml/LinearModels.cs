using Tessera.Ir;

namespace Tessera.Ops.Ml;

/// <summary>Linear classification and regression.</summary>
internal static class LinearModels
{
    private const string Domain = "ai.onnx.ml";

    public static OpDef[] All =>
    [
        new("LinearClassifier", Classify, "ai.onnx.ml LinearClassifier-1", Domain),
        new("LinearRegressor", c => [PostTransform.Apply(c, Scores(c, c.Int32("targets", 1)))], "ai.onnx.ml LinearRegressor-1", Domain),
    ];

    private static Lowered[] Classify(Lowering c)
    {
        GraphBuilder g = c.G;
        Node? labels = PostTransform.Labels(c, "classlabels_ints");
        Node scores = Scores(c, null);
        if (scores.Shape[1] == 1 && (labels is null || labels.Shape[0] == 2))
        {
            Node s = PostTransform.Apply(c, g.Concat(1, g.Neg(scores), scores));
            return [PostTransform.Either(g, g.Gt(g.Squeeze(scores, 1), 0), labels), s];
        }
        Node y = PostTransform.Apply(c, scores);
        bool margin = c.String("post_transform", "NONE") == "NONE";
        return scores.Shape[1] == 1 ? [PostTransform.Either(g, g.Ge(g.Squeeze(y, 1), g.Scalar(y, margin ? 0 : 0.5)), labels), y] : [PostTransform.Largest(g, y, labels), y];
    }

    /// <summary>x [N, F] · coefficients [T, F]ᵀ + intercepts, in Float32.</summary>
    private static Node Scores(Lowering c, int? targets)
    {
        GraphBuilder g = c.G;
        Node x = g.Cast(c[0].Shape.Rank == 1 ? g.Unsqueeze(c[0], 0) : c[0], DType.Float32);
        double[] w = c.Floats("coefficients") ?? throw c.Error(ErrorCode.MalformedModel, "attribute 'coefficients' is missing.");
        long f = x.Shape[1], t = targets ?? (f == 0 ? 0 : w.Length / f);
        if (w.Length != t * f) throw c.Error(ErrorCode.ShapeMismatch, $"{w.Length} coefficients do not fit {t} targets of {f} features.");
        Node y = g.MatMul(x, g.Transpose(g.Const(Tensor.From(Array.ConvertAll(w, v => (float)v), [t, f])), 1, 0));
        return c.Floats("intercepts") is { Length: > 0 } b ? g.Add(y, g.Const(Tensor.From(Array.ConvertAll(b, v => (float)v), [b.Length]))) : y;
    }
}
