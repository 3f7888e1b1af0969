using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Reshapes moved behind elementwise operators, where they meet their inverses; exact.</summary>
internal static class ViewRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("f(reshape x) → reshape f(x)", Elementwise.Unary, (r, n) => n.In[0] is { Op: GraphOp.Reshape } v ? r.G.Reshape(Elementwise.With(r.G, n, v.In[0]), n.Shape) : null),
        new("f(reshape x, reshape y) → reshape f(x, y), x and y of one shape", Elementwise.Broadcasting, Together),
        new("reduce(x) without kept axes → reshape of reduce(x) with them", [GraphOp.ReduceSum, GraphOp.ReduceProd, GraphOp.ReduceMax, GraphOp.ReduceMin], (r, n) =>
            n is { Arg: Arg.Reduce { KeepDims: false } a } ? r.G.Reshape(r.G.Emit(n.Op, [n.In[0]], a with { KeepDims = true }), n.Shape) : null),
    ];

    private static Node? Together(Rewriting r, Node n)
    {
        Shape? from = null;
        foreach (Node i in n.In)
        {
            if (i.Shape.Rank == 0) continue;
            if (i is not { Op: GraphOp.Reshape, In: [var x] } || i.Shape != n.Shape || (from is { } s && s != x.Shape)) return null;
            from = x.Shape;
        }
        return from is null ? null : r.G.Reshape(Elementwise.With(r.G, n, [.. n.In.Select(i => i.Shape.Rank == 0 ? i : i.In[0])]), n.Shape);
    }
}
