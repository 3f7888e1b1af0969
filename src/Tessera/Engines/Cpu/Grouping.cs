using Tessera.Ir;

namespace Tessera.Engines.Cpu;

/// <summary>Which elementwise nodes run together: a node joins the group of its consumers when there is only one such group, of its own shape.</summary>
internal sealed class Grouping
{
    private const int MaxNodes = 64;

    private readonly Dictionary<Node, Node> _rootOf = [];
    private readonly Dictionary<Node, List<Node>> _groups = [];

    public Grouping(Graph graph, Dictionary<Node, List<Node>> uses, IntegerFusions integers)
    {
        Uses = uses;
        HashSet<Node> outputs = [.. graph.Outputs];
        for (int k = graph.Nodes.Length - 1; k >= 0; k--)
        {
            Node n = graph.Nodes[k];
            if (!IsElementwise(n) || integers.Takes(n)) continue;
            Node root = outputs.Contains(n) ? n : CommonRoot(n, uses[n]) ?? n;
            _rootOf[n] = root;
            if (root == n) _groups[n] = [];
            _groups[root].Add(n);
        }
        foreach (List<Node> g in _groups.Values) g.Reverse();
    }

    public Dictionary<Node, List<Node>> Uses { get; }

    /// <summary>The readers of every node.</summary>
    public static Dictionary<Node, List<Node>> UsesIn(Graph graph)
    {
        Dictionary<Node, List<Node>> uses = graph.Nodes.ToDictionary(n => n, _ => new List<Node>());
        foreach (Node n in graph.Nodes) foreach (Node i in n.In) uses[i].Add(n);
        return uses;
    }

    /// <summary>Nodes of the group that <paramref name="n"/> is the result of, operands first; null when it is inside another's.</summary>
    public List<Node>? Group(Node n) => _groups.GetValueOrDefault(n);

    /// <summary>Elementwise nodes on numbers and booleans.</summary>
    public static bool IsElementwise(Node n) => n.Op is >= GraphOp.Neg and <= GraphOp.Where && n.Type != DType.String && !n.In.Any(i => i.Type == DType.String);

    private Node? CommonRoot(Node n, List<Node> uses)
    {
        Node? root = null;
        foreach (Node u in uses)
        {
            if (!_rootOf.TryGetValue(u, out Node? r) || (root is not null && r != root)) return null;
            root = r;
        }
        return root is not null && root.Shape == n.Shape && _groups[root].Count < MaxNodes ? root : null;
    }
}
