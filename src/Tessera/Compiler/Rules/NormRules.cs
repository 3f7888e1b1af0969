using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Normalisations written out in steps. The composite computes the same formula; results differ by the rounding of the steps it replaces.</summary>
internal static class NormRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("a ÷ √(mean(a²) + ε) → norm(a)", GraphOp.Div, (r, n) => n.In[1] is { Op: GraphOp.Sqrt } root ? Recognise(r, n, n.In[0], root) : null),
        new("a · (1 ÷ √(mean(a²) + ε)) → norm(a)", GraphOp.Mul, (r, n) => Inverse(n.In[1]) is { } right && Recognise(r, n, n.In[0], right) is { } y ? y
            : Inverse(n.In[0]) is { } left ? Recognise(r, n, n.In[1], left) : null),
    ];

    /// <summary>The root of which <paramref name="x"/> is the inverse.</summary>
    private static Node? Inverse(Node x) => x is { Op: GraphOp.Div, In: [var one, { Op: GraphOp.Sqrt } root] } && Constants.Is(one, 1) ? root : null;

    private static Node? Recognise(Rewriting r, Node n, Node a, Node root)
    {
        if (n.Type is not (DType.Float32 or DType.Float64) || !r.IsOnlyUse(root) || a.Shape != n.Shape) return null;
        (Node variance, double epsilon) = Plus(root.In[0]);
        if (epsilon < 0 || Mean(variance) is not ({ Op: GraphOp.Mul } square, var axes) || !ReferenceEquals(square.In[0], a) || !ReferenceEquals(square.In[1], a)) return null;
        // With the mean taken off before, it is the centred form of what it was taken off from.
        bool centred = a is { Op: GraphOp.Sub, In: [var x, var m] } && Mean(m) is var (of, same) && ReferenceEquals(of, x) && same == axes && x.Shape == n.Shape;
        return r.G.Emit(GraphOp.Norm, [centred ? a.In[0] : a], new Arg.Norm(axes, epsilon, centred));
    }

    private static (Node, double) Plus(Node x) =>
        x.Op != GraphOp.Add ? (x, 0) : Constants.Uniform(x.In[1]) is { } right ? (x.In[0], right) : Constants.Uniform(x.In[0]) is { } left ? (x.In[1], left) : (x, -1);

    /// <summary>What <paramref name="m"/> is the mean of, and over which axes, all of them kept; a sum divided by, or multiplied with the inverse of, its number of terms.</summary>
    private static (Node Of, Ints Axes)? Mean(Node m)
    {
        if (m.Op is not (GraphOp.Div or GraphOp.Mul) || Constants.Uniform(m.In[1]) is not { } c || m.In[0] is not { Op: GraphOp.ReduceSum, Arg: Arg.Reduce { KeepDims: true } a } sum) return null;
        double terms = (double)sum.In[0].Shape.Count / Math.Max(1, sum.Shape.Count);
        return (m.Op == GraphOp.Div ? c == terms : c * terms == 1) ? (sum.In[0], a.Axes) : null;
    }
}
