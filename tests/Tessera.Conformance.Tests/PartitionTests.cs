using Tessera.Ir;
using Tessera.Onnx;

namespace Tessera.Conformance.Tests;

/// <summary>What an engine can't run goes to another one, where that is allowed.</summary>
public sealed class PartitionTests
{
    /// <summary>a + 1 as text and back, doubled: strings have no kernels.</summary>
    private static OnnxModel ThroughText()
    {
        OnnxNode Node(string op, string[] from, string to, params OnnxAttribute[] attributes) => new() { Name = $"{op}:{to}", OpType = op, Inputs = from, Outputs = [to], Attributes = OnnxAttributes.Of(attributes) };
        OnnxValueInfo Value(string name) => new(name, new OnnxType.Tensor(DType.Float32, [2, 3]));
        OrderedDictionary<string, Tensor> constants = new() { ["one"] = Tensor.From([1f], [1]) };
        return new()
        {
            Graph = new()
            {
                Name = "through text", Inputs = [Value("a")], Outputs = [Value("z"), Value("b")], Initializers = constants,
                Nodes =
                [
                    Node("Add", ["a", "one"], "b"), Node("Cast", ["b"], "s", OnnxAttribute.Of("to", 8L)), Node("Cast", ["s"], "f", OnnxAttribute.Of("to", 1L)), Node("Add", ["f", "b"], "z"),
                ],
            },
            Opsets = new Dictionary<string, long> { [""] = 17 },
        };
    }

    public static TheoryData<string> Kernels => ["interpreter", "wasm", "opencl", "webgpu:dawn"];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Nodes_without_kernels_run_on_the_fallback_and_the_plan_says_so(string name)
    {
        Engines.SkipWhenAbsent(name);
        Engine engine = Engines.Of(name), cpu = Engines.Of("cpu");
        using OnnxModel model = ThroughText();
        using Session s = engine.Compile(model, new SessionOptions { Fallback = cpu });
        using Tensor a = Tensor.From([0f, 1, 2.5f, -3, 4, 5], [2, 3]);
        Tensor[] y = s.Run(a);
        Assert.Equal([2f, 4, 7, -4, 10, 12], y[0].ToArray<float>());
        Assert.Equal([1f, 2, 3.5f, -2, 5, 6], y[1].ToArray<float>());
        // Into tensors of the caller's.
        Tensor?[] given = [Tensor.Zeros(DType.Float32, [2, 3]), Tensor.Zeros(DType.Float32, [2, 3])];
        s.Run([a], given);
        Assert.Equal(y[0].ToArray<float>(), given[0]!.ToArray<float>());
        Assert.NotEmpty(s.LeftToFallback);
        Assert.All(s.LeftToFallback, step => Assert.Contains("String", step.Why, StringComparison.Ordinal));
        IReadOnlyList<PlanStep> plan = s.Stages[0].Executable.Plan;
        Assert.Equal([name, "cpu", name], plan.Where(p => p.Nodes.Count == 0).Select(p => p.Engine!));
        Assert.All(plan, p => Assert.True(p.Nodes.Count > 0 || p.Bytes > 0));
        (IReadOnlyDictionary<string, Value> results, IReadOnlyList<ProfiledStep> steps) = s.ProfileRun(new Dictionary<string, Value> { ["a"] = a });
        Assert.Equal(plan.Count, steps.Count);
        foreach (Value v in results.Values) v.Dispose();
        foreach (Tensor t in y) t.Dispose();
        foreach (Tensor? t in given) t!.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Without_a_fallback_they_are_refused(string name)
    {
        Engines.SkipWhenAbsent(name);
        using OnnxModel model = ThroughText();
        using Session s = Engines.Of(name).Compile(model);
        using Tensor a = Tensor.Zeros(DType.Float32, [2, 3]);
        TesseraException e = Assert.Throws<TesseraException>(() => s.Run(a));
        Assert.Equal(ErrorCode.Unsupported, e.Code);
        Assert.Contains("String", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_the_engine_runs_whole_is_left_to_nobody()
    {
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, [4]);
        Assert.Null(Programs.Refusal(g.Softmax(x, 0), Tessera.Kernels.KernelTarget.Interpreter));
        Assert.NotNull(Programs.Refusal(g.Cast(x, DType.String), Tessera.Kernels.KernelTarget.Interpreter));
    }
    [Theory]
    [MemberData(nameof(Kernels))]
    public void Shapes_that_depend_on_data_are_computed_by_the_host_only_where_that_is_allowed(string name)
    {
        Engines.SkipWhenAbsent(name);
        OnnxGraph g = new()
        {
            Name = "places", Inputs = [new("x", new OnnxType.Tensor(DType.Float32, [2, 2]))], Outputs = [new("y", new OnnxType.Tensor(DType.Int64, null))], Initializers = new OrderedDictionary<string, Tensor>(),
            Nodes = [new() { Name = "places", OpType = "NonZero", Inputs = ["x"], Outputs = ["y"], Attributes = OnnxAttributes.Of() }],
        };
        using OnnxModel model = new() { Graph = g, Opsets = new Dictionary<string, long> { [""] = 17 } };
        using Tensor x = Tensor.From([0f, 1, 0, 2], [2, 2]);
        using (Session allowed = Engines.Of(name).Compile(model, new SessionOptions { Fallback = Engines.Of("cpu") }))
        {
            Tensor[] y = allowed.Run(x);
            Assert.Equal([0L, 1, 1, 1], y[0].ToArray<long>());
            y[0].Dispose();
        }
        using Session strict = Engines.Of(name).Compile(model);
        TesseraException e = Assert.Throws<TesseraException>(() => strict.Run(x));
        Assert.Equal(ErrorCode.Unsupported, e.Code);
        Assert.Contains("'places'", e.Message, StringComparison.Ordinal);
    }
}
