using Tessera.Conformance.Tests.Cuda;
using Tessera.Devices;
using Tessera.Devices.Cuda;
using Tessera.Examples.Device;
using Tessera.Workers;

namespace Tessera.Conformance.Tests;

/// <summary>The engines that this project holds to the kit.</summary>
internal static class Engines
{
    /// <summary>Engines that run kernels: what has none is refused, by name, and counts as not run.</summary>
    private static readonly string[] WithKernels = ["interpreter", "wasm", "webgpu:dawn"];

    static Engines()
    {
        EngineRegistry.Register("interpreter", o => new HostEngine(o));
        WorkerEngines.Register();
        DeviceEngines.Register();
        EngineRegistry.RegisterDevices("cuda:host", o => new CudaEngine(o, FakeDriver, _ => new Nvrtc(FakeNvrtc.Find, "a compiler for the host")));
    }

    private static CudaDriver FakeDriver() => HostKernel.Absent is { } why ? throw new TesseraException(ErrorCode.EngineUnavailable, $"{why}. Install clang.") : new CudaDriver(FakeCuda.Find);

    /// <summary>The same kernels in other hosts, or compiled by a driver that takes long for it: each runs a sample of the kit.</summary>
    public static IEnumerable<string> Sampled => ["wasm:deno", "wasm:chromium", "wasm:firefox", "opencl", "cuda", "cuda:host"];

    /// <summary>Engines on devices in this process; cuda:host is the engine cuda on a driver that is a program.</summary>
    public static TheoryData<string> OnDevices => ["interpreter", "opencl", "webgpu:dawn", "cuda", "cuda:host"];

    /// <summary>Engines whose kernels a driver compiles, and here computes, on the processor: of the suite they run what takes seconds; `tessera conformance` runs all of it.</summary>
    public static IEnumerable<string> Drivers => ["opencl", "cuda", "cuda:host", "webgpu:dawn", .. WebGpuHosts];

    /// <summary>WebGPU in every host, here on adapters that are programs: a sample of the kit, and of the suite what those run in seconds.</summary>
    public static IEnumerable<string> WebGpuHosts => ["webgpu:deno", "webgpu:chromium", "webgpu:firefox"];

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
