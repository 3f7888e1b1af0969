using Tessera.Ir;

namespace Tessera.Ops.Ml;

/// <summary>What classical models do with raw scores, and how they name classes.</summary>
/// <remarks>Source: ai.onnx.ml post_transform; the probit uses Winitzki's inverse error function (a = 0.147, relative error below 4·10⁻³).</remarks>
internal static class PostTransform
{
    /// <summary>Scores [N, C] after the transform that the node asks for.</summary>
    public static Node Apply(Lowering c, Node scores) => Apply(c, scores, c.String("post_transform", "NONE"));

    public static Node Apply(Lowering c, Node scores, string kind) => kind switch
    {
        "NONE" => scores,
        "LOGISTIC" => c.G.Sigmoid(scores),
        "SOFTMAX" => c.G.Softmax(scores, 1),
        "SOFTMAX_ZERO" => SoftmaxZero(c.G, scores),
        "PROBIT" => Probit(c.G, scores),
        var other => throw c.Unsupported($"post_transform '{other}' is not one of NONE, LOGISTIC, SOFTMAX, SOFTMAX_ZERO, PROBIT."),
    };

    // Scores that are zero stay near zero: they take part with s·exp(−max) instead of exp(s − max).
    private static Node SoftmaxZero(GraphBuilder g, Node s)
    {
        Node max = g.Reduce(GraphOp.ReduceMax, s, true, 1);
        Node e = g.Where(g.Lt(g.Scalar(s, 1e-7), g.Abs(s)), g.Exp(g.Sub(s, max)), g.Mul(s, g.Exp(g.Neg(max))));
        Node sum = g.Sum(e, true, 1);
        return g.Where(g.Eq(sum, 0), g.Scalar(s, 0.5), g.Div(e, sum));
    }

    // √2 · erf⁻¹(2p − 1)
    private static Node Probit(GraphBuilder g, Node p)
    {
        Node x = g.Sub(g.Mul(p, 2), 1);
        Node log = g.Log(g.Mul(g.Sub(1, x), g.Add(x, 1)));
        Node a = g.Add(g.Mul(log, 0.5), 2 / (Math.PI * 0.147));
        Node root = g.Sqrt(g.Sub(g.Sqrt(g.Sub(g.Mul(a, a), g.Mul(log, 1 / 0.147))), a));
        return g.Mul(g.Mul(g.Emit(GraphOp.Sign, [x]), root), Math.Sqrt(2));
    }

    /// <summary>The class labels that a classifier names as strings or integers; null when it names none.</summary>
    public static Node? Labels(Lowering c, string integers) =>
        c.Strings("classlabels_strings") is { Length: > 0 } s ? c.G.Const(Tensor.FromStrings(s, [s.Length])) : c.Ints(integers) is { Length: > 0 } i ? c.G.Vector(i) : null;

    /// <summary>Label [N] of the largest score in each row of scores [N, C]; its index when there are no labels.</summary>
    public static Node Largest(GraphBuilder g, Node scores, Node? labels)
    {
        Node index = g.ArgMax(scores, 1, keepDims: false);
        return labels is null ? index : g.Gather(labels, index, 0);
    }

    /// <summary>Label [N] chosen by a condition [N]: the second of two labels, or the only one against 0 or the empty string.</summary>
    public static Node Either(GraphBuilder g, Node condition, Node? labels)
    {
        Node choices = labels ?? g.Vector(0, 1);
        if (choices.Shape[0] == 1) choices = choices.Type == DType.String ? g.Const(Tensor.FromStrings(["", choices.Constant!.Strings[0]], [2])) : g.Concat(0, g.Vector(0), choices);
        return g.Gather(choices, g.Cast(condition, DType.Int64), 0);
    }
}
