using Tessera.Ir;

namespace Tessera.Ops.Ml;

/// <summary>Trees as the attributes of ai.onnx.ml hold them.</summary>
internal static class TreeReading
{
    /// <summary>TreeEnsembleClassifier and TreeEnsembleRegressor: parallel lists keyed by tree and node number.</summary>
    public static TreeForest Keyed(Attributes a, string prefix, string ids)
    {
        long[] trees = Required(a, "nodes_treeids"), nodes = Required(a, "nodes_nodeids"), features = Required(a, "nodes_featureids"), yes = Required(a, "nodes_truenodeids"), no = Required(a, "nodes_falsenodeids");
        string[] modes = a.Strings("nodes_modes") ?? throw Missing(a, "nodes_modes");
        double[] values = Floats(a, "nodes_values") ?? throw Missing(a, "nodes_values");
        int n = modes.Length;
        if (new[] { trees.Length, nodes.Length, features.Length, yes.Length, no.Length, values.Length }.Any(l => l != n)) throw a.Error(ErrorCode.MalformedModel, "its nodes_* lists differ in length.");
        Dictionary<(long, long), int> index = [];
        for (int i = 0; i < n; i++)
            if (!index.TryAdd((trees[i], nodes[i]), i)) throw a.Error(ErrorCode.MalformedModel, $"node {nodes[i]} of tree {trees[i]} is there twice.");
        TreeForest.Mode[] kinds = [.. modes.Select(m => ModeOf(a, m))];
        int Link(int i, long to) => kinds[i] == TreeForest.Mode.Leaf ? i : index.TryGetValue((trees[i], to), out int k) ? k : throw a.Error(ErrorCode.MalformedModel, $"node {nodes[i]} of tree {trees[i]} leads to {to}, which does not exist.");
        long[] leafTrees = Required(a, $"{prefix}_treeids"), leafNodes = Required(a, $"{prefix}_nodeids"), targets = Required(a, ids);
        double[] weights = Floats(a, $"{prefix}_weights") ?? throw Missing(a, $"{prefix}_weights");
        if (leafTrees.Length != weights.Length || leafNodes.Length != weights.Length || targets.Length != weights.Length) throw a.Error(ErrorCode.MalformedModel, $"its {prefix}_* lists differ in length.");
        List<(int, double)>?[] leaves = new List<(int, double)>?[n];
        for (int i = 0; i < weights.Length; i++)
        {
            if (!index.TryGetValue((leafTrees[i], leafNodes[i]), out int k)) throw a.Error(ErrorCode.MalformedModel, $"a weight belongs to node {leafNodes[i]} of tree {leafTrees[i]}, which does not exist.");
            (leaves[k] ??= []).Add((checked((int)targets[i]), weights[i]));
        }
        long[] missing = a.Ints("nodes_missing_value_tracks_true") ?? [];
        // A tree starts at its first node.
        return new TreeForest
        {
            Roots = [.. trees.Select((t, i) => (t, i)).DistinctBy(p => p.t).Select(p => p.i)],
            Features = [.. features.Select(f => checked((int)f))], Thresholds = values, Modes = kinds,
            True = [.. yes.Select((t, i) => Link(i, t))], False = [.. no.Select((t, i) => Link(i, t))],
            MissingIsTrue = [.. Enumerable.Range(0, n).Select(i => i < missing.Length && missing[i] != 0)],
            Leaves = [.. leaves.Select(l => l?.ToArray())],
        };
    }

