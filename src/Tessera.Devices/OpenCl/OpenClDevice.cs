using Tessera.Kernels;

namespace Tessera.Devices.OpenCl;

/// <summary>A device of an OpenCL platform, with one queue that runs in order.</summary>
internal sealed unsafe class OpenClDevice : Device
{
    private nint _context;

    public OpenClDevice(DeviceInfo info, nint device, DeviceOptions options)
    {
        (Info, Handle) = (info, device);
        Modules = new(this, options);
        Debug = options.Debug;
        nint d = device;
        _context = OpenClApi.CreateContext(null, 1, &d, 0, 0, out int error);
        Check(error, "open a context");
        Queue = OpenClApi.CreateQueue(_context, device, OpenClCodes.Profiling, out error);
        if (error != OpenClCodes.Success) _ = OpenClApi.ReleaseContext(_context);
        Check(error, "make a queue");
    }

    public override DeviceInfo Info { get; }

    public nint Handle { get; }

    public bool Debug { get; }

    /// <summary>What the driver compiled.</summary>
    public OpenClModules Modules { get; }

    public nint Context => _context;

    public nint Queue { get; private set; }

    protected override DeviceBuffer Create(long bytes)
    {
        nint buffer = OpenClApi.CreateBuffer(_context, OpenClCodes.ReadWrite, (nuint)bytes, 0, out int error);
        Check(error, $"take {bytes} bytes");
        return new OpenClBuffer(buffer, bytes);
    }

    public override void Upload(DeviceBuffer to, long at, ReadOnlySpan<byte> bytes)
    {
        // Blocking, so that the caller's bytes are free again; a copy that overlaps work would need memory of its own.
        fixed (byte* p = bytes) Check(OpenClApi.Write(Queue, Of(to), 1, (nuint)at, (nuint)bytes.Length, p, 0, null, null), $"upload {bytes.Length} bytes");
    }

    public override void Download(ReadOnlySpan<DeviceRange> from, ReadOnlySpan<Tensor> to)
    {
        for (int i = 0; i < from.Length; i++)
            Check(OpenClApi.Read(Queue, Of(from[i].Buffer), 0, (nuint)from[i].At, (nuint)from[i].Bytes, (void*)to[i].Address, 0, null, null), $"download {from[i].Bytes} bytes");
        Synchronise();
    }

    public override void Copy(DeviceRange from, DeviceBuffer to, long at) =>
        Check(OpenClApi.Copy(Queue, Of(from.Buffer), Of(to), (nuint)from.At, (nuint)at, (nuint)from.Bytes, 0, null, null), $"copy {from.Bytes} bytes");

    public override DeviceProgram Load(Program program, IReadOnlyList<DeviceRange> values) => new OpenClProgram(this, program, values);

    public override void Synchronise() => Check(OpenClApi.Finish(Queue), "finish its queue");

    /// <summary>Turns an error of the library into one that names device, driver and what was tried.</summary>
    public void Check(int error, string what)
    {
        if (error == OpenClCodes.Success) return;
        (ErrorCode code, string name, string remedy) = OpenClCodes.Describe(error);
        throw new TesseraException(code, $"{Info.Name} ({Info.Driver}) could not {what}: OpenCL error {error} ({name}). {remedy}");
    }

    public static nint Of(DeviceBuffer b) => ((OpenClBuffer)b).Handle;

    /// <summary>Gives the queue up, as drivers do after a fault: every call from now on finds the device lost.</summary>
    internal void Lose()
    {
        _ = OpenClApi.Finish(Queue);
        _ = OpenClApi.ReleaseQueue(Queue);
        Queue = 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (Queue != 0) _ = OpenClApi.ReleaseQueue(Queue);
        if (_context != 0) _ = OpenClApi.ReleaseContext(_context);
        (Queue, _context) = (0, 0);
    }

    private sealed class OpenClBuffer(nint handle, long bytes) : DeviceBuffer(bytes)
    {
        public nint Handle { get; private set; } = handle;

        public override void Dispose()
        {
            if (Handle != 0) _ = OpenClApi.ReleaseBuffer(Handle);
            Handle = 0;
        }
    }
}
