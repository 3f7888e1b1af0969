using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>How many buffers the kernels of each unit are bound to while a schedule is made, users before what they read.</summary>
/// <param name="most">Buffers that a kernel may be bound to.</param>
/// <param name="isSeenThrough">Nodes that are never stored.</param>
internal sealed class BufferCount(int most, Func<Node, bool> isSeenThrough)
{
    // The kernels of a unit by number, and what each of them reads as far as is decided: a node that joins is replaced by what it reads itself.
    private readonly Dictionary<(Node Unit, int Kernel), HashSet<Node>> _read = [];
    private readonly Dictionary<Node, HashSet<int>> _kernelsOf = [];
    private readonly HashSet<Node> _withFaults = [];

    /// <summary>A unit that stores <paramref name="root"/>.</summary>
    public void Open(Node root)
    {
        for (int i = 0; i < root.In.Length; i++)
        {
            if (!_read.TryGetValue((root, Kernel(root, i)), out HashSet<Node>? read)) _read[(root, Kernel(root, i))] = read = [];
            if (Source(root.In[i]) is { } s) read.Add(s);
        }
        if (Faults(root)) _withFaults.Add(root);
    }

    /// <summary>Computes <paramref name="n"/> in the unit of <paramref name="root"/>, where <paramref name="readers"/> read it, unless that takes too many buffers.</summary>
    public bool Join(Node n, Node root, IEnumerable<(Node User, int Operand)> readers)
    {
        HashSet<int> kernels = [];
        foreach ((Node user, int operand) in readers)
            if (user == root) kernels.Add(Kernel(root, operand));
            else kernels.UnionWith(_kernelsOf[user]);
        bool faults = _withFaults.Contains(root) || Faults(n);
        List<((Node, int), HashSet<Node>)> grown = [];
        foreach (int k in kernels)
        {
            HashSet<Node> read = [.. _read[(root, k)]];
            read.Remove(n);
            foreach (Node x in n.In) if (Source(x) is { } s) read.Add(s);
            if (read.Count + root.Outputs.Length + (faults ? 1 : 0) > most) return false;
            grown.Add(((root, k), read));
        }
        foreach (((Node, int) key, HashSet<Node> read) in grown) _read[key] = read;
        _kernelsOf[n] = kernels;
        if (faults) _withFaults.Add(root);
        return true;
    }

    /// <summary>Which of the kernels of <paramref name="root"/> reads that operand.</summary>
    private static int Kernel(Node root, int operand) => root.Op switch
    {
        GraphOp.Concat => operand,
        GraphOp.ScatterElements or GraphOp.ScatterNd => operand == 0 ? 0 : 1,
        _ => 0,
    };

    private static bool Faults(Node n) => n.Op is GraphOp.Gather or GraphOp.GatherElements or GraphOp.GatherNd or GraphOp.ScatterElements or GraphOp.ScatterNd;

    /// <summary>What must be stored for <paramref name="n"/> to be read; null for a literal.</summary>
    private Node? Source(Node n)
    {
        while (isSeenThrough(n)) n = n.In[0];
        return n.Op == GraphOp.Const && n.Shape.Count == 1 ? null : n;
    }
}
