using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Broadcasts that operators do by themselves, or that can wait until less is left to do; exact.</summary>
internal static class BroadcastRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("broadcast to its own shape → itself", GraphOp.Broadcast, (_, n) => n.In[0].Shape == n.Shape ? n.In[0] : null),
        new("broadcast · broadcast → broadcast", GraphOp.Broadcast, (r, n) => n.In[0] is { Op: GraphOp.Broadcast } inner ? r.G.Broadcast(inner.In[0], n.Shape) : null),
        new("f(broadcast x) → broadcast f(x)", Elementwise.Unary, (r, n) => n.In[0] is { Op: GraphOp.Broadcast } b ? r.G.Broadcast(Elementwise.With(r.G, n, b.In[0]), n.Shape) : null),
        new("f(broadcast x, y) → f(x, y)", Elementwise.Broadcasting, Implicit),
        new("matmul(broadcast a, b) → matmul(a, b)", GraphOp.MatMul, Batches),
    ];

    /// <summary>Operands as they were before broadcasting; the result is broadcast when no other operand gives it its shape.</summary>
    private static Node? Implicit(Rewriting r, Node n)
    {
        bool any = false;
        foreach (Node i in n.In) any |= i.Op == GraphOp.Broadcast;
        if (!any) return null;
        Node[] x = [.. n.In.Select(i => i.Op == GraphOp.Broadcast ? i.In[0] : i)];
        return r.G.Broadcast(Elementwise.With(r.G, n, x), n.Shape);
    }

    /// <summary>Batch axes broadcast in the product; the matrices themselves must be whole.</summary>
    private static Node? Batches(Rewriting r, Node n)
    {
        Node a = Matrices(n.In[0]), b = Matrices(n.In[1]);
        if (ReferenceEquals(a, n.In[0]) && ReferenceEquals(b, n.In[1])) return null;
        return r.G.Broadcast(r.G.Emit(GraphOp.MatMul, [a, b]), n.Shape);
    }

    private static Node Matrices(Node x) =>
        x is { Op: GraphOp.Broadcast, In: [var y] } && y.Shape.Rank >= 2 && y.Shape[-1] == x.Shape[-1] && y.Shape[-2] == x.Shape[-2] ? y : x;
}
