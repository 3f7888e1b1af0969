using Tessera.Onnx;

namespace Tessera.Tests.Onnx;

/// <summary>Small models made in code, which between them use every part of the format.</summary>
internal static class Models
{
    public static IEnumerable<OnnxModel> All() => [Mlp(), ControlFlow(), Functions(), EveryAttribute(), EveryType()];

    public static OnnxModel Of(OnnxGraph graph) => new() { Graph = graph, Opsets = Opsets(("", 17)), Producer = "Tessera.Tests" };

    public static IReadOnlyDictionary<string, long> Opsets(params ReadOnlySpan<(string Domain, long Version)> sets)
    {
        OrderedDictionary<string, long> d = [];
        foreach ((string domain, long version) in sets) d[domain] = version;
        return d;
    }

    public static IReadOnlyDictionary<string, Tensor> Tensors(params ReadOnlySpan<(string Name, Tensor Tensor)> tensors)
    {
        OrderedDictionary<string, Tensor> d = [];
        foreach ((string name, Tensor t) in tensors) d[name] = t;
        return d;
    }

    public static OnnxValueInfo Float(string name, params OnnxDim[] dims) => new(name, new OnnxType.Tensor(DType.Float32, dims));

    public static OnnxNode Node(string op, string[] inputs, string[] outputs, params ReadOnlySpan<OnnxAttribute> attributes) =>
        new() { OpType = op, Name = $"{op}_{outputs.FirstOrDefault()}", Inputs = inputs, Outputs = outputs, Attributes = OnnxAttributes.Of(attributes) };

    public static OnnxModel Mlp() => new()
    {
        Producer = "Tessera.Tests", ProducerVersion = "1.2", Domain = "test.tessera", ModelVersion = 7, Doc = "Ein Netz — mit Umlauten: äöü.",
        Opsets = Opsets(("", 17), ("com.example", 2)),
        Metadata = new OrderedDictionary<string, string> { ["author"] = "tests", ["empty"] = "" },
        Graph = new()
        {
            Name = "mlp", Doc = "two layers",
            Inputs = [Float("x", "batch", 3), Float("w", 3, 2)],
            Outputs = [Float("y", "batch", OnnxDim.Unknown)],
            ValueInfos = [Float("h", "batch", 2) with { Doc = "hidden" }],
            Initializers = Tensors(("w", Tensor.From([1f, -2f, 3f, 0f, -0f, float.NaN], [3, 2])), ("b", Tensor.From([0.5f, -0.5f], [2]))),
            Nodes = [Node("MatMul", ["x", "w"], ["m"]), Node("Add", ["m", "b"], ["h"]), Node("Relu", ["h"], ["y"])],
        },
    };

    public static OnnxModel ControlFlow()
    {
        OnnxGraph then = new() { Name = "then", Outputs = [Float("t")], Nodes = [Node("Add", ["x", "one"], ["t"])], Initializers = Tensors(("one", Tensor.Scalar(1f))) };
        OnnxGraph inner = new() { Name = "inner", Outputs = [new("u", OnnxType.Unknown.Instance)], Nodes = [Node("Mul", ["x", "n"], ["u"])] };
        OnnxGraph other = new()
        {
            Name = "else", Outputs = [Float("e")],
            Nodes = [Node("Neg", ["x"], ["n"]), Node("If", ["c"], ["e"], OnnxAttribute.Of("then_branch", inner), OnnxAttribute.Of("else_branch", inner))],
        };
        return Of(new()
        {
            Name = "control", Inputs = [Float("x"), new("c", new OnnxType.Tensor(DType.Bool, []))], Outputs = [Float("y")],
            Nodes = [Node("If", ["c"], ["y"], OnnxAttribute.Of("then_branch", then), OnnxAttribute.Of("else_branch", other))],
        });
    }

