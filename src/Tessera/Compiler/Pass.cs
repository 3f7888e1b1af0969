using System.Collections.Immutable;
using Tessera.Ir;

namespace Tessera.Compiler;

/// <summary>A named rewrite: the node that takes another's place, or null when it does not apply. It is tried on nodes of <paramref name="roots"/> only.</summary>
public sealed class Rule(string name, ImmutableArray<GraphOp> roots, Func<Rewriting, Node, Node?> apply)
{
    public Rule(string name, GraphOp root, Func<Rewriting, Node, Node?> apply) : this(name, [root], apply) { }

    /// <summary>What becomes what.</summary>
    public string Name { get; } = name;

    public ImmutableArray<GraphOp> Roots { get; } = roots;

    public Func<Rewriting, Node, Node?> Apply { get; } = apply;
}

/// <summary>A named list of rules, tried on every node in order until none applies.</summary>
public sealed class Pass
{
    private readonly Rule[][] _byRoot = new Rule[GraphOps.Count][];

    public Pass(string name, IReadOnlyList<Rule> rules)
    {
        (Name, Rules) = (name, rules);
        Array.Fill(_byRoot, []);
        foreach (Rule r in rules)
            foreach (GraphOp op in r.Roots)
                if (_byRoot[(int)op] is not [.., Rule last] || last != r) _byRoot[(int)op] = [.. _byRoot[(int)op], r];
    }

    public string Name { get; }

    public IReadOnlyList<Rule> Rules { get; }

    /// <summary>The rules to try on a node of <paramref name="op"/>.</summary>
    internal Rule[] For(GraphOp op) => _byRoot[(int)op];
}

/// <summary>What rules are handed: the builder, and how often the graph reads each node.</summary>
public sealed class Rewriting
{
    // By id; nodes that rules make come later than those of the graph.
    private int[] _uses;

    internal Rewriting(GraphBuilder g, Graph graph)
    {
        G = g;
        _uses = new int[graph.Nodes.IsEmpty ? 0 : graph.Nodes[^1].Id + 1];
        foreach (Node n in graph.Nodes)
            foreach (Node i in n.In) _uses[i.Id]++;
        // An output is read by the caller as well, so it never has a single reader inside the graph.
        foreach (Node n in graph.Outputs) _uses[n.Id] += 2;
    }

    public GraphBuilder G { get; }

    /// <summary>Whether nothing but the node at hand reads <paramref name="n"/>: it vanishes when that one is replaced.</summary>
    public bool IsOnlyUse(Node n) => n.Id >= _uses.Length || _uses[n.Id] <= 1;

    internal void Replaced(Node old, Node now)
    {
        if (now.Id >= _uses.Length) Array.Resize(ref _uses, Math.Max(now.Id + 1, 2 * _uses.Length));
        _uses[now.Id] += _uses[old.Id];
    }
}