    /// <summary>TreeEnsemble-5: links are positions, leaves lie in lists of their own.</summary>
    public static TreeForest Linked(Attributes a)
    {
        long[] features = Required(a, "nodes_featureids"), yes = Required(a, "nodes_truenodeids"), no = Required(a, "nodes_falsenodeids"), yesLeaf = Required(a, "nodes_trueleafs"), noLeaf = Required(a, "nodes_falseleafs"), targets = Required(a, "leaf_targetids");
        double[] splits = Floats(a, "nodes_splits") ?? throw Missing(a, "nodes_splits"), weights = Floats(a, "leaf_weights") ?? throw Missing(a, "leaf_weights");
        long[] modes = Scalars.ToInt64(a.Tensor("nodes_modes") ?? throw Missing(a, "nodes_modes"));
        int n = modes.Length, leaves = weights.Length;
        if (new[] { features.Length, yes.Length, no.Length, yesLeaf.Length, noLeaf.Length, splits.Length }.Any(l => l != n) || targets.Length != leaves || modes.Any(m => m is < 0 or > 6)) throw a.Error(ErrorCode.MalformedModel, "its nodes_* or leaf_* lists do not fit each other.");
        int Link(long to, bool leaf) => to >= 0 && to < (leaf ? leaves : n) ? (int)to + (leaf ? n : 0) : throw a.Error(ErrorCode.MalformedModel, $"a branch leads to {(leaf ? "leaf" : "node")} {to}, which does not exist.");
        double[] pool = Floats(a, "membership_values") ?? [];
        Dictionary<int, HashSet<double>> members = [];
        int at = 0;
        for (int i = 0; i < n; i++)
        {
            if (modes[i] != 6) continue;
            members[i] = [];
            for (; at < pool.Length && !double.IsNaN(pool[at]); at++) members[i].Add(pool[at]);
            at++;
        }
        long[] missing = a.Ints("nodes_missing_value_tracks_true") ?? [];
        return new TreeForest
        {
            Roots = [.. Required(a, "tree_roots").Select(r => checked((int)r))],
            Features = [.. features.Select(f => checked((int)f)), .. new int[leaves]], Thresholds = [.. splits, .. new double[leaves]],
            Modes = [.. modes.Select(m => (TreeForest.Mode)m), .. Enumerable.Repeat(TreeForest.Mode.Leaf, leaves)],
            True = [.. yes.Select((t, i) => Link(t, yesLeaf[i] != 0)), .. new int[leaves]], False = [.. no.Select((t, i) => Link(t, noLeaf[i] != 0)), .. new int[leaves]],
            MissingIsTrue = [.. Enumerable.Range(0, n + leaves).Select(i => i < missing.Length && missing[i] != 0)],
            Members = members,
            Leaves = [.. new (int, double)[]?[n], .. targets.Select((t, i) => ((int, double)[]?)[(checked((int)t), weights[i])])],
        };
    }

    /// <summary>Floats from a list attribute or from its *_as_tensor twin.</summary>
    public static double[]? Floats(Attributes a, string name) =>
        a.HasAttribute(name + "_as_tensor") ? Scalars.ToFloat64(a.Tensor(name + "_as_tensor")!) : !a.HasAttribute(name) ? null : name is "nodes_splits" or "leaf_weights" or "membership_values" ? Scalars.ToFloat64(a.Tensor(name)!) : a.Floats(name);

    private static long[] Required(Attributes a, string name) => a.Ints(name) ?? throw Missing(a, name);

    private static TesseraException Missing(Attributes a, string name) => a.Error(ErrorCode.MalformedModel, $"attribute '{name}' is missing.");

    private static TreeForest.Mode ModeOf(Attributes a, string name) => name switch
    {
        "BRANCH_LEQ" => TreeForest.Mode.LessEqual,
        "BRANCH_LT" => TreeForest.Mode.Less,
        "BRANCH_GTE" => TreeForest.Mode.GreaterEqual,
        "BRANCH_GT" => TreeForest.Mode.Greater,
        "BRANCH_EQ" => TreeForest.Mode.Equal,
        "BRANCH_NEQ" => TreeForest.Mode.NotEqual,
        "LEAF" => TreeForest.Mode.Leaf,
        _ => throw a.Unsupported($"node mode '{name}' is unknown."),
    };
}
