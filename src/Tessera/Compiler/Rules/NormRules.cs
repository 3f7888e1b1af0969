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
        new("a · ((1 ÷ √(mean(a²) + ε)) · γ) → norm(a) · γ", GraphOp.Mul, (r, n) => Scaled(r, n, n.In[0], n.In[1]) ?? Scaled(r, n, n.In[1], n.In[0])),
    ];

    /// <summary>The root of which <paramref name="x"/> is the inverse.</summary>
    private static Node? Inverse(Node x) => x is { Op: GraphOp.Div, In: [var one, { Op: GraphOp.Sqrt } root] } && Constants.Is(one, 1) ? root : null;

    private static Node? Recognise(Rewriting r, Node n, Node a, Node root)
    {
        if (n.Type is not (DType.Float32 or DType.Float64) || !r.IsOnlyUse(root) || a.Shape != n.Shape) return null;
        (Node variance, double epsilon) = Plus(root.In[0]);
        if (epsilon >= 0 && FromMoments(variance) is var (whole, mean, over) && a is { Op: GraphOp.Sub } d && ReferenceEquals(d.In[0], whole) && ReferenceEquals(d.In[1], mean) && whole.Shape == n.Shape)
            return r.G.Emit(GraphOp.Norm, [whole], new Arg.Norm(over, epsilon, true));
        if (epsilon < 0 || Mean(variance) is not ({ Op: GraphOp.Mul } square, var axes) || !ReferenceEquals(square.In[0], a) || !ReferenceEquals(square.In[1], a)) return null;
        // With the mean taken off before, it is the centred form of what it was taken off from.
        bool centred = a is { Op: GraphOp.Sub, In: [var x, var m] } && Mean(m) is var (of, same) && ReferenceEquals(of, x) && same == axes && x.Shape == n.Shape;
        return r.G.Emit(GraphOp.Norm, [centred ? a.In[0] : a], new Arg.Norm(axes, epsilon, centred));
    }

    /// <summary>The norm of <paramref name="a"/> when <paramref name="factor"/> is its inverse deviation times something that does not vary where the norm does not either.</summary>
    private static Node? Scaled(Rewriting r, Node n, Node a, Node factor)
    {
        if (factor is not { Op: GraphOp.Mul, In: [var p, var q] } || a.Shape != n.Shape) return null;
        (Node? root, Node other) = Inverse(p) is { } left ? (left, q) : (Inverse(q), p);
        return root is not null && Recognise(r, n, a, root) is { } norm ? r.G.Mul(norm, other) : null;
    }

    /// <summary>x, its mean and the axes of a variance written as mean(x²) − mean(x)², with or without max(…, 0) around it.</summary>
    private static (Node X, Node Mean, Ints Axes)? FromMoments(Node variance)
    {
        if (variance is { Op: GraphOp.Max, In: [var p, var q] }) variance = Constants.Uniform(q) is 0 ? p : Constants.Uniform(p) is 0 ? q : variance;
        if (variance is not { Op: GraphOp.Sub, In: [var squares, { Op: GraphOp.Mul, In: [var m, var again] }] } || !ReferenceEquals(m, again)) return null;
        if (Mean(m) is not var (x, axes) || Mean(squares) is not ({ Op: GraphOp.Mul } square, var same) || same != axes) return null;
        return ReferenceEquals(square.In[0], x) && ReferenceEquals(square.In[1], x) ? (x, m, axes) : null;
    }

    private static (Node, double) Plus(Node x) =>
        x.Op != GraphOp.Add ? (x, 0) : Constants.Uniform(x.In[1]) is { } right ? (x.In[0], right) : Constants.Uniform(x.In[0]) is { } left ? (x.In[1], left) : (x, -1);

    /// <summary>What <paramref name="m"/> is the mean of, and over which axes, all of them kept; a sum divided by, or multiplied with the inverse of, its number of terms.</summary>
    private static (Node Of, Ints Axes)? Mean(Node m)
    {
        if (m.Op is not (GraphOp.Div or GraphOp.Mul) || Constants.Uniform(m.In[1]) is not { } c || m.In[0] is not { Op: GraphOp.ReduceSum, Arg: Arg.Reduce { KeepDims: true } a } sum) return null;
        double terms = (double)sum.In[0].Shape.Count / Math.Max(1, sum.Shape.Count);
        // The inverse of the number may have been rounded to Float32.
        return (m.Op == GraphOp.Div ? c == terms : Math.Abs(c * terms - 1) <= 1e-7) ? (sum.In[0], a.Axes) : null;
    }
}
