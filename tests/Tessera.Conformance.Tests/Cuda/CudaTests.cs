using System.Runtime.InteropServices;
using Tessera.Devices;
using Tessera.Devices.Cuda;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Conformance.Tests.Cuda;

/// <summary>What the engine cuda does with a driver: calls, errors, what is given back. Every test has a device of its own; device 0 is that of the kit.</summary>
public sealed unsafe class CudaTests
{
    private const int IllegalAddress = 700;

    private static CudaEngine Started(int device, long limit = 0)
    {
        Assert.SkipWhen(HostKernel.Absent is not null, $"Kernels can't be compiled, because {HostKernel.Absent}.");
        Assert.Contains("cuda:host", Engines.Sampled);
        CudaEngine e = (CudaEngine)EngineRegistry.Create($"cuda:host:{device}", new EngineOptions { MemoryLimit = limit, Device = new() { KeepKernels = false } });
        e.EnsureInitialized();
        return e;
    }

    private static Executable Sum(Engine engine, int n, float add)
    {
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, [n]);
        // Two steps, because a softmax is one of its own.
        return engine.Prepare(g.Build([g.Softmax(g.Add(x, add), 0)]), new PrepareOptions(1, engine.Pool, false));
    }

    private static void Run(Executable e, int n)
    {
        using Tensor x = Tensor.From([.. Enumerable.Repeat(2f, n)], [n]);
        Tensor?[] y = [null];
        e.Run([x], y, default);
        using Tensor result = y[0]!;
        Assert.All(result.ToArray<float>(), v => Assert.Equal(1f / n, v, 1e-6));
    }

    private static Compatibility Compatible(Engine e) => e.CheckCompatibilityAsync(TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult();

    [UnmanagedCallersOnly]
    private static int OldVersion(int* version)
    {
        *version = 10020;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int NoDevices(int* count)
    {
        *count = 0;
        return 100;
    }

    [UnmanagedCallersOnly]
    private static int NotStarting(uint flags) => 999;

    public static TheoryData<string, string[]> BadDrivers => new()
    {
        { "cuDriverGetVersion", ["needs one for CUDA 11.4 or newer", "for 10.2", "Update"] },
        { "cuDeviceGetCount", ["finds no device", "CUDA_VISIBLE_DEVICES"] },
        { "cuInit", ["does not start", "(999)", "Restart"] },
    };

    [Theory]
    [MemberData(nameof(BadDrivers))]
    public void A_driver_that_is_of_no_use_is_named_with_what_to_do(string function, string[] words)
    {
        nint bad = function switch
        {
            "cuInit" => (nint)(delegate* unmanaged<uint, int>)&NotStarting,
            "cuDeviceGetCount" => (nint)(delegate* unmanaged<int*, int>)&NoDevices,
            _ => (nint)(delegate* unmanaged<int*, int>)&OldVersion,
        };
        using CudaEngine e = new(null, () => new CudaDriver(name => name == function ? bad : FakeCuda.Find(name)), _ => new Nvrtc(FakeNvrtc.Find, "a compiler"));
        Compatibility c = Compatible(e);
        Assert.False(c.IsCompatible);
        foreach (string w in words) Assert.Contains(w, $"{c.Reason}. {c.Remedy}", StringComparison.Ordinal);
        Assert.Equal(ErrorCode.EngineUnavailable, Assert.Throws<TesseraException>(e.EnsureInitialized).Code);
    }

    [Fact]
    public void A_missing_compiler_is_named_with_what_to_do()
    {
        using CudaEngine e = new(null, () => new CudaDriver(FakeCuda.Find), _ => throw new TesseraException(ErrorCode.EngineUnavailable, $"NVRTC was not found. {NvrtcLibrary.Remedy}"));
        Compatibility c = Compatible(e);
        Assert.Equal((false, "NVRTC was not found", NvrtcLibrary.Remedy), (c.IsCompatible, c.Reason, c.Remedy));
    }

    [Fact]
    public void Everything_taken_is_given_back()
    {
        FakeCuda.State device = FakeCuda.Machine[1];
        using (CudaEngine engine = Started(1))
        {
            for (int i = 0; i < 3; i++)
            {
                using Executable a = Sum(engine, 100, i), b = Sum(engine, 100, i);
                for (int k = 0; k < 4; k++) Run(a, 100);
                Run(b, 100);
            }
            Assert.True(device.Live > 0);
        }
        Assert.Equal(0, device.Live);
    }

    [Fact]
    public void Runs_after_the_first_are_one_launch_of_a_graph()
    {
        FakeCuda.State device = FakeCuda.Machine[2];
        using CudaEngine engine = Started(2);
        using Executable e = Sum(engine, 1000, 1);
        Assert.True(e.Plan.Count > 1);
        Run(e, 1000);
        Run(e, 1000);
        int kernels = device.Count("cuLaunchKernel"), graphs = device.Count("cuGraphLaunch");
        for (int i = 0; i < 5; i++) Run(e, 1000);
        Assert.Equal((kernels, graphs + 5), (device.Count("cuLaunchKernel"), device.Count("cuGraphLaunch")));
    }

    [Fact]
    public void Kernels_of_one_source_are_one_module()
    {
        FakeCuda.State device = FakeCuda.Machine[2];
        using CudaEngine engine = Started(2);
        using Executable first = Sum(engine, 77, 5);
        int loaded = device.Count("cuModuleLoadDataEx"), compiled = FakeNvrtc.Compiled;
        using Executable second = Sum(engine, 77, 5);
        Assert.Equal(loaded, device.Count("cuModuleLoadDataEx"));
        Run(first, 77);
        first.Dispose();
        Run(second, 77);
    }

    [Fact]
    public void A_broken_context_is_left_and_the_run_repeated_on_a_new_one()
    {
        FakeCuda.State device = FakeCuda.Machine[3];
        using (CudaEngine engine = Started(3))
        {
            using Executable a = Sum(engine, 10, 1), b = Sum(engine, 20, 1);
            Run(a, 10);
            Run(b, 20);
            int contexts = device.Contexts;
            device.Fault = IllegalAddress;
            Run(a, 10);
            Assert.Equal(contexts + 1, device.Contexts);
            Run(b, 20);
            Run(a, 10);
            Assert.Equal(contexts + 1, device.Contexts);
        }
        Assert.Equal(0, device.Live);
    }

    [Fact]
    public void A_device_that_breaks_again_at_once_is_an_error_that_names_it()
    {
        FakeCuda.State device = FakeCuda.Machine[3];
        using CudaEngine engine = Started(3);
        engine.Use(d =>
        {
            device.Fault = IllegalAddress;
            TesseraException e = Assert.Throws<TesseraException>(d.Synchronise);
            Assert.Equal(ErrorCode.DeviceLost, e.Code);
            foreach (string part in new[] { "Host GPU 3", "CUDA driver 12.4", "CUDA_ERROR_ILLEGAL_ADDRESS (700)" }) Assert.Contains(part, e.Message, StringComparison.Ordinal);
            Assert.Equal(ErrorCode.DeviceLost, Assert.Throws<TesseraException>(d.Synchronise).Code);
        });
    }

    [Fact]
    public void A_full_device_says_what_is_free_and_stays_usable()
    {
        FakeCuda.State device = FakeCuda.Machine[4];
        using CudaEngine engine = Started(4, 1L << 30);
        using Executable small = Sum(engine, 10, 1);
        long before = device.Limit;
        device.Limit = 32 << 20;
        TesseraException e = Assert.Throws<TesseraException>(() => Sum(engine, 20 << 20, 1));
        device.Limit = before;
        Assert.Equal(ErrorCode.OutOfMemory, e.Code);
        foreach (string part in new[] { "Host GPU 4", "are free; other programs" }) Assert.Contains(part, e.Message, StringComparison.Ordinal);
        Run(small, 10);
    }

    [Fact]
    public void Transfers_longer_than_the_pinned_memory_arrive_whole()
    {
        using CudaEngine engine = Started(5);
        Random random = new(5);
        engine.Use(device =>
        {
            byte[] big = new byte[41_000_003], small = new byte[1001];
            random.NextBytes(big);
            random.NextBytes(small);
            DeviceBuffer a = device.Memory.Rent(big.Length, "a"), b = device.Memory.Rent(4096, "b");
            device.Upload(b, 3, small);
            device.Upload(a, 0, big);
            byte[] copy = [.. big];
            // The bytes are the caller's again.
            Array.Clear(big);
            using Tensor x = Tensor.Empty(DType.UInt8, [copy.Length]), y = Tensor.Empty(DType.UInt8, [small.Length]), z = Tensor.Empty(DType.UInt8, [19_000_000]);
            device.Download([new(b, 3, small.Length), new(a, 0, copy.Length), new(a, 1, 19_000_000)], [y, x, z]);
            Assert.True(copy.AsSpan().SequenceEqual(x.Span<byte>()));
            Assert.True(copy.AsSpan(1, 19_000_000).SequenceEqual(z.Span<byte>()));
            Assert.Equal(small, y.ToArray<byte>());
            device.Memory.Return(a);
            device.Memory.Return(b);
        });
    }

    [Fact]
    public void Steps_are_timed_by_events()
    {
        using CudaEngine engine = Started(5);
        using Executable e = Sum(engine, 100_000, 1);
        using Tensor x = Tensor.Zeros(DType.Float32, [100_000]);
        long[] times = new long[e.Plan.Count];
        for (int i = 0; i < 3; i++)
        {
            Tensor?[] y = [null];
            e.Run([x], y, new RunControl(0, (step, ticks) => times[step] += ticks, default));
            y[0]!.Dispose();
        }
        Assert.All(times, t => Assert.True(t > 0));
    }

    [Theory]
    [InlineData("6", "6")]
    [InlineData("0000:06:00.0", "6")]
    [InlineData("GPU-60616263-6465-6667-6869-6a6b6c6d6e6f", "6")]
    [InlineData("host gpu 6", "6")]
    [InlineData("gpu", "0")]
    public void A_device_is_found_by_what_names_it(string wanted, string id)
    {
        using CudaEngine e = new(new EngineOptions { Device = new() { Device = wanted } }, () => new CudaDriver(FakeCuda.Find), _ => new Nvrtc(FakeNvrtc.Find, "a compiler"));
        Assert.SkipWhen(HostKernel.Absent is not null, $"Kernels can't be compiled, because {HostKernel.Absent}.");
        e.EnsureInitialized();
        Assert.Equal(id, e.Device.Id);
        Assert.Equal($"cuda:{wanted}", e.Name);
    }

    [Theory]
    [InlineData(PowerPreference.High, "6")]
    [InlineData(PowerPreference.Low, "1")]
    [InlineData(PowerPreference.None, "0")]
    public void Power_decides_when_none_is_named(PowerPreference power, string id)
    {
        // Of the fake's devices, odd ones share the processor's memory, and later ones have more units.
        using CudaEngine e = new(new EngineOptions { Device = new() { Power = power } }, () => new CudaDriver(FakeCuda.Find), _ => new Nvrtc(FakeNvrtc.Find, "a compiler"));
        Assert.SkipWhen(HostKernel.Absent is not null, $"Kernels can't be compiled, because {HostKernel.Absent}.");
        e.EnsureInitialized();
        Assert.Equal(id, e.Device.Id);
    }

    [Fact]
    public void Groups_have_the_size_that_was_asked_for()
    {
        using CudaEngine e = new(new EngineOptions { Device = new() { Device = "7", GroupSize = 32 } }, () => new CudaDriver(FakeCuda.Find), _ => new Nvrtc(FakeNvrtc.Find, "a compiler"));
        Assert.SkipWhen(HostKernel.Absent is not null, $"Kernels can't be compiled, because {HostKernel.Absent}.");
        e.EnsureInitialized();
        GraphBuilder g = new();
        Program p = e.Compile(g.Build([g.Exp(g.Input("x", DType.Float32, [100_000]))]), out _);
        Assert.All(p.Kernels, k => Assert.Equal(32, k.Group));
        using CudaEngine wrong = new(new EngineOptions { Device = new() { GroupSize = 5000 } }, () => new CudaDriver(FakeCuda.Find), _ => new Nvrtc(FakeNvrtc.Find, "a compiler"));
        Assert.Contains("1 to 1024", Assert.Throws<TesseraException>(wrong.EnsureInitialized).Message, StringComparison.Ordinal);
    }
}
