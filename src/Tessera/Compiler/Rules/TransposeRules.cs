using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Transposes that meet others across elementwise operators, or that a reduction makes smaller; exact.</summary>
internal static class TransposeRules
{
    private const int MaxDepth = 12;

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("transpose(f(transpose …)) → f(…), where fewer transposes are left", GraphOp.Transpose, Sink),
        new("transpose(concat x …) → concat(reshape x …), where each x is merely reshaped", GraphOp.Transpose, Parts),
        new("f(transpose x, transpose y) → transpose f(x, y)", Elementwise.Broadcasting, Hoist),
        new("reduce(transpose x) → reduce(x), transposed when that is no reshape", [GraphOp.ReduceSum, GraphOp.ReduceProd, GraphOp.ReduceMax, GraphOp.ReduceMin], Reduce),
    ];

    /// <summary>A concatenation along one axis of values whose other axes keep their order.</summary>
    private static Node? Parts(Rewriting r, Node n)
    {
        if (n is not { Arg: Arg.Permutation p, In: [{ Op: GraphOp.Concat, Arg: Arg.Along a } c] } || !r.IsOnlyUse(c)) return null;
        foreach (Node x in c.In)
        {
            long before = -1;
            foreach (long axis in p.Axes)
            {
                if (x.Shape[(int)axis] == 1) continue;
                if (axis < before) return null;
                before = axis;
            }
        }
        Node[] parts = [.. c.In.Select(x => r.G.Reshape(x, Shape.Of([.. p.Axes.Select(axis => x.Shape[(int)axis])])))];
        return r.G.Concat(p.Axes.Select((axis, i) => (axis, i)).First(t => t.axis == a.Axis).i, parts);
    }

    /// <summary>Pulls a transpose up through operators that nothing else reads, when it cancels at the leaves.</summary>
    private static Node? Sink(Rewriting r, Node n)
    {
        Arg.Permutation p = (Arg.Permutation)n.Arg!;
        Node x = n.In[0];
        if (!Elementwise.Is(x.Op) || !r.IsOnlyUse(x)) return null;
        int saved = 1 + Gain(r, x, p, MaxDepth);
        return saved > 0 ? Pull(r, x, p, MaxDepth) : null;
    }

    /// <summary>Transposes that vanish below <paramref name="x"/> when it is computed in the order <paramref name="p"/>, less those that appear.</summary>
    private static int Gain(Rewriting r, Node x, Arg.Permutation p, int depth)
    {
        if (IsFree(x, p)) return 0;
        if (x is { Op: GraphOp.Transpose, Arg: Arg.Permutation q }) return Cancels(q, p) && r.IsOnlyUse(x) ? 1 : 0;
        if (!Passes(r, x, p, depth)) return -1;
        int gain = 0;
        foreach (Node i in x.In) gain += Gain(r, i, p, depth - 1);
        return gain;
    }

    private static Node Pull(Rewriting r, Node x, Arg.Permutation p, int depth)
    {
        if (x.Shape.Count == 1 && x.Shape.Rank < p.Axes.Count) return x;
        if (x is { Op: GraphOp.Transpose, Arg: Arg.Permutation q }) return r.G.Transpose(x.In[0], Permutations.Compose(q, p));
        if (IsFree(x, p) || !Passes(r, x, p, depth)) return r.G.Transpose(x, [.. p.Axes.Select(a => (int)a)]);
        return Elementwise.With(r.G, x, [.. x.In.Select(i => Pull(r, i, p, depth - 1))]);
    }

    // Operands of lower rank would have to be given their leading axes first; only scalars need not.
    private static bool Passes(Rewriting r, Node x, Arg.Permutation p, int depth) =>
        depth > 0 && Elementwise.Is(x.Op) && r.IsOnlyUse(x) && x.In.All(i => i.Shape.Rank == p.Axes.Count || i.Shape.Count == 1);

    /// <summary>Constants are transposed once, at compile time; one element is in every order.</summary>
    private static bool IsFree(Node x, Arg.Permutation p) => x.Shape.Count == 1 || x.Op == GraphOp.Const && x.Shape.Rank == p.Axes.Count;

    private static bool Cancels(Arg.Permutation q, Arg.Permutation p)
    {
        int[] both = Permutations.Compose(q, p);
        for (int i = 0; i < both.Length; i++) if (both[i] != i) return false;
        return true;
    }

    /// <summary>Two transposes into one behind the operator.</summary>
    private static Node? Hoist(Rewriting r, Node n)
    {
        Arg.Permutation? p = null;
        int found = 0;
        foreach (Node i in n.In)
        {
            if (i.Shape.Count == 1 && i.Shape.Rank <= n.Shape.Rank) continue;
            if (i is not { Op: GraphOp.Transpose, Arg: Arg.Permutation q } || (p is not null && q != p) || !r.IsOnlyUse(i)) return null;
            (p, found) = (q, found + 1);
        }
        if (found < 2 || p!.Axes.Count != n.Shape.Rank) return null;
        Node y = Elementwise.With(r.G, n, [.. n.In.Select(i => i.Op == GraphOp.Transpose && i.Shape.Count > 1 ? i.In[0] : i.Shape.Rank == 0 ? i : r.G.Reshape(i, Shape.Scalar))]);
        return r.G.Transpose(y, [.. p.Axes.Select(a => (int)a)]);
    }

    private static Node? Reduce(Rewriting r, Node n)
    {
        if (n is not { Arg: Arg.Reduce a, In: [{ Op: GraphOp.Transpose, Arg: Arg.Permutation p } t] } || !r.IsOnlyUse(t)) return null;
        int[] axes = [.. a.Axes.Select(i => (int)p.Axes[(int)i])];
        // The sum runs over the same elements; floats are added in another order only when several axes are reduced.
        if (n.Op is GraphOp.ReduceSum or GraphOp.ReduceProd && n.Type.IsFloat() && !axes.SequenceEqual(axes.Order())) return null;
        Node y = r.G.Reduce(n.Op, t.In[0], true, axes);
        y = r.G.Transpose(y, [.. p.Axes.Select(i => (int)i)]);
        return a.KeepDims ? y : r.G.Reshape(y, n.Shape);
    }
}
