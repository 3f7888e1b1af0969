using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Which nodes of a graph are stored in memory and which are computed inside the kernels of others.</summary>
/// <remarks>
/// A node with a template (a product, a reduction, a softmax …) is stored, or is handed to the elementwise nodes that alone read it, in the same kernel.
/// An elementwise node is computed inside its only reader, unless that would compute it more than once. Movement is never stored: it is an index.
/// </remarks>
internal sealed class Schedule
{
    private readonly Dictionary<Node, Node> _unitOf = [];
    private readonly Dictionary<Node, Node> _templateOf = [];
    private readonly Dictionary<Node, List<(Node User, int Operand)>> _uses = [];
    private readonly HashSet<Node> _atRoot = [];
    private readonly HashSet<Node> _outputs;
    private readonly List<Node> _units = [];
    private readonly BufferCount _buffers;

    /// <exception cref="TesseraException">Unsupported: a type that kernels for the target do not compute with.</exception>
    public Schedule(Graph graph, KernelTarget target)
    {
        foreach (Node n in graph.Nodes)
            foreach (TensorType t in n.Outputs)
                if (KernelType.Reads(t.Type) is null) throw new TesseraException(ErrorCode.Unsupported, $"{n.Op}: kernels do not compute with {t.Type}.");
                else if (t.Type == DType.Float64 && !target.TakesFloat64) throw new TesseraException(ErrorCode.Unsupported, $"{n.Op}: {target.Name} has no 64-bit floats.");
        _outputs = [.. graph.Outputs];
        _buffers = new(target.MostBuffers, x => IsMovement(x) && !_outputs.Contains(x));
        foreach (Node n in graph.Nodes) _uses[n] = [];
        foreach (Node n in graph.Nodes) for (int i = 0; i < n.In.Length; i++) _uses[n.In[i]].Add((n, i));
        for (int k = graph.Nodes.Length - 1; k >= 0; k--)
        {
            Node n = graph.Nodes[k];
            if (IsLeaf(n) || n.Op == GraphOp.Part) continue;
            if (IsMovement(n) && !_outputs.Contains(n)) continue;
            if (_outputs.Contains(n) || Host(n) is not { } root)
            {
                _unitOf[n] = n;
                _atRoot.Add(n);
                _units.Add(n);
                _buffers.Open(n);
            }
            else
            {
                _unitOf[n] = root;
                if (!IsCheap(n)) _templateOf[root] = n;
            }
        }
        _units.Reverse();
        Layouts = new(this, target);
    }

    /// <summary>Where values lie that are not row-major.</summary>
    public Layouts Layouts { get; }

    /// <summary>Where the value of a stored node lies.</summary>
    public Stored Place(Node n) => Stored.Of(n) with { Layout = Layouts.Of(n), As = Layouts.IsWidened(n) ? DType.Float32 : null };

    /// <summary>Whether others than kernels read a node.</summary>
    public bool IsOutput(Node n) => _outputs.Contains(n);

    /// <summary>Stored nodes in an order in which what they read comes first.</summary>
    public IReadOnlyList<Node> Units => _units;

    /// <summary>The node with a template that the unit of <paramref name="root"/> contains: the root itself, or one whose result goes to elementwise nodes only.</summary>
    public Node? Template(Node root) => _templateOf.GetValueOrDefault(root) ?? (IsCheap(root) ? null : root);

    /// <summary>Nodes that the kernels of <paramref name="root"/> compute or read, the root itself included.</summary>
    public IEnumerable<Node> Reach(Node root)
    {
        HashSet<Node> seen = [root];
        Stack<Node> work = new([root]);
        while (work.TryPop(out Node? n))
        {
            yield return n;
            if (n != root && IsStored(n)) continue;
            foreach (Node i in n.In) if (seen.Add(i)) work.Push(i);
        }
    }

    public bool IsStored(Node n) => n.Op == GraphOp.Input || n.Op == GraphOp.Const && n.Shape.Count != 1 || n.Op == GraphOp.Random || n.Op == GraphOp.Part || _atRoot.Contains(n) && _unitOf[n] == n;

    private static bool IsLeaf(Node n) => n.Op is GraphOp.Input or GraphOp.Const or GraphOp.Random;

    public static bool IsMovement(Node n) => n.Op is GraphOp.Reshape or GraphOp.Transpose or GraphOp.Broadcast or GraphOp.Slice;

