using System.Collections.Immutable;
using Tessera.Engines.Devices;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera;

/// <summary>Runs Programs on a device. An author of one brings its <see cref="Device"/>, its list, and the compiler of its programs; memory, constants, recovery and accounting are here.</summary>
public abstract class DeviceEngine(string name, EngineOptions? options = null) : Engine(options?.Device.Device is { } device ? $"{name}:{device}" : name, options)
{
    private readonly Lock _lock = new();
    private OpenDevice? _open;

    /// <summary>The engine's name without that of a device.</summary>
    private string Kind { get; } = name;

    private DeviceInfo? _info;

    /// <summary>Devices of this machine that the engine could use.</summary>
    /// <exception cref="TesseraException">EngineUnavailable when what they need is absent, because …</exception>
    public abstract IReadOnlyList<DeviceInfo> List();

    /// <summary>Memory of the device in use.</summary>
    public DeviceMemoryStatistics DeviceMemory => Current().Device.Memory.Statistics;

    public override long FreeMemory
    {
        get
        {
            DeviceMemoryStatistics m = DeviceMemory;
            return m.Budget - m.Used;
        }
    }

    /// <summary>The device in use.</summary>
    public DeviceInfo Device => Current().Device.Info;

    /// <summary>What was measured of a device before, in this process or another; null when nothing was.</summary>
    public DeviceSpeed? KnownSpeed(DeviceInfo device) => DeviceSpeed.Read(Kind, device);

    /// <summary>Measures the device in use and keeps what is found for its driver; starts the engine when that has not happened yet. Takes a second or so, once kernels are compiled.</summary>
    public DeviceSpeed MeasureSpeed()
    {
        EnsureInitialized();
        DeviceSpeed s = SpeedMeter.Run(this);
        s.Write(Kind, Device);
        return s;
    }

    /// <summary>Gives memory that no session uses back to the device.</summary>
    /// <returns>Bytes given back.</returns>
    public long TrimDevice()
    {
        long bytes = 0;
        Use(d => bytes = d.Memory.Trim());
        return bytes;
    }

    /// <summary>Does something with the device in use while no session runs on it: moving data, asking for memory.</summary>
    public void Use(Action<Device> what)
    {
        OnOpen(d =>
        {
            what(d.Device);
            return true;
        });
    }

    /// <summary>Opens a device.</summary>
    /// <exception cref="TesseraException">EngineUnavailable naming device, driver and remedy.</exception>
    protected abstract Device Open(DeviceInfo device);

    /// <summary>What kernels are written for on a device.</summary>
    protected abstract KernelTarget Target { get; }

    /// <summary>A target with the options of the engine.</summary>
    protected KernelTarget Sized(KernelTarget target) => Options.Device.GroupSize > 0 ? target with { Group = Options.Device.GroupSize } : target;

    /// <summary>Compiles a graph.</summary>
    protected internal abstract Program Compile(Graph graph, out IReadOnlyList<PlanStep> plan);

    public override ValueTask<Compatibility> CheckCompatibilityAsync(CancellationToken cancel = default)
    {
        try
        {
            DeviceInfo d = Pick();
            return new(Compatibility.Yes($"{d.Name}, {d.Driver}"));
        }
        catch (TesseraException e) when (e.Code is ErrorCode.EngineUnavailable or ErrorCode.InvalidArgument)
        {
            int at = e.Message.IndexOf(". ", StringComparison.Ordinal);
            return new(at < 0 ? Compatibility.No(e.Message.TrimEnd('.'), "") : Compatibility.No(e.Message[..at], e.Message[(at + 2)..]));
        }
    }

    /// <summary>The self-test's kernels are compiled by the driver.</summary>
    protected override TimeSpan StartUp => TimeSpan.FromSeconds(60);

    protected internal override Executable Prepare(Graph graph, PrepareOptions options) => new DeviceExecutable(this, graph, options.Pool);

    protected internal override string? Refusal(Node node) => Programs.Refusal(node, Target);

    protected internal override Tensor[]? Fold(Node node) => ConstantFolding.Fold(node);

