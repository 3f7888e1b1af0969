using Tessera.Onnx;

namespace Tessera.Conformance;

/// <summary>Models small enough to know, made in code.</summary>
internal static class SampleModels
{
    public const int Inputs = 48, Hidden = 72, Outputs = 20;

    /// <summary>softmax(relu(x·w + b)·v) for x ["N", 48].</summary>
    public static OnnxModel Perceptron()
    {
        Random r = new(11);
        return Model("perceptron", [Info("x", "N", Inputs)], [Info("y", "N", Outputs)],
            [Node("MatMul", ["x", "w"], "h"), Node("Add", ["h", "b"], "s"), Node("Relu", ["s"], "a"), Node("MatMul", ["a", "v"], "l"), Node("Softmax", ["l"], "y")],
            new() { ["w"] = Numbers(r, [Inputs, Hidden]), ["b"] = Numbers(r, [Hidden]), ["v"] = Numbers(r, [Hidden, Outputs]) });
    }

    public const int Width = 64;

    /// <summary>Enough products in a row to be interrupted: x ["N", 64] through 400 layers.</summary>
    public static OnnxModel Deep()
    {
        Random r = new(12);
        Tensor w = Numbers(r, [Width, Width]);
        List<OnnxNode> nodes = [];
        for (int i = 0; i < 400; i++)
        {
            nodes.Add(Node("MatMul", [i == 0 ? "x" : $"t{i - 1}", "w"], $"m{i}"));
            nodes.Add(Node("Tanh", [$"m{i}"], i == 399 ? "y" : $"t{i}"));
        }
        return Model("deep", [Info("x", "N", Width)], [Info("y", "N", Width)], nodes, new() { ["w"] = w });
    }

    /// <summary>Two inputs whose first extent is shared, two outputs: a + b and a·b.</summary>
    public static OnnxModel Pair() => Model("pair", [Info("a", "N", 3), Info("b", "N", 3)], [Info("sum", "N", 3), Info("product", "N", 3)], [Node("Add", ["a", "b"], "sum"), Node("Mul", ["a", "b"], "product")], []);

    public static Tensor Numbers(Random r, Shape s)
    {
        float[] v = new float[s.Count];
        for (int i = 0; i < v.Length; i++) v[i] = (r.NextSingle() - 0.5f) / 4;
        return Tensor.From(v, s);
    }

    private static OnnxValueInfo Info(string name, params OnnxDim[] dims) => new(name, new OnnxType.Tensor(DType.Float32, dims));

    private static OnnxNode Node(string op, string[] inputs, string output) => new() { OpType = op, Inputs = inputs, Outputs = [output] };

    private static OnnxModel Model(string name, OnnxValueInfo[] inputs, OnnxValueInfo[] outputs, IReadOnlyList<OnnxNode> nodes, Dictionary<string, Tensor> weights) => new()
    {
        Opsets = new Dictionary<string, long> { [""] = 17 },
        Graph = new OnnxGraph { Name = name, Inputs = inputs, Outputs = outputs, Nodes = nodes, Initializers = weights },
    };
}
