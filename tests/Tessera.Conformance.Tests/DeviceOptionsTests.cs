using System.Diagnostics;
using System.Text;
using Tessera.Conformance.Tests.Cuda;
using Tessera.Devices.WebGpu;
using Tessera.Engines.Devices;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Conformance.Tests;

/// <summary>Every option of devices takes effect on every kind of device.</summary>
public sealed class DeviceOptionsTests
{
    private const int N = 320;

    public static TheoryData<string> Names => Engines.OnDevices;

    public static TheoryData<string> Compiled => ["opencl", "webgpu:dawn", "cuda:host"];

    private static DeviceEngine Started(string name, DeviceOptions options)
    {
        Engines.SkipWhenAbsent(name);
        DeviceEngine e = (DeviceEngine)EngineRegistry.Create(name, new EngineOptions { Device = options });
        e.EnsureInitialized();
        return e;
    }

    /// <summary>(x·x)·(x·x) + n, in two or more steps.</summary>
    private static Graph Products(int n, double add = 0)
    {
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, [n, n]), y = g.MatMul(x, x);
        y.Origin = "layer 7";
        return g.Build([g.Add(g.MatMul(y, y), add)]);
    }

    private static float[] Run(Executable e, int n, Action<int, long>? report = null)
    {
        using Tensor x = Tensor.From([.. Enumerable.Range(0, n * n).Select(i => i % 3 - 1f)], [n, n]);
        Tensor?[] y = [null];
        e.Run([x], y, new RunControl(0, report, default));
        using Tensor result = y[0]!;
        return result.ToArray<float>();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Debugging_names_steps_after_nodes_and_changes_no_result(string name)
    {
        using DeviceEngine plain = Started(name, new()), debug = Started(name, new() { Debug = true });
        using Executable a = plain.Prepare(Products(8), new PrepareOptions(1, plain.Pool, false)), b = debug.Prepare(Products(8), new PrepareOptions(1, debug.Pool, false));
        Assert.Equal(Run(a, 8), Run(b, 8));
        long[] times = new long[b.Plan.Count];
        Assert.Equal(Run(a, 8), Run(b, 8, (step, ticks) => times[step] += ticks));
        if (name != "interpreter") Assert.All(times, t => Assert.True(t > 0));
        Assert.Empty(((DeviceExecutable)a).Program.StepNames);
        Program program = ((DeviceExecutable)b).Program;
        Assert.Equal(b.Plan.Count, program.StepNames.Length);
        Assert.Contains(Enumerable.Range(0, b.Plan.Count).Select(program.Describe), s => s.Contains("(layer 7)", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Compiled))]
    public void Debugging_waits_for_each_step(string name)
    {
        // The fake driver of CUDA runs nothing before it is waited for; the others begin at once, but are not done.
        using DeviceEngine plain = Started(name, new()), debug = Started(name, new() { Debug = true });
        Assert.True(Waited(plain) > Waited(debug), "A launch in debug mode left work to wait for.");
    }

    /// <summary>Share of a run that was left to do when the launch returned.</summary>
    private static double Waited(DeviceEngine engine)
    {
        double share = 1;
        Program p = engine.Compile(Products(N), out _);
        engine.Use(d =>
        {
            DeviceBuffer arena = d.Memory.Rent(p.Memory, "an arena");
            DeviceBuffer[] constants = [.. p.ConstantTable.Select(c => d.Memory.Rent(c.Bytes, "a constant"))];
            using (DeviceProgram loaded = d.Load(p, [.. p.Values.Select(v => v.Constant is { } c ? new DeviceRange(constants[c], 0, v.Bytes) : new DeviceRange(arena, v.At, v.Bytes))]))
            {
                // The first run may still compile.
                for (int i = 0; i < 3; i++)
                {
                    long begin = Stopwatch.GetTimestamp();
                    loaded.Launch([]);
                    long launched = Stopwatch.GetTimestamp();
                    d.Synchronise();
                    share = Math.Min(share, (double)(Stopwatch.GetTimestamp() - launched) / (Stopwatch.GetTimestamp() - begin));
                }
            }
            foreach (DeviceBuffer b in constants.Append(arena)) d.Memory.Return(b);
        });
        return share;
    }

    /// <summary>A program of one kernel, its step named.</summary>
    private static Program Single(string source, int group) =>
        new("test", 1024, 0, [new(null, 0, 4)], [], [], [], [new("a kernel", 0, Encoding.UTF8.GetByteCount(source), group)], [new(0, [0], 1)], Encoding.UTF8.GetBytes(source), default) { StepNames = ["product of layer 7"] };

    private static TesseraException Refused(DeviceEngine engine, Program p, long at)
    {
        TesseraException? e = null;
        engine.Use(d =>
        {
            DeviceBuffer b = d.Memory.Rent(p.Memory, "a test");
            e = Assert.Throws<TesseraException>(() =>
            {
                using DeviceProgram loaded = d.Load(p, [new(b, at, 4)]);
                loaded.Launch([]);
                d.Synchronise();
            });
            d.Memory.Return(b);
        });
        Assert.Contains(engine.Device.Name, e!.Message, StringComparison.Ordinal);
        Assert.Contains(engine.Device.Driver, e.Message, StringComparison.Ordinal);
        return e;
    }

    [Fact]
    public void OpenCL_names_the_step_that_it_refuses_and_takes_warnings_for_errors_when_debugged()
    {
        using DeviceEngine plain = Started("opencl", new() { KeepKernels = false }), debug = Started("opencl", new() { Debug = true, KeepKernels = false });
        string message = Refused(debug, Single("__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void run(__global int *x) { x[0] = 1; }", 2), 0).Message;
        Assert.True(message.Contains("step 0, product of layer 7", StringComparison.Ordinal), message);
        string warned = $"#warning careful {Guid.NewGuid()}\n__kernel void run(__global int *x) {{ x[0] = 1; }}";
        Assert.Contains("careful", Refused(debug, Single(warned, 1), 0).Message, StringComparison.Ordinal);
        plain.Use(d =>
        {
            DeviceBuffer b = d.Memory.Rent(1024, "a test");
            d.Load(Single(warned, 1), [new(b, 0, 4)]).Dispose();
            d.Memory.Return(b);
        });
    }

    [Fact]
    public void Dawn_labels_what_it_refuses_when_debugged()
    {
        const string Source = "@group(0) @binding(0) var<storage, read_write> x: array<u32>;\n@compute @workgroup_size(1) fn main() { x[0] = 1u; }";
        using DeviceEngine plain = Started("webgpu:dawn", new()), debug = Started("webgpu:dawn", new() { Debug = true });
        // No multiple of the alignment.
        Assert.DoesNotContain("layer 7", Refused(plain, Single(Source, 1), 4).Message, StringComparison.Ordinal);
        Assert.Contains("step 0, product of layer 7", Refused(debug, Single(Source, 1), 4).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cuda_names_the_step_that_broke_the_device_when_debugged()
    {
        FakeCuda.State device = FakeCuda.Machine[3];
        using DeviceEngine debug = Started("cuda:host", new() { Device = "3", Debug = true });
        using Executable e = debug.Prepare(Products(8), new PrepareOptions(1, debug.Pool, false));
        Program p = ((DeviceExecutable)e).Program;
        int graphs = device.Count("cuGraphLaunch");
        for (int i = 0; i < 4; i++) Run(e, 8);
        Assert.Equal(graphs, device.Count("cuGraphLaunch"));
        debug.Use(d =>
        {
            DeviceBuffer arena = d.Memory.Rent(p.Memory, "an arena");
            DeviceBuffer[] constants = [.. p.ConstantTable.Select(c => d.Memory.Rent(c.Bytes, "a constant"))];
            using DeviceProgram loaded = d.Load(p, [.. p.Values.Select(v => v.Constant is { } c ? new DeviceRange(constants[c], 0, v.Bytes) : new DeviceRange(arena, v.At, v.Bytes))]);
            device.Fault = 700;
            TesseraException error = Assert.Throws<TesseraException>(() => loaded.Launch([]));
            Assert.Equal(ErrorCode.DeviceLost, error.Code);
            Assert.Contains(p.Describe(0), error.Message, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_largest_buffer_is_bounded(string name)
    {
        using DeviceEngine engine = Started(name, new() { MaxBufferBytes = 1 << 16 });
        engine.Use(d =>
        {
            d.Memory.Return(d.Memory.Rent(1 << 16, "a buffer"));
            TesseraException e = Assert.Throws<TesseraException>(() => d.Memory.Rent((1 << 16) + 1, "a buffer"));
            Assert.Equal(ErrorCode.OutOfMemory, e.Code);
            Assert.Contains("its largest buffer is 65536 bytes", e.Message, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(Compiled))]
    public void Groups_have_the_size_that_was_asked_for(string name)
    {
        using DeviceEngine plain = Started(name, new()), sized = Started(name, new() { GroupSize = 8 });
        GraphBuilder g = new();
        Graph graph = g.Build([g.Exp(g.Input("x", DType.Float32, [100, 100]))]);
        using Executable a = plain.Prepare(graph, new PrepareOptions(1, plain.Pool, false)), b = sized.Prepare(graph, new PrepareOptions(1, sized.Pool, false));
        Assert.All(((DeviceExecutable)b).Program.Kernels, k => Assert.Equal(8, k.Group));
        Assert.Equal(Run(a, 100), Run(b, 100));
    }

    [Fact]
    public void Dawn_finds_what_was_compiled_before_on_disk()
    {
        double salt = Random.Shared.NextDouble();
        (int Found, int Kept) Pieces(DeviceOptions options)
        {
            (int, int) files = default;
            using DeviceEngine engine = Started("webgpu:dawn", options);
            using (Executable e = engine.Prepare(Products(8, salt), new PrepareOptions(1, engine.Pool, false))) Run(e, 8);
            engine.Use(d => files = ((WebGpuDevice)d).Files);
            return files;
        }

        Assert.True(Pieces(new()).Kept > 0);
        (int found, int kept) = Pieces(new());
        Assert.True(found > 0, "Nothing of what was kept was found.");
        Assert.Equal(0, kept);
        Assert.Equal((0, 0), Pieces(new() { KeepKernels = false }));
    }
}
