using Tessera.Compiler.Rules;
using Tessera.Ir;

namespace Tessera.Compiler;

/// <summary>What every engine's graphs go through, in order.</summary>
/// <remarks>Dead nodes vanish because a graph orders itself from its outputs; equal nodes are one node because builders intern them.</remarks>
public static class Passes
{
    // A rule may open the way for another one further up; what is left after this many walks stays.
    private const int MaxWalks = 4, MaxRounds = 8, MaxDepth = 8;

    public static IReadOnlyList<Pass> All { get; } =
    [
        new("quantised", QuantizedRules.All),
        new("movement", [.. ReorderRules.All, .. ViewRules.All, .. SliceRules.All, .. BroadcastRules.All]),
        new("recognition", [.. PowerRules.All, .. NormRules.All, .. SoftmaxRules.All, .. AttentionRules.All]),
        new("algebra", [.. IdentityRules.All, .. AlgebraRules.All, .. CastRules.All]),
        new("constants", [.. WeightRules.All, .. PaddingRules.All]),
        new("transposes", [.. TransposeRules.All, .. ReorderRules.All]),
        new("integers", [.. QuantizedRules.Views, .. IntegerProductRules.All]),
    ];

    public static Graph Run(Graph graph, Fold? fold)
    {
        GraphBuilder g = GraphBuilder.Continue(graph, fold);
        foreach (Pass p in All) graph = Run(p, graph, g, null);
        return graph;
    }

    /// <summary>Runs one pass; <paramref name="applied"/> hears of every rule that changed a node.</summary>
    public static Graph Run(Pass pass, Graph graph, Fold? fold, Action<Rule, Node, Node>? applied) => Run(pass, graph, GraphBuilder.Continue(graph, fold), applied);

    private static Graph Run(Pass pass, Graph graph, GraphBuilder g, Action<Rule, Node, Node>? applied)
    {
        for (int walk = 0; walk < MaxWalks; walk++)
        {
            Graph next = Walk(pass, graph, g, applied);
            if (ReferenceEquals(next, graph)) break;
            graph = next;
        }
        return graph;
    }

    /// <summary>Tries the rules on every node, operands first; the same graph when none applies.</summary>
    private static Graph Walk(Pass pass, Graph graph, GraphBuilder g, Action<Rule, Node, Node>? applied)
    {
        if (graph.Nodes.IsEmpty) return graph;
        Node?[] changed = new Node?[graph.Nodes[^1].Id + 1];
        bool any = false;
        Rewriting r = new(g, graph);
        foreach (Node n in graph.Nodes)
        {
            if (n.Op is GraphOp.Input or GraphOp.Const) continue;
            g.Origin = n.Origin;
            Node now = any ? Rebuilt(n, g, changed) : n;
            now = Rewritten(pass, now, r, applied);
            if (ReferenceEquals(now, n)) continue;
            changed[n.Id] = now;
            any = true;
            r.Replaced(n, now);
        }
        g.Origin = null;
        return any ? new Graph(graph.Inputs, [.. graph.Outputs.Select(o => changed[o.Id] ?? o)]) : graph;
    }

    private static Node Rewritten(Pass pass, Node n, Rewriting r, Action<Rule, Node, Node>? applied, int depth = 0)
    {
        for (int round = 0; round < MaxRounds; round++)
        {
            Node before = n;
            foreach (Rule rule in pass.For(n.Op))
            {
                int fresh = r.G.NextId;
                if (rule.Apply(r, n) is not { } better || ReferenceEquals(better, n)) continue;
                applied?.Invoke(rule, n, better);
                n = depth < MaxDepth ? WithFreshRewritten(pass, better, fresh, r, applied, depth + 1) : better;
                break;
            }
            if (ReferenceEquals(before, n)) break;
        }
        return n;
    }

    /// <summary>Nodes that a rule made below the one it gave have not been tried yet: without that, each would cost a walk over the whole graph.</summary>
    private static Node WithFreshRewritten(Pass pass, Node n, int fresh, Rewriting r, Action<Rule, Node, Node>? applied, int depth)
    {
        if (n.Id < fresh || n.Arg is Arg.Part) return n;
        Node[]? operands = null;
        for (int i = 0; i < n.In.Length; i++)
        {
            Node x = n.In[i];
            if (x.Id < fresh || x.Op is GraphOp.Const or GraphOp.Input) continue;
            Node y = Rewritten(pass, WithFreshRewritten(pass, x, fresh, r, applied, depth), r, applied, depth);
            if (!ReferenceEquals(x, y)) (operands ??= [.. n.In])[i] = y;
        }
        return operands is null ? n : r.G.Emit(n.Op, operands, n.Arg);
    }

    /// <summary>The node over the operands that took the place of its own.</summary>
    private static Node Rebuilt(Node n, GraphBuilder g, Node?[] changed)
    {
        bool same = true;
        foreach (Node i in n.In) same &= changed[i.Id] is null;
        if (same) return n;
        Node[] operands = new Node[n.In.Length];
        for (int i = 0; i < operands.Length; i++) operands[i] = changed[n.In[i].Id] ?? n.In[i];
        return n.Arg is Arg.Part part ? g.Part(operands[0], part.Index) : g.Emit(n.Op, operands, n.Arg);
    }
}
