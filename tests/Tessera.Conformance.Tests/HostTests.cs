using System.Diagnostics;
using Tessera.Ir;
using Tessera.Kernels;
using Tessera.Workers;

namespace Tessera.Conformance.Tests;

/// <summary>Workers in every host that this machine has: Node, Deno, Chromium, Firefox.</summary>
[Collection(nameof(Alone))]
public sealed class HostTests
{
    public static TheoryData<string> Names => [.. Host.All.Select(h => h.Name)];

    private static Graph Square(long n)
    {
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, [n, n]);
        return g.Build([g.MatMul(x, x)]);
    }

    private sealed class Opened(WorkerEngine engine, long n) : IDisposable
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

    private static async Task<WasmEngine> Start(string host)
    {
        WasmEngine engine = new(host, new() { Threads = 1 });
        Compatibility c = await engine.CheckCompatibilityAsync(TestContext.Current.CancellationToken);
        if (!c.IsCompatible) engine.Dispose();
        Assert.SkipWhen(!c.IsCompatible, $"{host} is absent, because {c.Reason}.");
        await engine.InitializeAsync(TestContext.Current.CancellationToken);
        return engine;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_killed_process_is_an_error_within_two_seconds_and_the_next_run_works(string host)
    {
        using WasmEngine engine = await Start(host);
        using Opened small = new(engine, 4), large = new(engine, 4000);
        small.Run(TestContext.Current.CancellationToken);
        Task run = Task.Run(() => large.Run(), TestContext.Current.CancellationToken);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        using Process process = Process.GetProcessById(engine.Worker!.ProcessId!.Value);
        process.Kill(entireProcessTree: true);
        Stopwatch watch = Stopwatch.StartNew();
        TesseraException e = await Assert.ThrowsAsync<TesseraException>(() => run);
        Assert.Equal(ErrorCode.EngineUnavailable, e.Code);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"after {watch.Elapsed}");
        small.Run(TestContext.Current.CancellationToken);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Disposing_the_engine_leaves_no_process_and_no_folder_behind(string host)
    {
        string[] before = Folders();
        WasmEngine engine = await Start(host);
        using (Opened small = new(engine, 4)) small.Run(TestContext.Current.CancellationToken);
        // A script removes its own as soon as it runs; a browser needs its profile.
        Assert.Equal(host is "chromium" or "firefox" ? 1 : 0, Folders().Except(before).Count());
        using Process process = Process.GetProcessById(engine.Worker!.ProcessId!.Value);
        await engine.DisposeAsync();
        Assert.True(process.WaitForExit(5000));
        Assert.Empty(Folders().Except(before));
    }

    /// <summary>This project's temporary folders; tests of this class run alone.</summary>
    private static string[] Folders() => Directory.GetDirectories(Path.GetTempPath(), "tessera-*");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_cancelled_run_ends_and_the_next_one_works(string host)
    {
        using WasmEngine engine = await Start(host);
        using Opened small = new(engine, 4), large = new(engine, 4000);
        small.Run(TestContext.Current.CancellationToken);
        using CancellationTokenSource cancel = new(500);
        Stopwatch watch = Stopwatch.StartNew();
        Assert.ThrowsAny<OperationCanceledException>(() => large.Run(cancel.Token));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(4), $"after {watch.Elapsed}");
        small.Run(TestContext.Current.CancellationToken);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Threads_give_the_same_bits_as_one(string host)
    {
        using WasmEngine one = await Start(host);
        await using WasmEngine many = new(host, new() { Threads = 3 });
        await many.InitializeAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, many.Capabilities.Threads);
        Random random = new(5);
        using Tensor x = Tensor.Zeros(DType.Float32, [150, 150]);
        foreach (ref float v in x.Span<float>()) v = random.NextSingle();
        byte[][] results = [.. new[] { one, many, many, many }.Select(e =>
        {
            using Executable executable = ((Engine)e).Prepare(Square(150), new PrepareOptions(0, e.Pool, false));
            // The first run measures what is worth sharing out; the second shares.
            Tensor?[] first = [null], second = [null];
            executable.Run([x], first, default);
            executable.Run([x], second, default);
            byte[] bytes = second[0]!.RawBytes().ToArray();
            Assert.True(first[0]!.RawBytes().SequenceEqual(bytes));
            first[0]!.Dispose();
            second[0]!.Dispose();
            return bytes;
        })];
        Assert.All(results, r => Assert.Equal(results[0], r));
    }

    [Theory]
    [InlineData("truncated", "ends beyond the file")]
    [InlineData("version", "format 99")]
    [InlineData("offset", "lies outside its arena")]
    public async Task A_worker_refuses_what_is_no_program(string damage, string why)
    {
        using WasmEngine engine = await Start("node");
        Program p = Programs.Wasm(Square(4), out _);
        if (damage == "offset") p = p with { Values = [.. p.Values.Select(v => v.Constant is null ? v with { At = p.Memory + 64 } : v)] };
        byte[] file = ProgramWriter.Write(p);
        if (damage == "truncated") file = file[..(file.Length / 2)];
        if (damage == "version") file[4] = 99;
        TesseraException e = Assert.Throws<TesseraException>(() => engine.Worker!.Missing(1_000_000, file, default));
        Assert.Equal(ErrorCode.MalformedModel, e.Code);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_constant_goes_to_a_worker_once()
    {
        using WasmEngine engine = await Start("node");
        using Tensor w = Tensor.Zeros(DType.Float32, [64, 64]);
        w.Span<float>().Fill(1);
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, [64, 64]);
        Program p = Programs.Wasm(g.Build([g.MatMul(x, g.Const(w.Share()))]), out _);
        byte[] file = ProgramWriter.WriteWithoutConstants(p);
        Assert.Single(engine.Worker!.Missing(2_000_000, file, default));
        engine.Worker.Load(2_000_001, p, default);
        Assert.Empty(engine.Worker.Missing(2_000_002, file, default));
    }
}
