using Tessera.Kernels;

namespace Tessera.Devices.Cuda;

/// <summary>A device of CUDA's driver, with one stream.</summary>
/// <remarks>
/// The context is the device's own and not the primary one that other libraries of the process share: it is destroyed when it breaks. It is current on a thread only while a call lasts.
/// </remarks>
internal sealed unsafe class CudaDevice : Device
{
    private readonly CudaBuild _build;
    private readonly CudaStaging _staging;
    private readonly List<nint> _events = [];
    private nint _context, _stream;
    private bool _lost;

    public CudaDevice(DeviceInfo info, CudaDriver driver, Nvrtc compiler, DeviceOptions options)
    {
        (Info, Driver, Debug) = (info, driver, options.Debug);
        int handle = CudaDevices.Handle(driver, info.Id);
        _build = new(this, compiler, CudaDevices.Capability(driver, handle), options.KeepKernels);
        nint context, stream;
        Check(driver.CreateContext(&context, 0, handle), "open a context");
        _context = context;
        try
        {
            Check(driver.CreateStream(&stream, CudaCodes.NonBlocking), "make a stream");
            _stream = stream;
            _staging = new(this);
        }
        catch
        {
            _ = driver.DestroyContext(context);
            throw;
        }
        Leave();
    }

    public override DeviceInfo Info { get; }

    public CudaDriver Driver { get; }

    public nint Stream => _stream;

    public bool Debug { get; }

    protected override DeviceBuffer Create(long bytes)
    {
        using Entered context = Enter();
        ulong address;
        int error = Driver.Allocate(&address, (nuint)bytes);
        if (error == CudaCodes.OutOfMemory) throw new TesseraException(ErrorCode.OutOfMemory, $"{Info.Name} ({Info.Driver}) could not take {bytes} bytes: {Free()}");
        Check(error, $"take {bytes} bytes");
        return new CudaBuffer(this, address, bytes);
    }

    public override void Upload(DeviceBuffer to, long at, ReadOnlySpan<byte> bytes)
    {
        using Entered context = Enter();
        _staging.Upload(Of(to) + (ulong)at, bytes);
    }

    public override void Download(ReadOnlySpan<DeviceRange> from, ReadOnlySpan<Tensor> to)
    {
        using Entered context = Enter();
        _staging.Download(from, to);
    }

    public override void Copy(DeviceRange from, DeviceBuffer to, long at)
    {
        using Entered context = Enter();
        Check(Driver.CopyOnDevice(Of(to) + (ulong)at, Of(from.Buffer) + (ulong)from.At, (nuint)from.Bytes, Stream), $"copy {from.Bytes} bytes");
    }

    public override DeviceProgram Load(Program program, IReadOnlyList<DeviceRange> values)
    {
        using Entered context = Enter();
        return new CudaProgram(this, _build, program, values);
    }

    public override void Synchronise()
    {
        using Entered context = Enter();
        Check(Driver.SynchroniseStream(Stream), "finish its stream");
        _staging.Reset();
    }

    /// <summary>Event number <paramref name="i"/> of those that take times.</summary>
    public nint Event(int i)
    {
        while (_events.Count <= i)
        {
            nint made;
            Check(Driver.CreateEvent(&made, 0), "make an event");
            _events.Add(made);
        }
        return _events[i];
    }

    /// <summary>Turns an error of the driver into one that names device, driver and what was tried.</summary>
    public void Check(int error, string what)
    {
        if (error == CudaCodes.Success) return;
        _lost |= CudaCodes.IsLost(error);
        ErrorCode code = _lost ? ErrorCode.DeviceLost : error == CudaCodes.OutOfMemory ? ErrorCode.OutOfMemory : ErrorCode.Internal;
        throw new TesseraException(code, $"{Info.Name} ({Info.Driver}) could not {what}: {Driver.Text(error)}.");
    }

    /// <summary>Makes the context current until the result is disposed.</summary>
    /// <exception cref="TesseraException">DeviceLost.</exception>
    public Entered Enter()
    {
        if (_lost || _context == 0) throw new TesseraException(ErrorCode.DeviceLost, $"{Info.Name} ({Info.Driver}) was lost by an error before.");
        Check(Driver.PushContext(_context), "make its context current");
        return new(this);
    }

    /// <summary>As <see cref="Enter"/>, for giving things back; false when the device was lost, and with it all that it held.</summary>
    public bool TryEnter(out Entered context)
    {
        context = default;
        if (_lost || _context == 0 || Driver.PushContext(_context) != CudaCodes.Success) return false;
        context = new(this);
        return true;
    }

    public static ulong Of(DeviceBuffer b) => ((CudaBuffer)b).Address;

    private void Leave()
    {
        nint left;
        _ = Driver.PopContext(&left);
    }

    private string Free()
    {
        nuint free, all;
        return Driver.GetFreeMemory(&free, &all) == CudaCodes.Success ? $"{free} of its {all} are free; other programs may hold the rest" : "it is full";
    }

    protected override void Dispose(bool disposing)
    {
        if (TryEnter(out Entered context))
        {
            using (context)
            {
                // What is still queued must not outlive the memory that it uses.
                _ = Driver.SynchroniseStream(_stream);
                foreach (nint e in _events) _ = Driver.DestroyEvent(e);
                _staging.Dispose();
                _ = Driver.DestroyStream(_stream);
            }
        }
        if (_context != 0) _ = Driver.DestroyContext(_context);
        _context = _stream = 0;
    }

    /// <summary>A context while it is current.</summary>
    internal readonly ref struct Entered(CudaDevice? device)
    {
        public void Dispose() => device?.Leave();
    }

    private sealed class CudaBuffer(CudaDevice device, ulong address, long bytes) : DeviceBuffer(bytes)
    {
        public ulong Address { get; private set; } = address;

        public override void Dispose()
        {
            if (Address != 0 && device.TryEnter(out Entered context))
                using (context) _ = device.Driver.Free(Address);
            Address = 0;
        }
    }
}
