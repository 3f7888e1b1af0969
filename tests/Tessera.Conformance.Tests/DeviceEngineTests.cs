using Tessera.Examples.Device;
using Tessera.Ir;

namespace Tessera.Conformance.Tests;

/// <summary>What DeviceEngine does for every device.</summary>
public sealed class DeviceEngineTests
{
    public static TheoryData<string> Names => Engines.OnDevices;

    /// <summary>y = x·w over n × n matrices, w all ones.</summary>
    private sealed class Opened(Engine engine, int n, float weight = 1) : IDisposable
    {
        private readonly Tensor _x = Tensor.From([.. Enumerable.Range(0, n * n).Select(i => (float)(i % 7))], [n, n]);

        public Executable Executable { get; } = engine.Prepare(Product(n, weight), new PrepareOptions(1, engine.Pool, false));

        public void Run()
        {
            Tensor?[] y = [null];
            Executable.Run([_x], y, default);
            using Tensor result = y[0]!;
            float[] x = _x.ToArray<float>();
            for (int i = 0; i < n; i++) Assert.Equal(weight * x.AsSpan(i * n, n).ToArray().Sum(), result.Span<float>()[i * n], 1e-3);
        }

        public void Dispose()
        {
            Executable.Dispose();
            _x.Dispose();
        }
    }

    private static Graph Product(int n, float weight)
    {
        GraphBuilder g = new();
        return g.Build([g.MatMul(g.Input("x", DType.Float32, [n, n]), g.Const(Tensor.From([.. Enumerable.Repeat(weight, n * n)], [n, n])))]);
    }

    private static DeviceEngine Started(string name, long limit = 0)
    {
        Engines.SkipWhenAbsent(name);
        DeviceEngine e = (DeviceEngine)EngineRegistry.Create(name, new EngineOptions { MemoryLimit = limit });
        e.EnsureInitialized();
        return e;
    }

    [Fact]
    public void A_lost_device_is_opened_again_and_what_it_held_is_loaded_again()
    {
        using HostEngine engine = new();
        engine.EnsureInitialized();
        using Opened a = new(engine, 8), b = new(engine, 5);
        a.Run();
        b.Run();
        HostDevice lost = engine.Opened!;
        lost.Lose();
        a.Run();
        Assert.NotSame(lost, engine.Opened);
        HostDevice again = engine.Opened!;
        b.Run();
        Assert.Same(again, engine.Opened);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Memory_beyond_the_budget_is_refused_and_the_engine_stays_usable(string name)
    {
        using DeviceEngine engine = Started(name, 1 << 20);
        using Opened small = new(engine, 16);
        TesseraException e = Assert.Throws<TesseraException>(() => new Opened(engine, 1024));
        Assert.Equal(ErrorCode.OutOfMemory, e.Code);
        foreach (string part in new[] { "needs 8388", "free", $"{1 << 20}", engine.Device.Name }) Assert.Contains(part, e.Message, StringComparison.Ordinal);
        small.Run();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Constants_are_on_the_device_once(string name)
    {
        using DeviceEngine engine = Started(name);
        long empty = engine.DeviceMemory.Used;
        using Opened first = new(engine, 64);
        long one = engine.DeviceMemory.Used - empty;
        using Opened second = new(engine, 64);
        Assert.InRange(engine.DeviceMemory.Used - empty, one + 1, 2 * one - 64 * 64 * sizeof(float));
        first.Dispose();
        second.Run();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_closed_is_given_back_and_used_again(string name)
    {
        using DeviceEngine engine = Started(name);
        long used = engine.DeviceMemory.Used;
        for (int i = 0; i < 3; i++)
            using (Opened o = new(engine, 32, i)) o.Run();
        DeviceMemoryStatistics before = engine.DeviceMemory;
        for (int i = 0; i < 20; i++)
            using (Opened o = new(engine, 32, i)) o.Run();
        DeviceMemoryStatistics after = engine.DeviceMemory;
        Assert.Equal(used, after.Used);
        Assert.Equal(before.Created, after.Created);
        Assert.True(after.Reused > before.Reused && after.Kept > 0 && after.Peak >= after.Kept);
        Assert.Equal(after.Kept, engine.TrimDevice());
        Assert.Equal(0, engine.DeviceMemory.Kept);
        using Opened last = new(engine, 32);
        last.Run();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Sessions_run_side_by_side_on_one_device(string name)
    {
        using DeviceEngine engine = Started(name);
        Opened[] sessions = [.. Enumerable.Range(0, 8).Select(i => new Opened(engine, 8 + i, i))];
        foreach (Opened o in sessions) o.Run();
        long used = engine.DeviceMemory.Used;
        await Task.WhenAll(sessions.Select(o => Task.Run(() =>
        {
            for (int k = 0; k < 50; k++) o.Run();
        }, TestContext.Current.CancellationToken)));
        Assert.Equal(used, engine.DeviceMemory.Used);
        foreach (Opened o in sessions) o.Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_unknown_device_is_refused_with_the_list_of_those_there_are(string name)
    {
        using DeviceEngine known = Started(name);
        using Engine engine = EngineRegistry.Create(name, new EngineOptions { Device = new() { Device = "no such device" } });
        TesseraException e = Assert.Throws<TesseraException>(engine.EnsureInitialized);
        Assert.Contains(known.Device.Name, e.Message, StringComparison.Ordinal);
        using Engine chosen = EngineRegistry.Create(name, new EngineOptions { Device = new() { Device = known.Device.Name } });
        chosen.EnsureInitialized();
    }
}
