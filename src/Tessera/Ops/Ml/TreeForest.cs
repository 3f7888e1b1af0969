namespace Tessera.Ops.Ml;

/// <summary>Decision trees flattened into arrays: an inner node compares one feature, a leaf adds weights to targets.</summary>
internal sealed class TreeForest
{
    public enum Mode : byte { LessEqual, Less, GreaterEqual, Greater, Equal, NotEqual, Member, Leaf }

    public enum Aggregation { Average, Sum, Min, Max }

    public required int[] Roots { get; init; }

    public required int[] Features { get; init; }

    public required double[] Thresholds { get; init; }

    public required Mode[] Modes { get; init; }

    public required int[] True { get; init; }

    public required int[] False { get; init; }

    public required bool[] MissingIsTrue { get; init; }

    /// <summary>For Member nodes the values that go to the true side.</summary>
    public IReadOnlyDictionary<int, HashSet<double>> Members { get; init; } = new Dictionary<int, HashSet<double>>();

    /// <summary>Targets and weights of each leaf, by node.</summary>
    public required (int Target, double Weight)[]?[] Leaves { get; init; }

    /// <summary>Refuses links and features that lie outside, and trees that run in circles.</summary>
    public void Check(Attributes a, long features, int targets)
    {
        int n = Modes.Length;
        byte[] state = new byte[n];
        Stack<int> path = new();
        foreach (int root in Roots)
        {
            path.Push(root);
            while (path.TryPeek(out int i))
            {
                if ((uint)i >= (uint)n) throw a.Error(ErrorCode.MalformedModel, $"a branch leads to node {i} of {n}.");
                if (Modes[i] == Mode.Leaf || state[i] == 2) { state[i] = 2; path.Pop(); continue; }
                if (state[i] == 1 && path.Count > n) throw a.Error(ErrorCode.MalformedModel, "its branches run in a circle.");
                if (state[i] == 1) { state[i] = 2; path.Pop(); continue; }
                if (Features[i] < 0 || Features[i] >= features) throw a.Error(ErrorCode.ShapeMismatch, $"node {i} reads feature {Features[i]}; the input has {features}.");
                state[i] = 1;
                foreach (int next in new[] { True[i], False[i] })
                {
                    if ((uint)next < (uint)n && state[next] == 1) throw a.Error(ErrorCode.MalformedModel, "its branches run in a circle.");
                    path.Push(next);
                }
            }
        }
        foreach ((int target, double _) in Leaves.Where(l => l is not null).SelectMany(l => l!))
            if ((uint)target >= (uint)targets) throw a.Error(ErrorCode.MalformedModel, $"a leaf adds to target {target} of {targets}.");
    }

    /// <summary>Aggregated leaf weights per target for rows of <paramref name="x"/> [N, F], into <paramref name="y"/> [N, targets].</summary>
    public void Evaluate(ReadOnlySpan<double> x, int features, Span<double> y, int targets, Aggregation how)
    {
        int rows = targets == 0 ? 0 : y.Length / targets;
        bool[] seen = new bool[targets];
        for (int r = 0; r < rows; r++)
        {
            ReadOnlySpan<double> row = x.Slice(r * features, features);
            Span<double> sums = y.Slice(r * targets, targets);
            Array.Clear(seen);
            foreach (int root in Roots)
            {
                foreach ((int t, double w) in Leaves[Leaf(root, row)] ?? [])
                {
                    sums[t] = !seen[t] ? w : how switch { Aggregation.Min => Math.Min(sums[t], w), Aggregation.Max => Math.Max(sums[t], w), Aggregation.Average or Aggregation.Sum => sums[t] + w };
                    seen[t] = true;
                }
            }
            if (how == Aggregation.Average) foreach (ref double s in sums) s /= Math.Max(1, Roots.Length);
        }
    }

    private int Leaf(int i, ReadOnlySpan<double> row)
    {
        while (Modes[i] != Mode.Leaf)
        {
            double v = row[Features[i]], t = Thresholds[i];
            bool yes = Modes[i] switch
            {
                Mode.LessEqual => v <= t,
                Mode.Less => v < t,
                Mode.GreaterEqual => v >= t,
                Mode.Greater => v > t,
                Mode.Equal => v == t,
                Mode.NotEqual => v != t,
                Mode.Member => Members[i].Contains(v),
                Mode.Leaf => false,
            };
            i = yes || (MissingIsTrue[i] && double.IsNaN(v)) ? True[i] : False[i];
        }
        return i;
    }
}
