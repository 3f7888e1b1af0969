using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>Computes a node whose operands are all constants; null when it would rather not (too large, random).</summary>
public delegate Tensor[]? Fold(Node node);

/// <summary>Builds graphs: checks operands, interns equal nodes, folds constants as they appear.</summary>
public sealed partial class GraphBuilder(Fold? fold = null)
{
    private readonly Dictionary<Key, Node> _interned = new(KeyComparer.Instance);
    private readonly Dictionary<Node, Node[]> _folded = [];
    private readonly List<Node> _inputs = [];
    private readonly Dictionary<Node, Key> _ownKeys = [];
    private readonly HashSet<Node> _used = [];
    private List<Node> _fresh = [];
    // Bytes, strides and offsets of values of this size stay far from the limits of 64 bits.
    private const long MaxCount = 1L << 48;

    private int _next;

    /// <summary>A builder that goes on with the nodes of <paramref name="graph"/>, which stay as they are: equal nodes emitted from now on are theirs.</summary>
    public static GraphBuilder Continue(Graph graph, Fold? fold = null)
    {
        GraphBuilder g = new(fold);
        g._inputs.AddRange(graph.Inputs);
        foreach (Node n in graph.Nodes)
        {
            g._interned.TryAdd(new(n.Op, n.In, n.Arg), n);
            g._next = Math.Max(g._next, n.Id + 1);
        }
        return g;
    }

    /// <summary>The id of the next new node.</summary>
    internal int NextId => _next;

    /// <summary>Given to the nodes that are created from now on.</summary>
    public string? Origin { get; set; }

    public Node Input(string name, DType type, Shape shape)
    {
        Node n = Emit(GraphOp.Input, [], new Arg.Input(_inputs.Count, name, type, shape));
        _inputs.Add(n);
        return n;
    }

    public Node Const(Tensor value) => Emit(GraphOp.Const, [], new Arg.Const(value));

    public Graph Build(IEnumerable<Node> outputs) => new([.. _inputs], [.. outputs]);

    /// <summary>The node <paramref name="op"/>(<paramref name="inputs"/>), new or the equal one that exists; a constant when all operands are.</summary>
    public Node Emit(GraphOp op, ReadOnlySpan<Node> inputs, Arg? arg = null)
    {
        Key key = new(op, [.. inputs], arg);
        if (_interned.TryGetValue(key, out Node? known)) return known;
        Node n = new(_next++, op, key.In, arg, ShapeRules.Infer(op, inputs, arg)) { Origin = Origin };
        foreach (TensorType t in n.Outputs)
            if (t.Shape.Count > MaxCount) throw new TesseraException(ErrorCode.OutOfMemory, $"{op} would give {t}, more elements than any machine holds.");
        if (Folded(n) is { } constant)
        {
            // A fold may hand back a constant that was there before; only new ones are this builder's.
            if (constant.Id > n.Id && _ownKeys.TryAdd(constant, key)) _fresh.Add(constant);
            return _interned[key] = constant;
        }
        foreach (Node i in key.In) if (i.Op == GraphOp.Const) _used.Add(i);
        return _interned[key] = n;
    }

    /// <summary>Constants that folding made since the last call.</summary>
    internal IReadOnlyList<Node> TakeFresh()
    {
        List<Node> taken = _fresh;
        _fresh = [];
        return taken;
    }

    /// <summary>Gives back a constant that folding made and that no node of the graph uses; it must not be used afterwards.</summary>
    internal bool Release(Node constant)
    {
        if (_used.Contains(constant) || !_ownKeys.Remove(constant, out Key key)) return false;
        _interned.Remove(key);
        _interned.Remove(new Key(GraphOp.Const, [], constant.Arg));
        constant.Constant!.Dispose();
        return true;
    }

    /// <summary>Output <paramref name="index"/> of a node with several.</summary>
    public Node Part(Node node, int index) =>
        _folded.TryGetValue(node, out Node[]? parts) ? parts[index] : node.Outputs.Length == 1 ? node : Emit(GraphOp.Part, [node], new Arg.Part(index));

    private Node? Folded(Node n)
    {
        if (fold is null || n.Op is GraphOp.Const or GraphOp.Input or GraphOp.Random or GraphOp.Part) return null;
        foreach (Node i in n.In) if (i.Op != GraphOp.Const) return null;
        if (fold(n) is not { } values) return null;
        QuantizedConstant.Follow(n, values[0]);
        Node[] parts = [.. values.Select(Const)];
        if (parts.Length == 1) return parts[0];
        _folded[n] = parts;
        return null;
    }

    private sealed class KeyComparer : IEqualityComparer<Key>
    {
        public static KeyComparer Instance { get; } = new();

        public bool Equals(Key a, Key b) => a.Equals(b);

        public int GetHashCode(Key k) => k.GetHashCode();
    }

    private readonly record struct Key(GraphOp Op, ImmutableArray<Node> In, Arg? Arg)
    {
        public bool Equals(Key o) => Op == o.Op && In.AsSpan().SequenceEqual(o.In.AsSpan()) && Equals(Arg, o.Arg);

        public override int GetHashCode()
        {
            HashCode h = default;
            h.Add((int)Op);
            foreach (Node n in In) h.Add(n.Id);
            h.Add(Arg?.Spread ?? 0);
            return h.ToHashCode();
        }
    }
}
