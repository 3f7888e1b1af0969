namespace Tessera.Devices.WebGpu;

/// <summary>Timestamps that the device writes before and after each step of a run.</summary>
internal sealed unsafe class WebGpuTimes : IDisposable
{
    /// <summary>Steps between two questions: a set holds at most 4096 timestamps.</summary>
    public const int Capacity = 2048;

    private const uint Timestamps = 2;

    private readonly WebGpuDevice _device;
    private readonly DeviceBuffer _resolved;
    private readonly Tensor _read = Tensor.Empty(DType.UInt64, [2 * Capacity]);
    private nint _set;

    public WebGpuTimes(WebGpuDevice device)
    {
        _device = device;
        QuerySetDescriptor d = new() { Type = Timestamps, Count = 2 * Capacity };
        _set = WebGpuApi.CreateQuerySet(device.Handle, &d);
        _resolved = device.CreateForTimes(2 * Capacity * sizeof(ulong));
    }

    /// <summary>Begins a pass that writes timestamps number 2·<paramref name="step"/> and the next one.</summary>
    public nint Begin(nint encoder, int step)
    {
        TimestampWrites writes = new() { Set = _set, Begin = 2 * (uint)step, End = 2 * (uint)step + 1 };
        PassDescriptor d = new() { Writes = &writes };
        return WebGpuApi.BeginPass(encoder, (nint)(&d));
    }

    /// <summary>Submits the passes and reads their times, in nanoseconds.</summary>
    public void End(nint encoder, Span<long> nanoseconds)
    {
        WebGpuApi.Resolve(encoder, _set, 0, 2 * (uint)nanoseconds.Length, WebGpuDevice.Of(_resolved), 0);
        _device.Submit(encoder);
        _device.Download([new(_resolved, 0, 2 * nanoseconds.Length * sizeof(ulong))], [_read]);
        ReadOnlySpan<ulong> t = _read.Span<ulong>();
        for (int i = 0; i < nanoseconds.Length; i++) nanoseconds[i] = (long)(t[2 * i + 1] - t[2 * i]);
    }

    public void Dispose()
    {
        if (_set != 0) WebGpuApi.ReleaseQuerySet(_set);
        _set = 0;
        _resolved.Dispose();
        _read.Dispose();
    }
}
