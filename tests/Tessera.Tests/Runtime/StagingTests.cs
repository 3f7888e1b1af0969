using Tessera.Onnx;
using static Tessera.Tests.Runtime.Build;

namespace Tessera.Tests.Runtime;

/// <summary>Models whose shapes or control flow depend on data run as a chain of static graphs.</summary>
public sealed class StagingTests : IDisposable
{
    private readonly ReferenceEngine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Branch_on_a_small_input_is_one_graph_per_condition()
    {
        OnnxGraph then = Graph([], [Any("t", DType.Float32)], [Node("Neg", "x", "t")]), otherwise = Graph([], [Any("e", DType.Float32)], [Node("Concat", "x x", "e", OnnxAttribute.Of("axis", 0))]);
        using Session s = _engine.Compile(Model(Graph([Value("c", DType.Bool), Value("x", DType.Float32, "n")], [Any("y", DType.Float32)],
            [Node("If", "c", "y", OnnxAttribute.Of("then_branch", then), OnnxAttribute.Of("else_branch", otherwise))])));
        Assert.Equal([-1f, -2f], s.Run(Tensor.Scalar(true), Floats(1, 2))[0].ToArray<float>());
        Assert.Equal([1f, 2f, 1f, 2f], s.Run(Tensor.Scalar(false), Floats(1, 2))[0].ToArray<float>());
        Assert.Equal([-5f, -6f], s.Run(Tensor.Scalar(true), Floats(5, 6))[0].ToArray<float>());
        Assert.Equal(2, s.Stages.Count);
        Assert.All(s.Stages, g => Assert.Empty(g.DynamicSteps));
    }

    [Fact]
    public void Shapes_that_depend_on_data_start_a_new_stage()
    {
        using Session s = _engine.Compile(Model(Graph([Value("x", DType.Float32, "n")], [Any("y", DType.Int64)],
            [Node("Relu", "x", "r"), Node("NonZero", "r", "i"), Node("Mul", "i i", "y")])));
        using Tensor y = s.Run(Floats(-1, 3, 0, 4, 5))[0];
        Assert.Equal([1, 3], y.Shape.ToArray());
        Assert.Equal([1L, 9L, 16L], y.ToArray<long>());
        Assert.Equal([1, 0], s.Run(Floats(-1, -1))[0].Shape.ToArray());
        Assert.Contains(s.Stages, g => g.DynamicSteps.Length == 1);
    }

