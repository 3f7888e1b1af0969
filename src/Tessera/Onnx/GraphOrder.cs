namespace Tessera.Onnx;

/// <summary>Puts nodes into topological order, keeping their own order wherever it allows.</summary>
internal static class GraphOrder
{
    private const int NamedInMessage = 8;

    /// <param name="nodes">The nodes.</param>
    /// <param name="needs">For each node the indices of the nodes whose outputs it reads, captures of its bodies included.</param>
    /// <param name="cycle">Makes the exception for a cycle that runs through the given nodes.</param>
    public static IReadOnlyList<OnnxNode> Sort(IReadOnlyList<OnnxNode> nodes, IReadOnlyList<int>?[] needs, Func<string, TesseraException> cycle)
    {
        if (IsSorted(needs)) return nodes;
        int n = nodes.Count;
        List<int>?[] readers = new List<int>?[n];
        int[] open = new int[n];
        for (int i = 0; i < n; i++)
        {
            foreach (int p in needs[i] ?? []) (readers[p] ??= []).Add(i);
            open[i] = needs[i]?.Count ?? 0;
        }
        PriorityQueue<int, int> ready = new();
        for (int i = 0; i < n; i++) if (open[i] == 0) ready.Enqueue(i, i);
        List<OnnxNode> sorted = new(n);
        while (ready.TryDequeue(out int i, out _))
        {
            sorted.Add(nodes[i]);
            foreach (int reader in readers[i] ?? [])
                if (--open[reader] == 0) ready.Enqueue(reader, reader);
        }
        return sorted.Count == n ? sorted : throw cycle(Cycle(nodes, needs, open));
    }

    private static bool IsSorted(IReadOnlyList<int>?[] needs)
    {
        for (int i = 0; i < needs.Length; i++)
        {
            if (needs[i] is not { } from) continue;
            for (int k = 0; k < from.Count; k++)
                if (from[k] >= i) return false;
        }
        return true;
    }

    /// <summary>Walks back from a node that never got ready, among such nodes, until one repeats.</summary>
    private static string Cycle(IReadOnlyList<OnnxNode> nodes, IReadOnlyList<int>?[] needs, int[] open)
    {
        int at = Array.FindIndex(open, o => o > 0);
        List<int> path = [];
        HashSet<int> seen = [];
        while (seen.Add(at))
        {
            path.Add(at);
            at = needs[at]!.First(p => open[p] > 0);
        }
        path.RemoveRange(0, path.IndexOf(at));
        path.Reverse();
        string more = path.Count > NamedInMessage ? $" → … ({path.Count} nodes)" : "";
        return string.Join(" → ", path.Take(NamedInMessage).Select(i => nodes[i].ToString())) + more;
    }
}
