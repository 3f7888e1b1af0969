using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Softmax written out. Only the form that takes the maximum off first: without it large inputs overflow, which the composite would hide.</summary>
internal static class SoftmaxRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("e^(x − max x) ÷ Σ e^(x − max x) → softmax(x)", GraphOp.Div, (r, n) =>
            n.In[0] is { Op: GraphOp.Exp, In: [var shifted] } e && Sum(n.In[1], e) is { } axis && OffMaximum(shifted, axis) is { } x && r.IsOnlyUse(n.In[1]) ? r.G.Softmax(x, axis) : null),
        new("(x − max x) − ln Σ e^(x − max x) → log-softmax(x)", GraphOp.Sub, (r, n) =>
            n.In[1] is { Op: GraphOp.Log, In: [{ Op: GraphOp.ReduceSum, In: [{ Op: GraphOp.Exp, In: [var shifted] } e] } sum] } log && ReferenceEquals(shifted, n.In[0])
            && Sum(sum, e) is { } axis && OffMaximum(shifted, axis) is { } x && r.IsOnlyUse(log) ? r.G.LogSoftmax(x, axis) : null),
    ];

    /// <summary>The one axis along which <paramref name="sum"/> adds <paramref name="terms"/>.</summary>
    private static int? Sum(Node sum, Node terms) =>
        sum is { Op: GraphOp.ReduceSum, Arg: Arg.Reduce { KeepDims: true, Axes: { Count: 1 } axes } } && ReferenceEquals(sum.In[0], terms) ? (int)axes[0] : null;

    private static Node? OffMaximum(Node shifted, int axis) =>
        shifted is { Op: GraphOp.Sub, In: [var x, { Op: GraphOp.ReduceMax, Arg: Arg.Reduce { KeepDims: true, Axes: { Count: 1 } axes }, In: [var of] }] }
        && axes[0] == axis && ReferenceEquals(of, x) ? x : null;
}
