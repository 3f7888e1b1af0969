using Tessera.Devices;
using Tessera.Workers;

namespace Tessera.Conformance.Tests;

/// <summary>The engines that this project holds to the kit.</summary>
internal static class Engines
{
    /// <summary>Engines that run kernels: what has none is refused, by name, and counts as not run.</summary>
    private static readonly string[] WithKernels = ["interpreter", "wasm"];

    static Engines()
    {
        EngineRegistry.Register("interpreter", o => new InterpreterEngine(o));
        WorkerEngines.Register();
        DeviceEngines.Register();
    }

    /// <summary>The same kernels in other hosts: each runs a sample of the kit.</summary>
    public static IEnumerable<string> OtherHosts => ["wasm:deno", "wasm:chromium", "wasm:firefox"];

    public static IEnumerable<string> All => ["reference", "cpu", .. WithKernels];

    public static TheoryData<string> Names => [.. All];

    public static bool RefusesSome(string name) => WithKernels.Contains(name);

    /// <summary>Skips the test, with the reason, where the machine lacks what the engine needs.</summary>
    public static void SkipWhenAbsent(string name)
    {
        Compatibility c = Of(name).CheckCompatibilityAsync(TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult();
        Assert.SkipWhen(!c.IsCompatible, $"{name} is absent, because {c.Reason}.");
    }

    private static readonly Dictionary<string, Engine> Made = [];

    /// <summary>One engine per name for the whole project; its memory is looked after by the tests of contracts.</summary>
    public static Engine Of(string name)
    {
        lock (Made) return Made.TryGetValue(name, out Engine? e) ? e : Made[name] = EngineRegistry.Create(name);
    }
}
