using Tessera.Ir;

namespace Tessera.Ops.Ml;

/// <summary>Feature preparation: scaling, imputing, encoding, mapping of keys to values.</summary>
internal static class Features
{
    private const string Domain = "ai.onnx.ml";

    public static OpDef[] All =>
    [
        new("Scaler", c => [c.G.Mul(c.G.Sub(c.G.Cast(c[0], DType.Float32), Row(c, "offset")), Row(c, "scale"))], "ai.onnx.ml Scaler-1", Domain),
        new("Normalizer", Normalize, "ai.onnx.ml Normalizer-1", Domain),
        new("Binarizer", c => [c.G.Cast(c.G.Gt(c[0], c.Float("threshold", 0)), c[0].Type)], "ai.onnx.ml Binarizer-1", Domain),
        new("ArrayFeatureExtractor", c => [Extract(c)], "ai.onnx.ml ArrayFeatureExtractor-1", Domain),
        new("FeatureVectorizer", c => [c.G.Concat(1, [.. c.All().Select(x => c.G.Cast(x.Shape.Rank == 1 ? c.G.Unsqueeze(x, 1) : c.G.Reshape(x, [x.Shape[0], x.Shape.CountOf(1, x.Shape.Rank)]), DType.Float32))])], "ai.onnx.ml FeatureVectorizer-1", Domain),
        new("Imputer", Impute, "ai.onnx.ml Imputer-1", Domain),
        new("LabelEncoder", Encode, "ai.onnx.ml LabelEncoder-4", Domain),
        new("CategoryMapper", MapCategory, "ai.onnx.ml CategoryMapper-1", Domain),
        new("OneHotEncoder", OneHot, "ai.onnx.ml OneHotEncoder-1", Domain),
    ];

    private static Node Row(Lowering c, string name)
    {
        double[] v = c.Floats(name) ?? throw c.Error(ErrorCode.MalformedModel, $"attribute '{name}' is missing.");
        return c.G.Const(Tensor.From(Array.ConvertAll(v, e => (float)e), v.Length == 1 ? Shape.Scalar : [v.Length]));
    }

    private static Lowered[] Normalize(Lowering c)
    {
        GraphBuilder g = c.G;
        Node x = g.Cast(c[0], DType.Float32), a = g.Abs(x);
        int axis = x.Shape.Rank - 1;
        Node norm = c.String("norm", "MAX") switch
        {
            "MAX" => g.Reduce(GraphOp.ReduceMax, a, true, axis),
            "L1" => g.Sum(a, true, axis),
            "L2" => g.Sqrt(g.Sum(g.Mul(x, x), true, axis)),
            var other => throw c.Unsupported($"norm '{other}' is not MAX, L1 or L2."),
        };
        // A row of zeros stays as it is.
        return [g.Div(x, g.Where(g.Eq(norm, 0), g.Scalar(x, 1), norm))];
    }

    private static Node Extract(Lowering c)
    {
        Node x = c[0].Shape.Rank == 1 ? c.G.Unsqueeze(c[0], 0) : c[0];
        return c.G.Gather(x, c.G.Reshape(c[1], [c[1].Shape.Count]), -1);
    }

    private static Lowered[] Impute(Lowering c)
    {
        GraphBuilder g = c.G;
        Node x = c[0];
        bool floats = x.Type.IsFloat();
        double[] values = floats ? c.Floats("imputed_value_floats") ?? [] : Array.ConvertAll(c.Ints("imputed_value_int64s") ?? [], v => (double)v);
        if (values.Length == 0) throw c.Error(ErrorCode.MalformedModel, $"it has no imputed values for {x.Type}.");
        double replaced = floats ? c.Float("replaced_value_float", 0) : c.Int("replaced_value_int64", 0);
        Node with = g.Cast(g.Const(Tensor.From(values, values.Length == 1 ? Shape.Scalar : [values.Length])), x.Type);
        return [g.Where(double.IsNaN(replaced) ? g.IsNaN(x) : g.Eq(x, replaced), with, x)];
    }

