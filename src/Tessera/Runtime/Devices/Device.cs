using Tessera.Kernels;

namespace Tessera;

/// <summary>Memory of a device.</summary>
/// <param name="bytes">Its size.</param>
public abstract class DeviceBuffer(long bytes) : IDisposable
{
    public long Bytes { get; } = bytes;

    public abstract void Dispose();
}

/// <summary>A part of a buffer.</summary>
public readonly record struct DeviceRange(DeviceBuffer Buffer, long At, long Bytes);

/// <summary>The kernels of a program, compiled by a device's driver and bound to its buffers.</summary>
public abstract class DeviceProgram : IDisposable
{
    /// <summary>Queues all steps in order; they run after what was queued before.</summary>
    /// <param name="nanoseconds">Filled with the time of each step, which waits for them; empty: none are taken, and nothing waits.</param>
    public abstract void Launch(Span<long> nanoseconds);

    public abstract void Dispose();
}

/// <summary>Something with memory and a queue of its own that runs Programs: what a driver's bindings implement. Everything else is in <see cref="DeviceEngine"/>.</summary>
/// <remarks>Calls come from one thread at a time. A lost device throws DeviceLost from any of them; it is then disposed and opened again.</remarks>
public abstract class Device : IDisposable
{
    private DeviceMemory? _memory;

    public abstract DeviceInfo Info { get; }

    /// <summary>Buffers in use and kept for reuse.</summary>
    public DeviceMemory Memory => _memory ?? throw new TesseraException(ErrorCode.Internal, "The device was not opened by an engine.");

    /// <summary>Takes memory whose content is undefined.</summary>
    /// <exception cref="TesseraException">OutOfMemory when the device has none left.</exception>
    protected internal abstract DeviceBuffer Create(long bytes);

    /// <summary>Queues a copy from the host, whose bytes may change as soon as this returns.</summary>
    public abstract void Upload(DeviceBuffer to, long at, ReadOnlySpan<byte> bytes);

    /// <summary>Copies to the host after all that was queued, and waits.</summary>
    public abstract void Download(ReadOnlySpan<DeviceRange> from, ReadOnlySpan<Tensor> to);

    /// <summary>Queues a copy within the device; the ranges don't overlap.</summary>
    public abstract void Copy(DeviceRange from, DeviceBuffer to, long at);

    /// <summary>Compiles the kernels of a program and binds each step.</summary>
    /// <param name="program">The program; of the target that the engine compiles for.</param>
    /// <param name="values">Where each of its values lies.</param>
    /// <exception cref="TesseraException">Internal naming kernel, device and what its compiler says.</exception>
    public abstract DeviceProgram Load(Program program, IReadOnlyList<DeviceRange> values);

    /// <summary>Waits until all that was queued is done.</summary>
    public abstract void Synchronise();

    internal void Open(long budget, long maxBuffer) => _memory = new(this, budget, maxBuffer);

    public void Dispose()
    {
        _memory?.Dispose();
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
