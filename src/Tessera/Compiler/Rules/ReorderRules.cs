using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Reshapes, transposes and reductions that cancel or merge; exact for every element type.</summary>
internal static class ReorderRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("reshape · reshape → reshape", GraphOp.Reshape, (r, n) => n.In[0] is { Op: GraphOp.Reshape } inner ? r.G.Reshape(inner.In[0], n.Shape) : null),
        new("reshape to its own shape → itself", GraphOp.Reshape, (_, n) => n.In[0].Shape == n.Shape ? n.In[0] : null),
        new("transpose · transpose → transpose", GraphOp.Transpose, (r, n) => n is { Arg: Arg.Permutation p, In: [{ Op: GraphOp.Transpose, Arg: Arg.Permutation q } inner] }
            ? r.G.Transpose(inner.In[0], Permutations.Compose(q, p)) : null),
        new("transpose of unit axes → reshape", GraphOp.Transpose, (r, n) => Permutations.KeepsOrder((Arg.Permutation)n.Arg!, n.In[0].Shape) ? r.G.Reshape(n.In[0], n.Shape) : null),
        new("max or min over axes of extent 1 → reshape", [GraphOp.ReduceMax, GraphOp.ReduceMin], (r, n) => n.Shape.Count == n.In[0].Shape.Count ? r.G.Reshape(n.In[0], n.Shape) : null),
    ];
}

/// <summary>Arithmetic of axis orders.</summary>
internal static class Permutations
{
    /// <summary>The order that does <paramref name="first"/>, then <paramref name="second"/>.</summary>
    public static int[] Compose(Arg.Permutation first, Arg.Permutation second) => [.. second.Axes.Select(a => (int)first.Axes[(int)a])];

    public static int[] Inverse(Arg.Permutation p)
    {
        int[] inverse = new int[p.Axes.Count];
        for (int i = 0; i < inverse.Length; i++) inverse[p.Axes[i]] = i;
        return inverse;
    }

    /// <summary>Whether the elements stay in place: only axes of extent 1 move.</summary>
    public static bool KeepsOrder(Arg.Permutation p, Shape shape)
    {
        long last = -1;
        foreach (long a in p.Axes.Span)
        {
            if (shape[(int)a] == 1) continue;
            if (a < last) return false;
            last = a;
        }
        return true;
    }

    public static bool Is(Node n, params ReadOnlySpan<long> axes) => n is { Op: GraphOp.Transpose, Arg: Arg.Permutation p } && p.Axes.Span.SequenceEqual(axes);
}
