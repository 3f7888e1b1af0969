using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Losses over class scores [N, C, …] and target classes [N, …].</summary>
internal static class Losses
{
    public static OpDef[] All =>
    [
        new("NegativeLogLikelihoodLoss", c => [Loss(c, c[0])], "ONNX NegativeLogLikelihoodLoss-22", Since: 12),
        new("SoftmaxCrossEntropyLoss", CrossEntropy, "ONNX SoftmaxCrossEntropyLoss-13", Since: 12),
    ];

    private static Lowered[] CrossEntropy(Lowering c)
    {
        Node log = c.G.InFloat32(c[0], x => c.G.LogSoftmax(x, 1));
        return [Loss(c, log), log];
    }

    /// <summary>−weight[target]·logp[target], 0 where the target is ignored; the mean divides by the sum of the weights that count.</summary>
    private static Node Loss(Lowering c, Node logp)
    {
        GraphBuilder g = c.G;
        Shape s = logp.Shape;
        Node target = g.Cast(c[1], DType.Int64);
        if (s.Rank < 2 || target.Shape != Shape.Of([s[0], .. s.Span[2..]])) throw c.Error(ErrorCode.ShapeMismatch, $"targets {target.Shape} do not fit scores {s}; they must be the scores' shape without axis 1.");
        Node? ignored = c.HasAttribute("ignore_index") ? g.Eq(target, g.Const(Tensor.Scalar(c.Int("ignore_index", 0)))) : null, weight = null;
        if (ignored is not null) target = g.Where(ignored, g.Const(Tensor.Scalar(0L)), target);
        Node loss = g.Neg(g.Squeeze(g.GatherElements(logp, g.Unsqueeze(target, 1), 1), 1));
        if (c.Maybe(2) is { } weights)
        {
            if (weights.Shape != Shape.Of(s[1])) throw c.Error(ErrorCode.ShapeMismatch, $"weights {weights.Shape} must be one per class, of which there are {s[1]}.");
            weight = g.Gather(weights, target, 0);
            loss = g.Mul(loss, weight);
        }
        Node zero = g.Scalar(loss, 0);
        if (ignored is not null)
        {
            loss = g.Where(ignored, zero, loss);
            weight = g.Where(ignored, zero, weight ?? g.Scalar(loss, 1));
        }
        return c.String("reduction", "mean") switch
        {
            "none" => loss,
            "sum" => g.Sum(loss, false),
            "mean" when weight is null => g.Mean(loss, false),
            "mean" => g.Div(g.Sum(loss, false), g.Sum(weight, false)),
            var r => throw c.Error(ErrorCode.InvalidArgument, $"reduction is '{r}'; the choices are none, sum and mean."),
        };
    }
}
