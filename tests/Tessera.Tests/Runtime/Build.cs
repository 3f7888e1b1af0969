using Tessera.Onnx;

namespace Tessera.Tests.Runtime;

/// <summary>Models written down in a line or two.</summary>
internal static class Build
{
    public static OnnxNode Node(string op, string inputs, string outputs, params ReadOnlySpan<OnnxAttribute> attributes) => new()
    {
        Name = $"{op}:{outputs}", OpType = op, Inputs = inputs.Split(' '), Outputs = outputs.Split(' '), Attributes = OnnxAttributes.Of(attributes),
    };

    public static OnnxNode Node(string domain, string op, string inputs, string outputs, params ReadOnlySpan<OnnxAttribute> attributes) => new()
    {
        Name = $"{op}:{outputs}", Domain = domain, OpType = op, Inputs = inputs.Split(' '), Outputs = outputs.Split(' '), Attributes = OnnxAttributes.Of(attributes),
    };

    public static OnnxValueInfo Value(string name, DType type, params OnnxDim[] dims) => new(name, new OnnxType.Tensor(type, dims));

    public static OnnxValueInfo Any(string name, DType type) => new(name, new OnnxType.Tensor(type, null));

    public static OnnxGraph Graph(OnnxValueInfo[] inputs, OnnxValueInfo[] outputs, OnnxNode[] nodes, params (string Name, Tensor Value)[] constants)
    {
        OrderedDictionary<string, Tensor> initializers = [];
        foreach ((string name, Tensor value) in constants) initializers[name] = value;
        return new() { Name = "g", Inputs = inputs, Outputs = outputs, Nodes = nodes, Initializers = initializers };
    }

    public static OnnxModel Model(OnnxGraph graph, long opset = 17, params OnnxFunction[] functions)
    {
        OrderedDictionary<string, long> opsets = new() { [""] = opset };
        foreach (OnnxFunction f in functions) opsets[f.Domain] = 1;
        return new() { Graph = graph, Opsets = opsets, Functions = functions.ToDictionary(f => (f.Domain, f.Name)) };
    }

    public static Tensor Floats(params float[] values) => Tensor.From(values, [values.Length]);

    public static Tensor Longs(params long[] values) => Tensor.From(values, [values.Length]);
}