    [Fact]
    public void A_value_computed_from_much_data_can_shape_what_follows()
    {
        // The number of positive elements among 64 decides the shape of the result.
        using Session s = _engine.Compile(Model(Graph([Value("x", DType.Float32, 64)], [Any("y", DType.Float32)],
            [Node("Greater", "x zero", "p"), Node("Cast", "p", "c", OnnxAttribute.Of("to", 7)), Node("ReduceSum", "c", "n", OnnxAttribute.Of("keepdims", 1)), Node("Expand", "one n", "y")],
            ("zero", Tensor.Scalar(0f)), ("one", Tensor.Scalar(1f)))));
        foreach (int count in new[] { 3, 7, 3 })
        {
            using Tensor y = s.Run(Tensor.From(Enumerable.Range(0, 64).Select(i => i < count ? 1f : -1f).ToArray(), [64]))[0];
            Assert.Equal([count], y.Shape.ToArray());
        }
        Assert.Equal(3, s.Stages.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Loop_carries_values_captures_outer_ones_and_stacks_scan_outputs(long trips)
    {
        OnnxGraph body = Graph([Value("i", DType.Int64), Value("go", DType.Bool), Value("a", DType.Float32, 2)], [Value("go2", DType.Bool), Value("b", DType.Float32, 2), Value("row", DType.Float32, 2)],
            [Node("Identity", "go", "go2"), Node("Add", "a step", "b"), Node("Mul", "b b", "row")]);
        using Session s = _engine.Compile(Model(Graph([Value("n", DType.Int64), Value("start", DType.Float32, 2), Value("step", DType.Float32, 2)], [Any("end", DType.Float32), Any("rows", DType.Float32)],
            [Node("Loop", "n  start", "end rows", OnnxAttribute.Of("body", body))])));
        Tensor[] y = s.Run(Tensor.Scalar(trips), Floats(0, 1), Floats(1, 2));
        Assert.Equal([trips, 1 + 2 * trips], y[0].ToArray<float>());
        Assert.Equal([trips, 2], y[1].Shape.ToArray());
        if (trips > 0) Assert.Equal([1f, 9f], y[1].ToArray<float>()[..2]);
    }

    [Fact]
    public void Functions_take_attributes_and_leave_out_optional_inputs()
    {
        OnnxFunction f = new()
        {
            Domain = "own", Name = "Scale", Inputs = ["x"], Outputs = ["y"], Attributes = ["alpha"], Opsets = new Dictionary<string, long> { [""] = 17 },
            Nodes = [Node("LeakyRelu", "x", "y", OnnxAttribute.Reference("alpha", OnnxAttributeKind.Float, "alpha"))]
        };
        using Session s = _engine.Compile(Model(Graph([Value("x", DType.Float32, 2)], [Any("z", DType.Float32)],
            [Node("own", "Scale", "x", "y", OnnxAttribute.Of("alpha", 0.5f)), Node("own", "Scale", "y", "z", OnnxAttribute.Of("alpha", 0.25f))]), 17, f));
        Assert.Equal([-0.5f, 4f], s.Run(Floats(-4, 4))[0].ToArray<float>());
    }

    [Fact]
    public void Plans_are_bounded_and_come_back()
    {
        using Session s = _engine.Compile(Model(Graph([Value("x", DType.Float32, "n")], [Any("y", DType.Float32)], [Node("Neg", "x", "y")])), new SessionOptions { MaxPlans = 2 });
        foreach (int n in new[] { 1, 2, 3, 1, 2, 3 })
            Assert.Equal(Enumerable.Repeat(-1f, n), s.Run(Tensor.From(Enumerable.Repeat(1f, n).ToArray(), [n]))[0].ToArray<float>());
        Assert.Equal(6, s.Stages.Count);
    }

    [Fact]
    public void Sequences_are_structure()
    {
        using Session s = _engine.Compile(Model(Graph([Value("x", DType.Float32, 3, 2)], [Any("y", DType.Float32), Any("n", DType.Int64)],
            [Node("SplitToSequence", "x", "q"), Node("SequenceAt", "q one", "e"), Node("SequenceInsert", "q e", "q2"), Node("ConcatFromSequence", "q2", "y", OnnxAttribute.Of("axis", 0)), Node("SequenceLength", "q2", "n")],
            ("one", Tensor.Scalar(1L)))));
        Tensor[] y = s.Run(Tensor.From([1f, 2, 3, 4, 5, 6], [3, 2]));
        Assert.Equal([1f, 2, 3, 4, 5, 6, 3, 4], y[0].ToArray<float>());
        Assert.Equal(4L, y[1].ToArray<long>()[0]);
        Assert.Single(s.Stages);
    }

    [Fact]
    public void Inferred_shapes_carry_the_symbols_of_the_inputs()
    {
        using Session s = _engine.Compile(Model(Graph([Value("x", DType.Float32, "n", 3, "h", 32)], [Any("y", DType.Float32), Any("f", DType.Float32)],
            [Node("MaxPool", "x", "p", OnnxAttribute.Of("kernel_shape", [2, 2]), OnnxAttribute.Of("strides", [2, 2])), Node("Concat", "p p", "y", OnnxAttribute.Of("axis", 0)), Node("Flatten", "x", "f", OnnxAttribute.Of("axis", 3)), Node("NonZero", "x", "z")])));
        IReadOnlyDictionary<string, OnnxType> t = s.InferShapes();
        Assert.Equal("Float32[n, 3, h/2, 16]", t["p"].ToString());
        Assert.Equal("Float32[2·n, 3, h/2, 16]", t["y"].ToString());
        Assert.Equal("Float32[3·n·h, 32]", t["f"].ToString());
        Assert.False(t.ContainsKey("z"));
    }
}
