using Tessera.Onnx;

namespace Tessera.Conformance;

/// <summary>From creation to disposal.</summary>
internal static class LifeContracts
{
    public static IEnumerable<Contract> All =>
    [
        new("starts by itself, once, and says what it can do", Starts),
        new("sessions refuse to run after disposal, twice is harmless", SessionEnds),
        new("engines refuse to compile after disposal, twice is harmless", EngineEnds),
        new("results outlive session and engine", Outlive),
        new("health and metrics follow what happens", Metrics),
        new("several engines of one kind live side by side", SideBySide),
    ];

    private static string? Starts(Func<EngineOptions, Engine> make)
    {
        using Engine e = make(new());
        int started = 0;
        e.Initialized += (_, _) => Interlocked.Increment(ref started);
        Compatibility c = e.CheckCompatibilityAsync().AsTask().GetAwaiter().GetResult();
        if (!c.IsCompatible) return $"not compatible with this machine: {c.Reason} {c.Remedy}";
        if (e.GetHealth().State != EngineState.Created) return $"state {e.GetHealth().State} before the start";
        Task.WhenAll(Enumerable.Range(0, 4).Select(_ => e.InitializeAsync())).GetAwaiter().GetResult();
        if (e.GetHealth() is not { State: EngineState.Ready, Healthy: true }) return $"{e.GetHealth()} after the start";
        if (e.Capabilities.Threads < 1 || e.Capabilities.MaxMemory <= 0 || e.Capabilities.Precisions.IsDefaultOrEmpty) return $"capabilities say nothing: {e.Capabilities}";
        return started == 1 ? null : $"Initialized was raised {started} times";
    }

    private static string? SessionEnds(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Perceptron());
        using Tensor x = SampleModels.Numbers(new(1), [2, SampleModels.Inputs]);
        p.Bytes(x);
        p.Session.Dispose();
        p.Session.Dispose();
        return Probe.Throws<ObjectDisposedException>("running a disposed session", () => p.Session.Run(x));
    }

    private static string? EngineEnds(Func<EngineOptions, Engine> make)
    {
        using OnnxModel m = SampleModels.Perceptron();
        Engine e = make(new());
        int ended = 0;
        e.Disposed += (_, _) => ended++;
        e.Compile(m).Dispose();
        e.Dispose();
        e.Dispose();
        if (e.GetHealth().State != EngineState.Disposed || ended != 1) return $"state {e.GetHealth().State}, Disposed raised {ended} times";
        return Probe.Throws<ObjectDisposedException>("compiling on a disposed engine", () => e.Compile(m));
    }

    private static string? Outlive(Func<EngineOptions, Engine> make)
    {
        using Tensor x = SampleModels.Numbers(new(1), [3, SampleModels.Inputs]);
        Tensor y;
        byte[] before;
        using (Probe p = new(make, SampleModels.Perceptron()))
        {
            y = p.Session.Run(x)[0];
            before = y.RawBytes().ToArray();
        }
        using (y) return y.RawBytes().SequenceEqual(before) ? null : "a result changed when its session and engine were disposed";
    }

    private static string? Metrics(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Perceptron());
        using Tensor x = SampleModels.Numbers(new(1), [2, SampleModels.Inputs]);
        long runs = p.Engine.GetMetrics().Runs;
        int heard = 0;
        p.Engine.Executed += (_, e) => heard += e.Duration >= TimeSpan.Zero ? 1 : 0;
        for (int i = 0; i < 5; i++) p.Bytes(x);
        EngineMetrics m = p.Engine.GetMetrics(), s = p.Session.GetMetrics();
        return m.Runs - runs == 5 && s.Runs == 5 && heard == 5 && m.Failures == 0 && m.Latency.Sum() >= 5 && m.PeakBytes >= m.MemoryBytes
            ? null : $"after 5 runs: engine {m.Runs - runs}, session {s.Runs}, events {heard}, failures {m.Failures}, peak {m.PeakBytes} and now {m.MemoryBytes} bytes";
    }

    private static string? SideBySide(Func<EngineOptions, Engine> make)
    {
        using Tensor x = SampleModels.Numbers(new(1), [3, SampleModels.Inputs]);
        using Probe a = new(make, SampleModels.Perceptron());
        byte[] first = a.Bytes(x);
        using (Probe b = new(make, SampleModels.Perceptron()))
            if (!b.Bytes(x).AsSpan().SequenceEqual(first)) return "two engines give different bits";
        return a.Bytes(x).AsSpan().SequenceEqual(first) ? null : "disposing one engine changed what another computes";
    }
}