    /// <summary>Nodes that a reader computes in place.</summary>
    private static bool IsCheap(Node n) => Elementwise.Is(n.Op) || IsMovement(n) || n.Op is GraphOp.Pad or GraphOp.Gather or GraphOp.GatherElements or GraphOp.GatherNd;

    /// <summary>The unit that <paramref name="n"/> is computed in when that is another node's; null when it is stored.</summary>
    private Node? Host(Node n)
    {
        Node? root = null;
        bool direct = true;
        foreach ((Node user, int operand, bool moved, bool repeated) in Readers(n))
        {
            if (!_unitOf.TryGetValue(user, out Node? unit) || (root is not null && root != unit) || repeated || !TakesInPlace(user, operand)) return null;
            root = unit;
            direct &= !moved && Elementwise.Is(user.Op) && user.Shape == n.Shape && _atRoot.Contains(user);
        }
        if (root is null) return null;
        // One template a kernel, whose result the elementwise nodes take as it is.
        bool joins = IsCheap(n) || direct && n.Outputs.Length == 1 && TakesEpilogue(n) && IsCheap(root) && !_templateOf.ContainsKey(root) && root.Shape == n.Shape;
        if (!joins || !_buffers.Join(n, root, Readers(n).Select(r => (r.User, r.Operand)))) return null;
        if (direct) _atRoot.Add(n);
        return root;
    }

    /// <summary>Who reads <paramref name="n"/>, movement in between left out; whether there was some, and whether elements are read more than once.</summary>
    public IEnumerable<(Node User, int Operand, bool Moved, bool Repeated)> Readers(Node n)
    {
        foreach ((Node user, int operand) in _uses[n])
        {
            bool repeated = user.Op == GraphOp.Broadcast && user.Shape.Count > n.Shape.Count || Elementwise.Is(user.Op) && user.Shape.Count > n.Shape.Count;
            if (!IsMovement(user) || _outputs.Contains(user)) yield return (user, operand, IsMovement(user), repeated);
            else foreach ((Node u, int o, _, bool again) in Readers(user)) yield return (u, o, true, repeated || again);
        }
    }

    /// <summary>Whether elements of different channels of <paramref name="n"/>, which are axis <paramref name="axis"/>, become one axis on the way to a reader.</summary>
    public bool MixesChannels(Node n, int axis)
    {
        foreach ((Node user, int _) in _uses[n])
        {
            if (!IsMovement(user)) continue;
            int to = user.Op switch
            {
                GraphOp.Transpose => ((Arg.Permutation)user.Arg!).Axes.Span.IndexOf(axis),
                GraphOp.Broadcast => axis + user.Shape.Rank - n.Shape.Rank,
                GraphOp.Reshape => SameAxis(n.Shape, user.Shape, axis),
                _ => axis,
            };
            if (to < 0 || MixesChannels(user, to)) return true;
        }
        return false;
    }

    /// <summary>The axis of <paramref name="to"/> that is axis <paramref name="axis"/> of the same elements in shape <paramref name="from"/>; -1 when none is.</summary>
    private static int SameAxis(Shape from, Shape to, int axis)
    {
        for (int b = 0; b < to.Rank; b++)
            if (to[b] == from[axis] && to.CountOf(b + 1, to.Rank) == from.CountOf(axis + 1, from.Rank)) return b;
        return -1;
    }

    private static bool TakesInPlace(Node user, int operand) => user.Op switch
    {
        GraphOp.ReduceSum or GraphOp.ReduceProd or GraphOp.ReduceMax or GraphOp.ReduceMin or GraphOp.ArgMax or GraphOp.ArgMin or GraphOp.Concat => true,
        GraphOp.Pad => operand == 0,
        GraphOp.ScatterElements or GraphOp.ScatterNd => operand == 2,
        _ => Elementwise.Is(user.Op) || IsMovement(user),
    };

    private static bool TakesEpilogue(Node n) => n.Op is GraphOp.MatMul or GraphOp.Conv or GraphOp.ConvTranspose or GraphOp.ReduceSum or GraphOp.ReduceProd or GraphOp.ReduceMax or GraphOp.ReduceMin
        or GraphOp.Resample or GraphOp.Pool or GraphOp.Softmax or GraphOp.LogSoftmax or GraphOp.Norm or GraphOp.CumSum;
}
