namespace Tessera.Conformance;

/// <summary>Wrong inputs are refused, by code and before anything runs.</summary>
internal static class RefusalContracts
{
    public static IEnumerable<Contract> All =>
    [
        new("refuses wrong numbers, types and shapes of inputs", Wrong),
        new("refuses wrong names", Names),
        new("refuses models with unknown operators, naming them", Unknown),
    ];

    private static string? Wrong(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Pair());
        using Tensor a = Tensor.From(new float[6], [2, 3]), b = Tensor.From(new float[9], [3, 3]), rank = Tensor.From(new float[3], [3]), wide = Tensor.From(new float[8], [2, 4]), type = Tensor.From(new double[6], [2, 3]);
        string? problem = Probe.Refused("one input of two", ErrorCode.InvalidArgument, () => p.Session.Run(a))
            ?? Probe.Refused("three inputs of two", ErrorCode.InvalidArgument, () => p.Session.Run(a, a, a))
            ?? Probe.Refused("Float64 for Float32", ErrorCode.TypeMismatch, () => p.Session.Run(a, type))
            ?? Probe.Refused("rank 1 for 2", ErrorCode.ShapeMismatch, () => p.Session.Run(a, rank))
            ?? Probe.Refused("extent 4 for 3", ErrorCode.ShapeMismatch, () => p.Session.Run(a, wide))
            ?? Probe.Refused("extents 2 and 3 for one symbol", ErrorCode.ShapeMismatch, () => p.Session.Run(a, b));
        if (problem is not null) return problem;
        if (p.Session.GetMetrics().Runs != 0) return "something ran although every input was wrong";
        foreach (Tensor t in p.Session.Run(a, a)) t.Dispose();
        // Once a plan exists, wrong inputs must not slip into it.
        return Probe.Refused("extents 2 and 3 for one symbol, after a good run", ErrorCode.ShapeMismatch, () => p.Session.Run(a, b)) ?? Probe.Refused("Float64 for Float32, after a good run", ErrorCode.TypeMismatch, () => p.Session.Run(a, type));
    }

    private static string? Names(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Pair());
        using Tensor a = Tensor.From(new float[6], [2, 3]);
        return Probe.Refused("an unknown name", ErrorCode.InvalidArgument, () => p.Session.Run(new Dictionary<string, Value> { ["a"] = a, ["b"] = a, ["c"] = a }))
            ?? Probe.Refused("a missing name", ErrorCode.InvalidArgument, () => p.Session.Run(new Dictionary<string, Value> { ["a"] = a }));
    }

    private static string? Unknown(Func<EngineOptions, Engine> make)
    {
        using Engine e = make(new());
        using Onnx.OnnxModel m = new()
        {
            Opsets = new Dictionary<string, long> { [""] = 17 },
            Graph = new Onnx.OnnxGraph
            {
                Inputs = [new("x", new Onnx.OnnxType.Tensor(DType.Float32, [2]))],
                Outputs = [new("y", new Onnx.OnnxType.Tensor(DType.Float32, [2]))],
                Nodes = [new() { OpType = "Frobnicate", Inputs = ["x"], Outputs = ["y"] }],
            },
        };
        try
        {
            e.Compile(m).Dispose();
            return "a model with the operator Frobnicate was accepted";
        }
        catch (TesseraException x)
        {
            return x.Code == ErrorCode.Unsupported && x.Message.Contains("Frobnicate", StringComparison.Ordinal) ? null : $"{x.Code}: {x.Message}";
        }
    }
}
