using Tessera.Ir;

namespace Tessera.Ops.Ml;

/// <summary>Forests of decision trees: classification and regression.</summary>
internal static class TreeEnsembles
{
    private const string Domain = "ai.onnx.ml";

    public static OpDef[] All =>
    [
        new("TreeEnsembleClassifier", Classify, "ai.onnx.ml TreeEnsembleClassifier-3", Domain),
        new("TreeEnsembleRegressor", Regress, "ai.onnx.ml TreeEnsembleRegressor-3", Domain),
        new("TreeEnsemble", Ensemble, "ai.onnx.ml TreeEnsemble-5", Domain, Since: 5),
    ];

    private static Lowered[] Regress(Lowering c)
    {
        TreeForest.Aggregation how = c.String("aggregate_function", "SUM") switch
        {
            "SUM" => TreeForest.Aggregation.Sum,
            "AVERAGE" => TreeForest.Aggregation.Average,
            "MIN" => TreeForest.Aggregation.Min,
            "MAX" => TreeForest.Aggregation.Max,
            var other => throw c.Unsupported($"aggregate_function '{other}' is unknown."),
        };
        Node scores = Scores(c, TreeReading.Keyed(c, "target", "target_ids"), c.Int32("n_targets", 1), how, DType.Float32);
        return [PostTransform.Apply(c, WithBase(c, scores))];
    }

    private static Lowered[] Ensemble(Lowering c)
    {
        long how = c.Int("aggregate_function", 1), transform = c.Int("post_transform", 0);
        if (how is < 0 or > 3 || transform is < 0 or > 4) throw c.Error(ErrorCode.MalformedModel, $"aggregate_function {how} or post_transform {transform} is unknown.");
        Node scores = Scores(c, TreeReading.Linked(c), c.Int32("n_targets", 1), (TreeForest.Aggregation)how, c[0].Type);
        string[] transforms = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"];
        return [PostTransform.Apply(c, scores, transforms[transform])];
    }

    private static Lowered[] Classify(Lowering c)
    {
        GraphBuilder g = c.G;
        Node labels = PostTransform.Labels(c, "classlabels_int64s") ?? throw c.Error(ErrorCode.MalformedModel, "it names no class labels.");
        int classes = (int)labels.Shape[0];
        long[] ids = c.Ints("class_ids") ?? throw c.Error(ErrorCode.MalformedModel, "attribute 'class_ids' is missing.");
        TreeForest forest = TreeReading.Keyed(c, "class", "class_ids");
        if (classes > 2 || ids.Distinct().Count() > 1)
        {
            Node scores = WithBase(c, Scores(c, forest, classes, TreeForest.Aggregation.Sum, DType.Float32));
            return [PostTransform.Largest(g, scores, labels), PostTransform.Apply(c, scores)];
        }
        // One weighted class of two: its score decides alone, against ½ for probabilities and 0 for margins.
        double[] weights = TreeReading.Floats(c, "class_weights")!, start = TreeReading.Floats(c, "base_values") ?? [0];
        Node s = g.Add(g.Slice(Scores(c, forest, (int)ids[0] + 1, TreeForest.Aggregation.Sum, DType.Float32), 1, ids[0], 1), start[^1]);
        bool probability = weights.All(w => w >= 0);
        Node label = PostTransform.Either(g, g.Gt(g.Squeeze(s, 1), probability ? 0.5 : 0), labels);
        return [label, probability ? g.Concat(1, g.Sub(1, s), s) : PostTransform.Apply(c, g.Concat(1, g.Neg(s), s))];
    }

    private static Node WithBase(Lowering c, Node scores) =>
        TreeReading.Floats(c, "base_values") is { Length: > 0 } b ? c.G.Add(scores, c.G.Cast(c.G.Const(Tensor.From(b, [b.Length])), scores.Type)) : scores;

    private static Node Scores(Lowering c, TreeForest forest, int targets, TreeForest.Aggregation how, DType type)
    {
        Node x = c[0].Shape.Rank == 1 ? c.G.Unsqueeze(c[0], 0) : c[0];
        if (x.Shape.Rank != 2) throw c.Error(ErrorCode.ShapeMismatch, $"the input is {x.Shape}; trees take [N, features].");
        forest.Check(c, x.Shape[1], targets);
        TensorType y = new(type, [x.Shape[0], targets]);
        return c.G.Host(c.OpType, [c.G.Cast(x, DType.Float64)], [y], inputs =>
        {
            double[] sums = new double[y.Shape.Count];
            forest.Evaluate(inputs[0].Span<double>(), (int)inputs[0].Shape[1], sums, targets, how);
            return [type == DType.Float64 ? Tensor.From(sums, y.Shape) : Tensor.From(Array.ConvertAll(sums, v => (float)v), y.Shape)];
        });
    }
}