    private static Lowered[] Encode(Lowering c)
    {
        if (c.Strings("classes_strings") is { } classes)
        {
            Tensor names = Tensor.FromStrings(classes, [classes.Length]), numbers = Tensor.From(Enumerable.Range(0, classes.Length).Select(i => (long)i).ToArray(), [classes.Length]);
            return c[0].Type == DType.String ? [Lookup(c, names, numbers, Tensor.Scalar(c.Int("default_int64", -1)))] : [Lookup(c, numbers, names, Tensor.FromStrings([c.String("default_string", "_Unused")], Shape.Scalar))];
        }
        Tensor keys = List(c, "keys", out string _), values = List(c, "values", out string kind);
        Tensor missing = c.Tensor("default_tensor") ?? kind switch
        {
            "strings" => Tensor.FromStrings([c.String("default_string", "_Unused")], Shape.Scalar),
            "int64s" => Tensor.Scalar(c.Int("default_int64", -1)),
            "floats" => Tensor.Scalar((float)c.Float("default_float", -0.0)),
            _ => Scalars.Zero(values.Type),
        };
        return [Lookup(c, keys, values, missing)];
    }

    private static readonly string[] ListKinds = ["strings", "int64s", "floats", "tensor"];

    private static Tensor List(Lowering c, string name, out string kind)
    {
        kind = ListKinds.FirstOrDefault(k => c.HasAttribute($"{name}_{k}")) ?? throw c.Error(ErrorCode.MalformedModel, $"it has no {name}_*.");
        return kind switch
        {
            "strings" => c.Strings($"{name}_strings") is var s ? Tensor.FromStrings(s!, [s!.Length]) : throw new InvalidOperationException(),
            "int64s" => c.Ints($"{name}_int64s") is var i ? Tensor.From(i!, [i!.Length]) : throw new InvalidOperationException(),
            "floats" => c.Floats($"{name}_floats") is var f ? Tensor.From(Array.ConvertAll(f!, v => (float)v), [f!.Length]) : throw new InvalidOperationException(),
            _ => c.Tensor($"{name}_tensor")!,
        };
    }

    private static Lowered[] MapCategory(Lowering c)
    {
        string[] names = c.Strings("cats_strings") ?? throw c.Error(ErrorCode.MalformedModel, "attribute 'cats_strings' is missing.");
        Tensor n = Tensor.FromStrings(names, [names.Length]), i = Tensor.From(c.Ints("cats_int64s") ?? throw c.Error(ErrorCode.MalformedModel, "attribute 'cats_int64s' is missing."), [names.Length]);
        return c[0].Type == DType.String ? [Lookup(c, n, i, Tensor.Scalar(c.Int("default_int64", -1)))] : [Lookup(c, i, n, Tensor.FromStrings([c.String("default_string", "_Unused")], Shape.Scalar))];
    }

    private static Lowered[] OneHot(Lowering c)
    {
        Tensor keys = c.Strings("cats_strings") is { } s ? Tensor.FromStrings(s, [s.Length]) : c.Ints("cats_int64s") is { } i ? Tensor.From(i, [i.Length]) : throw c.Error(ErrorCode.MalformedModel, "it names no categories.");
        Node x = keys.Type == DType.String || c[0].Type == DType.String ? c[0] : c.G.Cast(c[0], DType.Int64);
        return [c.G.Cast(c.G.Eq(c.G.Unsqueeze(x, -1), c.G.Const(keys)), DType.Float32)];
    }

    /// <summary>The value beside each element's key, or <paramref name="missing"/>; NaN is a key like others.</summary>
    private static Node Lookup(Lowering c, Tensor keys, Tensor values, Tensor missing)
    {
        Node x = c[0];
        Dictionary<object, long> index = [];
        object[] k = Boxed(keys);
        if (k.Length != values.Count) throw c.Error(ErrorCode.MalformedModel, $"{k.Length} keys have {values.Count} values.");
        for (int i = 0; i < k.Length; i++) index.TryAdd(k[i], i);
        TensorType y = new(DType.Int64, x.Shape);
        Node at = c.G.Host("lookup", [x], [y], inputs => [Tensor.From(Array.ConvertAll(Boxed(inputs[0]), key => index.GetValueOrDefault(key, k.Length)), y.Shape)]);
        Node all = c.G.Concat(0, c.G.Const(values.Reshape([values.Count])), c.G.Const(missing.Reshape([1])));
        return c.G.Gather(all, at, 0);
    }

    private static object[] Boxed(Tensor t) => t.Type == DType.String ? [.. t.Strings.Cast<object>()] : t.Type.IsFloat() ? [.. Scalars.ToFloat64(t).Cast<object>()] : [.. Scalars.ToInt64(t).Cast<object>()];
}
