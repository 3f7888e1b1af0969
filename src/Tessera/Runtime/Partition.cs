using System.Collections.Immutable;
using Tessera.Ir;

namespace Tessera.Runtime;

/// <summary>Cuts a graph into parts that run one after the other, in turn on an engine and on the one that takes what the first refuses.</summary>
internal static class Partition
{
    /// <summary>Prepares a graph on <paramref name="engine"/>, and those nodes that it refuses on <paramref name="fallback"/>.</summary>
    /// <exception cref="TesseraException">Unsupported: neither engine runs a node.</exception>
    public static Executable Prepare(Graph graph, Engine engine, Engine fallback, PrepareOptions options)
    {
        // Asking for each node costs more than preparing them together, which most models allow.
        try { return engine.Prepare(graph, options); }
        catch (TesseraException e) when (e.Code == ErrorCode.Unsupported)
        {
            if (Cut(graph, engine, fallback, options) is { } parts) return parts;
            throw;
        }
    }

    /// <summary>The graph in parts; null when the engine refuses no single node.</summary>
    private static PartitionedExecutable? Cut(Graph graph, Engine engine, Engine fallback, PrepareOptions options)
    {
        Dictionary<Node, string> refused = [];
        foreach (Node n in graph.Nodes)
            if (n.Op != GraphOp.Part && engine.Refusal(n) is { } why) refused[n] = why;
        if (refused.Count == 0) return null;
        Dictionary<Node, int> levels = Levels(graph, refused);
        List<Part> parts = [];
        try
        {
            foreach (IGrouping<int, Node> nodes in graph.Nodes.Where(levels.ContainsKey).GroupBy(n => levels[n]).OrderBy(l => l.Key))
            {
                (Graph cut, ImmutableArray<Node> inputs, ImmutableArray<Node> outputs) = Cut(graph, levels, nodes.Key, [.. nodes]);
                Engine on = nodes.Key % 2 == 0 ? engine : fallback;
                string because = string.Join("; ", nodes.Where(refused.ContainsKey).Select(n => $"{engine.Name}: {refused[n]}").Distinct());
                parts.Add(new(on.Name, on == engine ? "" : because, on.Prepare(cut, options), inputs, outputs));
            }
            return new PartitionedExecutable(graph, [.. parts]);
        }
        catch
        {
            foreach (Part p in parts) p.Executable.Dispose();
            throw;
        }
    }

    private static bool IsLeaf(Node n) => n.Op is GraphOp.Input or GraphOp.Const;

    /// <summary>The part of each node: even ones run on the engine, odd ones on the other; operands come from parts before.</summary>
    private static Dictionary<Node, int> Levels(Graph graph, Dictionary<Node, string> refused)
    {
        Dictionary<Node, int> levels = [];
        foreach (Node n in graph.Nodes)
        {
            if (IsLeaf(n)) continue;
            int level = n.Op == GraphOp.Part ? levels[n.In[0]] : refused.ContainsKey(n) ? 1 : 0;
            if (n.Op != GraphOp.Part)
                foreach (Node x in n.In)
                    if (levels.TryGetValue(x, out int before)) level = Math.Max(level, before + (before - level & 1));
            levels[n] = level;
        }
        return levels;
    }

    /// <summary>The nodes of one part as a graph whose inputs are what comes from outside, and those values of the whole graph that go in and out.</summary>
    private static (Graph, ImmutableArray<Node> Inputs, ImmutableArray<Node> Outputs) Cut(Graph graph, Dictionary<Node, int> levels, int level, HashSet<Node> nodes)
    {
        GraphBuilder g = new();
        Dictionary<Node, Node> made = [];
        List<Node> inputs = [];
        Node Operand(Node x)
        {
            if (made.TryGetValue(x, out Node? known)) return known;
            if (x.Op == GraphOp.Const) return made[x] = g.Const(x.Constant!);
            inputs.Add(x);
            return made[x] = g.Input($"%{x.Id}", x.Type, x.Shape);
        }
        foreach (Node n in graph.Nodes)
        {
            if (!nodes.Contains(n)) continue;
            g.Origin = n.Origin;
            made[n] = n.Arg is Arg.Part p ? g.Part(Operand(n.In[0]), p.Index) : g.Emit(n.Op, [.. n.In.Select(Operand)], n.Arg);
        }
        HashSet<Node> wanted = [.. graph.Outputs];
        foreach (Node n in graph.Nodes)
            if (levels.TryGetValue(n, out int l) && l != level) wanted.UnionWith(n.In);
        ImmutableArray<Node> outputs = [.. graph.Nodes.Where(n => nodes.Contains(n) && wanted.Contains(n))];
        return (g.Build(outputs.Select(n => made[n])), [.. inputs], outputs);
    }

    /// <summary>A part of a graph on its engine.</summary>
    /// <param name="Engine">The engine's name.</param>
    /// <param name="Because">Why it does not run on the engine that was asked for; empty when it does.</param>
    /// <param name="Executable">What runs.</param>
    /// <param name="Inputs">Values of the whole graph that go in.</param>
    /// <param name="Outputs">Values of the whole graph that come out.</param>
    internal sealed record Part(string Engine, string Because, Executable Executable, ImmutableArray<Node> Inputs, ImmutableArray<Node> Outputs);
}
