using System.Text;
using Tessera.Conformance.Tests.Cuda;
using Tessera.Devices.OpenCl;
using Tessera.Devices.WebGpu;
using Tessera.Engines.Devices;
using Tessera.Examples.Device;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Conformance.Tests;

/// <summary>What goes wrong on devices is an error that names device, driver and what to do; other sessions go on.</summary>
public sealed class DeviceFailureTests
{
    private const int N = 24;

    public static TheoryData<string> Names => Engines.OnDevices;

    public static TheoryData<string, string> BadKernels => new()
    {
        { "opencl", "__kernel void run(__global int *x) { x[0] = nothing; }" },
        { "webgpu:dawn", "@group(0) @binding(0) var<storage, read_write> x: array<u32>;\n@compute @workgroup_size(1) fn main() { x[0] = nothing; }" },
        { "cuda:host", "extern \"C\" __global__ void run(int *x) { x[0] = nothing; }" },
    };

    private static DeviceEngine Started(string name, EngineOptions? options = null)
    {
        Engines.SkipWhenAbsent(name);
        DeviceEngine e = (DeviceEngine)EngineRegistry.Create(name, options);
        e.EnsureInitialized();
        return e;
    }

    private static Executable Product(Engine engine)
    {
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, [N, N]);
        return engine.Prepare(g.Build([g.MatMul(x, g.Add(x, 1.0))]), new PrepareOptions(1, engine.Pool, false));
    }

    private static void Run(Executable e)
    {
        using Tensor x = Tensor.From([.. Enumerable.Repeat(1f, N * N)], [N, N]);
        Tensor?[] y = [null];
        e.Run([x], y, default);
        using Tensor result = y[0]!;
        Assert.All(result.ToArray<float>(), v => Assert.Equal(2f * N, v));
    }

    /// <summary>Takes the device away while the engine has it.</summary>
    private static void Lose(DeviceEngine engine) => engine.Use(d =>
    {
        switch (d)
        {
            case OpenClDevice opencl: opencl.Lose(); break;
            case WebGpuDevice dawn: dawn.Lose(); break;
            case HostDevice host: host.Lose(); break;
            default: FakeCuda.Machine[int.Parse(d.Info.Id, System.Globalization.CultureInfo.InvariantCulture)].Fault = 700; break;
        }
    });

    private static void Names_it(DeviceEngine engine, TesseraException e, string remedy)
    {
        foreach (string part in new[] { engine.Device.Name, engine.Device.Driver, remedy }) Assert.Contains(part, e.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_device_lost_while_nothing_ran_is_opened_for_the_next_session(string name)
    {
        Assert.SkipWhen(name == "cuda", "A GPU of this machine is not taken away.");
        using DeviceEngine engine = Started(name == "cuda:host" ? "cuda:host:6" : name);
        Lose(engine);
        using Executable e = Product(engine);
        Run(e);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_lost_device_is_opened_again_for_every_session_while_others_run(string name)
    {
        Assert.SkipWhen(name == "cuda", "A GPU of this machine is not taken away.");
        using DeviceEngine engine = Started(name == "cuda:host" ? "cuda:host:6" : name);
        using Executable a = Product(engine), b = Product(engine);
        Run(a);
        Run(b);
        for (int i = 0; i < 3; i++)
        {
            Lose(engine);
            await Task.WhenAll(Task.Run(() => Run(a), TestContext.Current.CancellationToken), Task.Run(() => Run(b), TestContext.Current.CancellationToken));
        }
        Run(a);
        Run(b);
    }

    [Theory]
    [InlineData("opencl")]
    [InlineData("webgpu:dawn")]
    public void A_lost_device_says_so(string name)
    {
        using DeviceEngine engine = Started(name);
        using Executable e = Product(engine);
        Lose(engine);
        engine.Use(d =>
        {
            TesseraException lost = Assert.Throws<TesseraException>(d.Synchronise);
            Assert.Equal(ErrorCode.DeviceLost, lost.Code);
            Names_it(engine, lost, "update its driver");
        });
        Run(e);
    }

    [Theory]
    [MemberData(nameof(BadKernels))]
    public void A_bad_kernel_is_refused_by_name_and_the_engine_goes_on(string name, string source)
    {
        using DeviceEngine engine = Started(name);
        using Executable good = Product(engine);
        byte[] code = Encoding.UTF8.GetBytes(source);
        Program bad = new("test", 256, 0, [new(null, 0, 4)], [], [], [], [new("a kernel of ours", 0, code.Length, 1)], [new(0, [0], 1)], code, default);
        engine.Use(d =>
        {
            DeviceBuffer b = d.Memory.Rent(256, "a test");
            TesseraException e = Assert.Throws<TesseraException>(() => d.Load(bad, [new(b, 0, 4)]));
            d.Memory.Return(b);
            Assert.Equal(ErrorCode.Internal, e.Code);
            Assert.Contains("nothing", e.Message, StringComparison.Ordinal);
            Assert.Contains("a kernel of ours", e.Message, StringComparison.Ordinal);
            if (name != "cuda:host") Names_it(engine, e, "update the driver");
        });
        Run(good);
    }

    [Theory]
    [InlineData("opencl")]
    [InlineData("webgpu:dawn")]
    [InlineData("interpreter")]
    public void What_no_device_has_memory_for_is_refused_with_what_to_do(string name)
    {
        using DeviceEngine engine = Started(name, new EngineOptions { MemoryLimit = long.MaxValue });
        using Executable good = Product(engine);
        engine.Use(d => Names_it(engine, Assert.Throws<TesseraException>(() => d.Memory.Rent(d.Info.MaxBufferBytes + 1, "a buffer")), "use smaller inputs"));
        Run(good);
    }

    [Fact]
    public void The_driver_of_OpenCL_says_that_a_buffer_is_too_large()
    {
        using DeviceEngine engine = Started("opencl");
        using Executable good = Product(engine);
        engine.Use(d =>
        {
            TesseraException e = Assert.Throws<TesseraException>(() => d.Create(long.MaxValue / 2));
            Assert.Equal(ErrorCode.OutOfMemory, e.Code);
            Names_it(engine, e, "close other programs");
        });
        Run(good);
    }

    [Theory]
    [InlineData("OpenCL 1.1 vendor's own", false)]
    [InlineData("OpenCL 1.2 pocl HSTR", true)]
    [InlineData("OpenCL 3.0 CUDA 12.4", true)]
    [InlineData("OpenCL", false)]
    [InlineData("", false)]
    public void Old_drivers_of_OpenCL_are_passed_over(string version, bool taken)
    {
        Assert.Equal(taken, OpenClDevices.IsNewEnough(version));
        TesseraException e = OpenClDevices.Old([$"A GPU (driver 7) has {version}"]);
        Assert.Equal(ErrorCode.EngineUnavailable, e.Code);
        foreach (string part in new[] { "OpenCL 1.2 or newer", "A GPU (driver 7)", "Update the driver" }) Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }
}
