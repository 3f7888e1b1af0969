using System.Diagnostics;
using Tessera.Ir;
using Tessera.Kernels;
using Tessera.Workers;

namespace Tessera.Conformance.Tests;

public sealed class NodeHostTests
{
    private static Graph Square(long n)
    {
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, [n, n]);
        return g.Build([g.MatMul(x, x)]);
    }

    private sealed class Opened(WasmEngine engine, long n) : IDisposable
    {
        private readonly Tensor _x = Tensor.Zeros(DType.Float32, [n, n]);

        public Executable Executable { get; } = ((Engine)engine).Prepare(Square(n), new PrepareOptions(1, engine.Pool, false));

        public void Run(CancellationToken cancel = default)
        {
            Tensor?[] y = [null];
            Executable.Run([_x], y, new RunControl(0, null, cancel));
            y[0]!.Dispose();
        }

        public void Dispose()
        {
            Executable.Dispose();
            _x.Dispose();
        }
    }

    [Fact]
    public async Task A_killed_process_is_an_error_within_two_seconds_and_the_next_run_works()
    {
        Engines.SkipWhenAbsent("wasm");
        using WasmEngine engine = new();
        await engine.InitializeAsync(TestContext.Current.CancellationToken);
        using Opened small = new(engine, 4), large = new(engine, 4000);
        small.Run(TestContext.Current.CancellationToken);
        Task run = Task.Run(() => large.Run(), TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        using Process process = Process.GetProcessById(engine.Host!.ProcessId!.Value);
        process.Kill();
        Stopwatch watch = Stopwatch.StartNew();
        TesseraException e = await Assert.ThrowsAsync<TesseraException>(() => run);
        Assert.Equal(ErrorCode.EngineUnavailable, e.Code);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"after {watch.Elapsed}");
        small.Run(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Disposing_the_engine_leaves_no_process_behind()
    {
        Engines.SkipWhenAbsent("wasm");
        WasmEngine engine = new();
        await engine.InitializeAsync(TestContext.Current.CancellationToken);
        using (Opened small = new(engine, 4)) small.Run(TestContext.Current.CancellationToken);
        using Process process = Process.GetProcessById(engine.Host!.ProcessId!.Value);
        await engine.DisposeAsync();
        Assert.True(process.WaitForExit(5000));
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("version")]
    [InlineData("offset")]
    public async Task The_worker_refuses_what_is_no_program(string damage)
    {
        Engines.SkipWhenAbsent("wasm");
        using WasmEngine engine = new();
        await engine.InitializeAsync(TestContext.Current.CancellationToken);
        Program p = Programs.Wasm(Square(4), out _);
        if (damage == "offset") p = p with { Steps = [p.Steps[0] with { Values = [p.Values.Length, 0] }] };
        byte[] file = ProgramWriter.Write(p);
        if (damage == "truncated") file = file[..(file.Length / 2)];
        if (damage == "version") file[4] = 99;
        TesseraException e = Assert.Throws<TesseraException>(() => engine.Host!.Ask(engine.Host.Start(), 1, 1_000_000, file, [], [], [], default));
        Assert.Contains(damage switch { "truncated" => "truncated", "version" => "format 99", _ => "buffer" }, e.Message, StringComparison.Ordinal);
    }
}
