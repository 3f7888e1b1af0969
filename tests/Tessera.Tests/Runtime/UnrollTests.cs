using System.Collections.Immutable;
using Tessera.Engines.Reference;
using Tessera.Ir;
using Tessera.Onnx;
using static Tessera.Tests.Runtime.Build;

namespace Tessera.Tests.Runtime;

/// <summary>Loops whose number of turns is known are part of the graph; others run between stages, with the same results.</summary>
public sealed class UnrollTests : IDisposable
{
    /// <summary>The reference as if it were in another process.</summary>
    private sealed class Far() : Engine("far", null)
    {
        public override ValueTask<Compatibility> CheckCompatibilityAsync(CancellationToken cancel = default) => new(Compatibility.Yes("for a test"));

        protected internal override Executable Prepare(Graph graph, PrepareOptions options) => new ReferenceExecutable(graph, options.Pool);

        protected internal override Tensor[]? Fold(Node node) => ReferenceFolding.Fold(node);

        protected override EngineCapabilities Probe() => new(Parallel: false, Gpu: false, Distributed: false, Streaming: false, Threads: 1, MaxMemory: Pool.Budget, Precisions: [], MaxBatch: 0, Features: ImmutableSortedDictionary<string, string>.Empty);
    }

    private readonly Far _engine = new();

    public void Dispose() => _engine.Dispose();

    /// <summary>a ← a + step until the turn `last`, n turns at most; rows are the squares.</summary>
    private static OnnxModel Loop(long turns, long last, bool countIsInput)
    {
        OnnxGraph body = Graph([Value("i", DType.Int64), Value("go", DType.Bool), Value("a", DType.Float32, 2)], [Value("go2", DType.Bool), Value("b", DType.Float32, 2), Value("row", DType.Float32, 2)],
            [Node("Less", "i last", "go2"), Node("Add", "a step", "b"), Node("Mul", "b b", "row")]);
        OnnxValueInfo[] inputs = [.. countIsInput ? new[] { Value("n", DType.Int64) } : [], Value("start", DType.Float32, 2), Value("step", DType.Float32, 2)];
        return Model(Graph(inputs, [Any("end", DType.Float32), Any("rows", DType.Float32)], [Node("Loop", "n  start", "end rows", OnnxAttribute.Of("body", body))],
            [("last", Tensor.Scalar(last)), .. countIsInput ? Array.Empty<(string, Tensor)>() : [("n", Tensor.Scalar(turns))]]));
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(5, 10)]
    [InlineData(5, 2)]
    public void A_loop_with_a_constant_count_is_one_graph(long turns, long last)
    {
        using Session unrolled = _engine.Compile(Loop(turns, last, countIsInput: false)), stepped = _engine.Compile(Loop(turns, last, countIsInput: true));
        Tensor[] y = unrolled.Run(Floats(0, 1), Floats(1, 2)), z = stepped.Run(Tensor.Scalar(turns), Floats(0, 1), Floats(1, 2));
        long taken = Math.Min(turns, last + 1);
        Assert.Equal([taken, 1 + 2 * taken], y[0].ToArray<float>());
        Assert.Equal([taken, 2], y[1].Shape.ToArray());
        for (int i = 0; i < 2; i++) Assert.Equal(z[i].ToArray<float>(), y[i].ToArray<float>());
        Assert.Empty(Assert.Single(unrolled.Stages).DynamicSteps);
        Assert.Contains(stepped.Stages, s => s.DynamicSteps.Length == 1);
    }

    [Fact]
    public void An_engine_in_this_process_takes_turns()
    {
        using ReferenceEngine near = new();
        using Session s = near.Compile(Loop(5, 10, countIsInput: false));
        Assert.Equal([5f, 11f], s.Run(Floats(0, 1), Floats(1, 2))[0].ToArray<float>());
        Assert.Contains(s.Stages, g => g.DynamicSteps.Length == 1);
    }

    [Fact]
    public void A_loop_that_data_ends_stays_a_loop()
    {
        OnnxGraph body = Graph([Value("i", DType.Int64), Value("go", DType.Bool), Value("a", DType.Float32)], [Value("go2", DType.Bool), Value("b", DType.Float32)], [Node("Less", "a limit", "go2"), Node("Add", "a a", "b")]);
        using Session s = _engine.Compile(Model(Graph([Value("start", DType.Float32)], [Any("end", DType.Float32)], [Node("Loop", "n  start", "end", OnnxAttribute.Of("body", body))], ("n", Tensor.Scalar(20L)), ("limit", Tensor.Scalar(10f)))));
        Assert.Equal(32f, s.Run(Tensor.Scalar(1f))[0].ToArray<float>()[0]);
        Assert.Equal(24f, s.Run(Tensor.Scalar(3f))[0].ToArray<float>()[0]);
        Assert.Contains(s.Stages, g => g.DynamicSteps.Length == 1);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(600)]
    public void A_scan_goes_along_its_axes_in_its_directions(int length)
    {
        // s ← s + x[:, t] from the last t to the first; y is s, stacked along axis 1 from the end. Two nodes each: 600 turns are too many to unroll.
        OnnxGraph body = Graph([Value("s", DType.Float32, 2), Value("x", DType.Float32, 2)], [Value("s2", DType.Float32, 2), Value("y", DType.Float32, 2)], [Node("Add", "s x", "s2"), Node("Identity", "s2", "y")]);
        OnnxAttribute[] how = [OnnxAttribute.Of("body", body), OnnxAttribute.Of("num_scan_inputs", 1), OnnxAttribute.Of("scan_input_axes", [-1]), OnnxAttribute.Of("scan_input_directions", [1]), OnnxAttribute.Of("scan_output_axes", [1]), OnnxAttribute.Of("scan_output_directions", [1])];
        using Session s = _engine.Compile(Model(Graph([Value("s0", DType.Float32, 2), Value("x", DType.Float32, 2, "t")], [Any("end", DType.Float32), Any("y", DType.Float32)], [Node("Scan", "s0 x", "end y", how)])));
        float[] x = [.. Enumerable.Range(0, 2 * length).Select(i => (float)(i % 7))];
        Tensor[] y = s.Run(Floats(1, 2), Tensor.From(x, [2, length]));
        Assert.Equal([2, length], y[1].Shape.ToArray());
        for (int row = 0; row < 2; row++)
        {
            float sum = row + 1;
            for (int t = length - 1; t >= 0; t--)
            {
                sum += x[row * length + t];
                Assert.Equal(sum, y[1].ToArray<float>()[row * length + t]);
            }
            Assert.Equal(sum, y[0].ToArray<float>()[row]);
        }
        Assert.Equal(length > 100 ? 1 : 0, s.Stages.Sum(g => g.DynamicSteps.Length));
    }
}