    protected override ValueTask AcquireAsync(CancellationToken cancel)
    {
        _info = Pick();
        _open = Opened(_info);
        return default;
    }

    protected override ValueTask ReleaseAsync()
    {
        lock (_lock)
        {
            _open?.Dispose();
            (_open, _info) = (null, null);
        }
        return default;
    }

    protected override EngineCapabilities Probe()
    {
        DeviceInfo d = Device;
        return new(Parallel: true, Gpu: !d.IsSoftware, Distributed: false, Streaming: false, Threads: 1, MaxMemory: Current().Device.Memory.Budget,
            Precisions: [.. DTypes.All.Where(t => KernelType.Reads(t) is { } k && (Target.TakesFloat64 || k.Kind != ScalarKind.Float64))], MaxBatch: 0,
            Features: d.Features.Add(EngineCapabilities.Device, d.Name).Add("driver", d.Driver).Add("vendor", d.Vendor).Add(EngineCapabilities.Subnormals, KeepsSubnormals() ? "kept" : "flushed"));
    }

    private bool KeepsSubnormals()
    {
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, [1]);
        using Executable e = Prepare(g.Build([g.Add(x, x)]), new PrepareOptions(1, Pool, Deterministic: false));
        using Tensor tiny = Tensor.From([1e-40f], [1]);
        Tensor?[] y = [null];
        e.Run([tiny], y, default);
        using Tensor twice = y[0]!;
        return twice.Span<float>()[0] == 2e-40f;
    }

    internal LoadedProgram Load(Program program)
    {
        try { return OnOpen(d => new LoadedProgram(d, program)); }
        catch (TesseraException e) when (e.Code == ErrorCode.DeviceLost)
        {
            // Lost while nothing ran.
            Reopen(e);
            return OnOpen(d => new LoadedProgram(d, program));
        }
    }

    /// <summary>Opens the device again after it was lost; what it held is loaded again by who needs it.</summary>
    internal void Reopen(TesseraException lost)
    {
        lock (_lock)
        {
            if (_open is { } old)
            {
                lock (old.Gate)
                {
                    try { old.Device.Synchronise(); }
                    catch (TesseraException e) when (e.Code == ErrorCode.DeviceLost)
                    {
                        // Not opened again by another session meanwhile.
                        old.Dispose();
                        _open = null;
                    }
                }
            }
            try { _ = Current(); }
            catch (TesseraException e) { throw new TesseraException(ErrorCode.DeviceLost, $"{lost.Message} It could not be opened again: {e.Message}", e); }
        }
    }

    private OpenDevice Opened(DeviceInfo info)
    {
        Device d = Open(info);
        d.Open(Options.MemoryLimit > 0 ? Options.MemoryLimit : info.MemoryBytes * 8 / 10, Options.Device.MaxBufferBytes > 0 ? Math.Min(Options.Device.MaxBufferBytes, info.MaxBufferBytes) : info.MaxBufferBytes);
        return new(d);
    }

    private T OnOpen<T>(Func<OpenDevice, T> what)
    {
        while (true)
        {
            OpenDevice d = Current();
            lock (d.Gate)
                if (!d.IsLost) return what(d);
        }
    }

    /// <summary>The open device; one that was lost is waited for while a session opens it again, or opened here.</summary>
    private OpenDevice Current()
    {
        if (_open is { IsLost: false } open) return open;
        lock (_lock) return _open ??= Opened(_info ?? throw new TesseraException(ErrorCode.EngineUnavailable, $"Engine '{Name}' is not started."));
    }

    private DeviceInfo Pick()
    {
        DeviceInfo d = DeviceChoice.Of(Name, List(), Options.Device);
        return Options.Device.GroupSize >= 0 && Options.Device.GroupSize <= d.MaxGroup ? d
            : throw new TesseraException(ErrorCode.InvalidArgument, $"Workgroups of {d.Name} have 1 to {d.MaxGroup} work items; {Options.Device.GroupSize} were asked for.");
    }
}