    public static OnnxModel Functions()
    {
        OnnxFunction square = new() { Domain = "my", Name = "Square", Inputs = ["a"], Outputs = ["b"], Opsets = Opsets(("", 17)), Nodes = [Node("Mul", ["a", "a"], ["b"])] };
        OnnxFunction scaled = new()
        {
            Domain = "my", Name = "Scaled", Overload = "f32", Doc = "alpha · a²", Inputs = ["a"], Outputs = ["s"], Attributes = ["alpha"],
            DefaultAttributes = OnnxAttributes.Of(OnnxAttribute.Of("beta", 0.25f)),
            Opsets = Opsets(("", 17), ("my", 1)),
            ValueInfos = [Float("q")],
            Nodes = [Call("Square", "", ["a"], ["q"]), Node("LeakyRelu", ["q"], ["s"], OnnxAttribute.Reference("alpha", OnnxAttributeKind.Float, "alpha"))],
        };
        return new()
        {
            Opsets = Opsets(("", 17), ("my", 1)),
            Functions = new OrderedDictionary<(string, string), OnnxFunction> { [("my", "Square")] = square, [("my", "Scaled:f32")] = scaled },
            Graph = new() { Name = "calls", Inputs = [Float("x", 4)], Outputs = [Float("y", 4)], Nodes = [Call("Scaled", "f32", ["x"], ["y"], OnnxAttribute.Of("alpha", 0.1f))] },
        };
    }

    public static OnnxNode Call(string function, string overload, string[] inputs, string[] outputs, params ReadOnlySpan<OnnxAttribute> attributes) =>
        new() { OpType = function, Domain = "my", Overload = overload, Inputs = inputs, Outputs = outputs, Attributes = OnnxAttributes.Of(attributes), Doc = "call" };

    public static OnnxModel EveryAttribute()
    {
        OnnxSparseTensor sparse = new(Tensor.From([2f, 3f], [2]), Tensor.From([0L, 1L, 1L, 2L], [2, 2]), [2, 3]);
        OnnxGraph body = new() { Name = "body", Outputs = [Float("z")], Nodes = [Node("Neg", ["x"], ["z"])] };
        return Of(new()
        {
            Name = "attributes", Inputs = [Float("x")], Outputs = [Float("y")],
            Nodes =
            [
                Node("Custom", ["x", "", "x"], ["y", ""],
                    OnnxAttribute.Of("f", float.NegativeInfinity), OnnxAttribute.Of("i", long.MinValue), OnnxAttribute.Of("s", "größer"), OnnxAttribute.Of("s0", ""),
                    OnnxAttribute.Of("t", Tensor.From([1L, 2L], [2])), OnnxAttribute.Of("g", body), OnnxAttribute.Of("fs", [1f, -0f]), OnnxAttribute.Of("is", [-1L, 0L, long.MaxValue]),
                    OnnxAttribute.Of("ss", ["", "b"]), OnnxAttribute.Of("ts", [Tensor.Scalar(1.5), Tensor.FromStrings(["p", "q"], [2])]), OnnxAttribute.Of("gs", [body, body]),
                    OnnxAttribute.Of("st", sparse), OnnxAttribute.Of("none", Array.Empty<long>()),
                    OnnxAttribute.Of("ty", new OnnxType.Optional(new OnnxType.Sequence(new OnnxType.Tensor(DType.Int8, [1, "n", OnnxDim.Unknown]))))),
            ],
        });
    }

    public static OnnxModel EveryType()
    {
        List<(string, Tensor)> tensors = [];
        foreach (DType type in Enum.GetValues<DType>())
        {
            if (type == DType.String) tensors.Add(("String", Tensor.FromStrings(["", "ä", "long enough"], [3])));
            else
            {
                Tensor t = Tensor.Zeros(type, [3]);
                for (int i = 0; i < t.RawBytes().Length; i++) t.RawBytes()[i] = (byte)(type == DType.Bool ? i & 1 : i * 37 + 1);
                tensors.Add(($"{type}", t));
            }
        }
        tensors.Add(("empty", Tensor.Zeros(DType.Float32, [0, 5])));
        OnnxType.Tensor f = new(DType.Float16, null);
        return Of(new()
        {
            Name = "types", Initializers = Tensors([.. tensors]), Outputs = [Float("Float32", 3)],
            Inputs = [new("seq", new OnnxType.Sequence(f)), new("opt", new OnnxType.Optional(new OnnxType.Sequence(f))), new("map", new OnnxType.Map(DType.Int64, f)), new("sparse", new OnnxType.SparseTensor(DType.Float32, [2, 2]))],
        });
    }
}
