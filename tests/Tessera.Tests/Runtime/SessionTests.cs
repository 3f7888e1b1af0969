using Tessera.Onnx;
using static Tessera.Tests.Runtime.Build;

namespace Tessera.Tests.Runtime;

/// <summary>What a session refuses, reports and gives back.</summary>
public sealed class SessionTests : IDisposable
{
    private readonly ReferenceEngine _engine = new();

    public void Dispose() => _engine.Dispose();

    private Session Sum() => _engine.Compile(Model(Graph([Value("a", DType.Float32, "n", 2), Value("b", DType.Float32, "n", 2)], [Any("c", DType.Float32)], [Node("Add", "a b", "c")])));

    [Fact]
    public void Wrong_inputs_are_refused_by_name_before_anything_runs()
    {
        using Session s = Sum();
        Tensor ok = Tensor.From([1f, 2], [1, 2]);
        Check(ErrorCode.InvalidArgument, "'x'", () => s.Run(new Dictionary<string, Value> { ["x"] = ok }));
        Check(ErrorCode.InvalidArgument, "'b'", () => s.Run(new Dictionary<string, Value> { ["a"] = ok }));
        Check(ErrorCode.TypeMismatch, "'b'", () => s.Run(ok, Tensor.From([1.0, 2], [1, 2])));
        Check(ErrorCode.ShapeMismatch, "'b'", () => s.Run(ok, Floats(1, 2)));
        Check(ErrorCode.ShapeMismatch, "'n'", () => s.Run(ok, Tensor.From([1f, 2, 3, 4], [2, 2])));
        Check(ErrorCode.InvalidArgument, "2 inputs", () => s.Run(ok));
        Assert.Equal(0, s.GetMetrics().Runs);
        Assert.Equal([2f, 4f], s.Run(ok, ok)[0].ToArray<float>());
    }

    [Fact]
    public void All_unsupported_operators_are_named_at_once()
    {
        OnnxModel m = Model(Graph([Value("x", DType.Float32, 1)], [Any("z", DType.Float32)], [Node("Frobnicate", "x", "y"), Node("Wibble", "y", "w"), Node("Gelu", "w", "z")]));
        TesseraException e = Assert.Throws<TesseraException>(() => _engine.Compile(m));
        Assert.Equal(ErrorCode.Unsupported, e.Code);
        foreach (string name in new[] { "Frobnicate", "Wibble", "Gelu at version 17" }) Assert.Contains(name, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_engine_may_go_while_it_starts()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("tessera-").FullName, "sum.onnx");
        Model(Graph([Value("a", DType.Float32, 2)], [Any("c", DType.Float32)], [Node("Add", "a a", "c")])).Save(file);
        for (int i = 0; i < 20; i++)
        {
            CpuEngine engine = new();
            Session s = engine.Load(file);
            Parallel.Invoke(engine.Dispose, engine.Dispose, s.Dispose);
            Assert.Equal(EngineState.Disposed, engine.GetHealth().State);
            Assert.Throws<ObjectDisposedException>(() => engine.Load(file));
            Assert.Equal(0, engine.Pool.Used);
        }
        Directory.Delete(Path.GetDirectoryName(file)!, true);
    }

    [Fact]
    public void An_operator_that_does_not_fit_names_its_node()
    {
        using Session s = _engine.Compile(Model(Graph([Value("a", DType.Float32, 2, 3), Value("b", DType.Float32, 2, 3)], [Any("c", DType.Float32)], [Node("MatMul", "a b", "c")])));
        Tensor t = Tensor.Zeros(DType.Float32, [2, 3]);
        Check(ErrorCode.ShapeMismatch, "MatMul:c", () => s.Run(t, t));
    }

    [Fact]
    public async Task Cancellation_timeouts_and_batches()
    {
        OnnxGraph body = Graph([Value("i", DType.Int64), Value("go", DType.Bool), Value("a", DType.Float32, 1)], [Value("go2", DType.Bool), Value("b", DType.Float32, 1)], [Node("Identity", "go", "go2"), Node("Identity", "a", "b")]);
        using Session endless = _engine.Compile(Model(Graph([Value("x", DType.Float32, 1)], [Any("y", DType.Float32)], [Node("Loop", "  x", "y", OnnxAttribute.Of("body", body))])));
        Check(ErrorCode.Timeout, "did not finish", () => endless.Run([Floats(1)], new Tensor?[1], new RunOptions { Timeout = TimeSpan.FromMilliseconds(50) }));
        using CancellationTokenSource source = new(50);
        Assert.ThrowsAny<OperationCanceledException>(() => endless.Run([Floats(1)], new Tensor?[1], null, source.Token));
        Assert.Equal(2, endless.GetMetrics().Failures);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless.RunAsync([Floats(1)], null, source.Token));

        using Session s = Sum();
        Tensor[][] y = await s.RunBatchAsync([.. Enumerable.Range(1, 5).Select(n => new[] { Tensor.Zeros(DType.Float32, [n, 2]), Tensor.Zeros(DType.Float32, [n, 2]) })], null, TestContext.Current.CancellationToken);
        Assert.Equal([1L, 2, 3, 4, 5], y.Select(t => t[0].Shape[0]));
        Assert.Equal(5, s.GetMetrics().Runs);
        Assert.Equal(5, s.GetMetrics().Latency.Sum());
    }

    [Fact]
    public void Inputs_with_defaults_may_be_given_or_left_out()
    {
        OnnxGraph g = Graph([Value("x", DType.Float32, 2), Value("w", DType.Float32, 2) with { HasDefault = true }], [Any("y", DType.Float32)], [Node("Mul", "x w", "y")], ("w", Floats(10, 20)));
        using Session s = _engine.Compile(Model(g));
        Assert.Equal([10f, 40f], s.Run(Floats(1, 2))[0].ToArray<float>());
        IReadOnlyDictionary<string, Value> y = s.Run(new Dictionary<string, Value> { ["x"] = Floats(1, 2), ["w"] = Floats(3, 4) });
        Assert.Equal([3f, 8f], ((TensorValue)y["y"]).Tensor.ToArray<float>());
    }

    [Fact]
    public void Results_never_share_memory_with_inputs_or_the_model()
    {
        Tensor w = Floats(7), x = Floats(1);
        using Session s = _engine.Compile(Model(Graph([Value("x", DType.Float32, 1)], [Any("a", DType.Float32), Any("b", DType.Float32)], [Node("Identity", "x", "a"), Node("Identity", "w", "b")], ("w", w))));
        Tensor[] y = s.Run(x);
        y[0].Span<float>()[0] = y[1].Span<float>()[0] = -1;
        Assert.Equal(1f, x.Span<float>()[0]);
        Assert.Equal(7f, w.Span<float>()[0]);
    }

    private static void Check(ErrorCode code, string part, Action act)
    {
        TesseraException e = Assert.Throws<TesseraException>(act);
        Assert.Equal(code, e.Code);
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }
}
