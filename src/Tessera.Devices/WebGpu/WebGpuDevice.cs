using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tessera.Kernels;

namespace Tessera.Devices.WebGpu;

/// <summary>A device of Dawn in this process.</summary>
internal sealed unsafe class WebGpuDevice : Device
{
    private const ulong Storage = 0x80, CopyFrom = 4, CopyTo = 8, MapRead = 1, MapForReading = 1, Resolved = 0x200;
    private const uint Succeeded = 1, OutOfMemoryErrors = 2, ValidationErrors = 1, DawnToggles = 0x5000A, Unknown = 1;

    private readonly WebGpuInstance _instance;
    private readonly nint _adapter;
    private readonly GCHandle _self;
    private nint _queue, _mark;
    private WebGpuTimes? _times;
    private (nint Buffer, long Bytes) _readback;
    private volatile string? _lost, _error;
    private int _found, _kept;

    public WebGpuDevice(WebGpuInstance instance, nint adapter, string id, DeviceOptions options)
    {
        (_instance, _adapter, Debug) = (instance, adapter, options.Debug);
        Info = WebGpuInstance.Describe(adapter, id, out Limits limits);
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
        nint self = GCHandle.ToIntPtr(_self);
        HasTimes = WebGpuApi.HasFeature(adapter, WebGpuInstance.TimestampQuery) != 0;
        uint timestamps = WebGpuInstance.TimestampQuery;
        WebGpuInstance.Answer answer;
        fixed (byte* coarse = "timestamp_quantization\0"u8, labels = "use_user_defined_labels_in_backend\0"u8, names = "disable_symbol_renaming\0"u8)
        {
            // Pages are given times in steps of 65 µs, so that they learn less of each other; this process has no such neighbours.
            byte* off = coarse;
            // So that what inspects the driver (RenderDoc, validation layers) sees our names.
            byte** debugging = stackalloc byte*[2] { labels, names };
            KeptCode files = WebGpuFiles.Descriptor(self);
            Toggles toggles = new() { Chain = new() { Kind = DawnToggles, Next = options.KeepKernels ? (nint)(&files) : 0 }, EnabledCount = Debug ? 2u : 0, Enabled = debugging, DisabledCount = 1, Disabled = &off };
            DeviceDescriptor d = new()
            {
                Next = (nint)(&toggles),
                FeatureCount = HasTimes ? 1u : 0,
                Features = &timestamps,
                Limits = &limits,
                Lost = new() { Mode = 3, Callback = (nint)(delegate* unmanaged[Cdecl]<nint*, uint, StringView, nint, nint, void>)&OnLost, Data1 = self },
                Error = new() { Callback = (nint)(delegate* unmanaged[Cdecl]<nint*, uint, StringView, nint, nint, void>)&OnError, Data1 = self },
            };
            DeviceDescriptor* wanted = &d;
            answer = instance.Ask(callback => WebGpuApi.RequestDevice(adapter, wanted, callback), WebGpuInstance.Handed);
        }
        if (answer.Status != Succeeded) throw new TesseraException(ErrorCode.EngineUnavailable, $"{Info.Name} ({Info.Driver}) gives no device: {answer.Message}. Close other programs that use it, or update its driver.");
        Handle = answer.Handle;
        _queue = WebGpuApi.GetQueue(Handle);
    }

    public override DeviceInfo Info { get; }

    public nint Handle { get; private set; }

    /// <summary>Whether steps are labelled and run one by one.</summary>
    public bool Debug { get; }

    /// <summary>Pieces of compiled code that it found on disk, and kept there.</summary>
    public (int Found, int Kept) Files => (Volatile.Read(ref _found), Volatile.Read(ref _kept));

    /// <summary>Whether the device takes times.</summary>
    public bool HasTimes { get; }

    /// <summary>What takes the times of steps, made when it is first asked for.</summary>
    public WebGpuTimes Times => _times ??= new(this);

    /// <summary>Memory into which timestamps are resolved.</summary>
    public DeviceBuffer CreateForTimes(long bytes) => new WebGpuBuffer(Buffer(bytes, Resolved | CopyFrom), bytes);

    protected override DeviceBuffer Create(long bytes) => new WebGpuBuffer(Buffer(bytes, Storage | CopyFrom | CopyTo), bytes);

    private nint Buffer(long bytes, ulong usage)
    {
        BufferDescriptor d = new() { Usage = usage, Size = (ulong)bytes };
        WebGpuApi.PushErrorScope(Handle, OutOfMemoryErrors);
        nint buffer = WebGpuApi.CreateBuffer(Handle, &d);
        WebGpuInstance.Answer scope = _instance.Ask(callback => WebGpuApi.PopErrorScope(Handle, callback), WebGpuInstance.Scoped);
        ThrowIfBroken();
        if (scope.Kind > 1 || buffer == 0) throw new TesseraException(ErrorCode.OutOfMemory, $"{Info.Name} ({Info.Driver}) could not take {bytes} bytes: {scope.Message.TrimEnd('.')}. Close other programs that use the device, or use smaller inputs.");
        return buffer;
    }

    public override void Upload(DeviceBuffer to, long at, ReadOnlySpan<byte> bytes)
    {
        int whole = bytes.Length & ~3;
        fixed (byte* p = bytes)
            if (whole > 0) WebGpuApi.Write(_queue, Of(to), (ulong)at, p, (nuint)whole);
        if (whole < bytes.Length)
        {
            // Copies count words; what follows a value up to a word belongs to it.
            uint last = 0;
            bytes[whole..].CopyTo(new Span<byte>(&last, sizeof(uint)));
            WebGpuApi.Write(_queue, Of(to), (ulong)(at + whole), &last, sizeof(uint));
        }
        ThrowIfBroken();
    }

    public override void Download(ReadOnlySpan<DeviceRange> from, ReadOnlySpan<Tensor> to)
    {
        long bytes = 0;
        foreach (DeviceRange r in from) bytes += Words(r.Bytes);
        nint readback = Readback(bytes), encoder = WebGpuApi.CreateEncoder(Handle, 0);
        long at = 0;
        foreach (DeviceRange r in from)
        {
            WebGpuApi.Copy(encoder, Of(r.Buffer), (ulong)r.At, readback, (ulong)at, (ulong)Words(r.Bytes));
            at += Words(r.Bytes);
        }
        Submit(encoder);
        WebGpuInstance.Answer answer = _instance.Ask(callback => WebGpuApi.Map(readback, MapForReading, 0, (nuint)bytes, callback), WebGpuInstance.Told);
        ThrowIfBroken();
        if (answer.Status != Succeeded) throw new TesseraException(ErrorCode.DeviceLost, $"{Info.Name} ({Info.Driver}) gives no results: {answer.Message}");
        byte* source = (byte*)WebGpuApi.Mapped(readback, 0, (nuint)bytes);
        for (int i = 0; i < from.Length; i++)
        {
            System.Buffer.MemoryCopy(source, (void*)to[i].Address, from[i].Bytes, from[i].Bytes);
            source += Words(from[i].Bytes);
        }
        WebGpuApi.Unmap(readback);
    }

    public override void Copy(DeviceRange from, DeviceBuffer to, long at)
    {
        nint encoder = WebGpuApi.CreateEncoder(Handle, 0);
        WebGpuApi.Copy(encoder, Of(from.Buffer), (ulong)from.At, Of(to), (ulong)at, (ulong)Words(from.Bytes));
        Submit(encoder);
    }

    public override DeviceProgram Load(Program program, IReadOnlyList<DeviceRange> values)
    {
        WebGpuProgram? loaded = null;
        string? refused = Refused(() => loaded = new(this, program, values));
        if (refused is null) return loaded!;
        loaded!.Dispose();
        throw new TesseraException(ErrorCode.Internal, $"{Info.Name} ({Info.Driver}) refuses a program: {refused.TrimEnd('.')}. Update the driver, or choose another engine.");
    }

    /// <summary>Does something, and gives what the device's validation says against it; null for nothing.</summary>
    /// <exception cref="TesseraException">DeviceLost.</exception>
    public string? Refused(Action what)
    {
        WebGpuInstance.Answer scope;
        WebGpuApi.PushErrorScope(Handle, ValidationErrors);
        try { what(); }
        finally { scope = _instance.Ask(callback => WebGpuApi.PopErrorScope(Handle, callback), WebGpuInstance.Scoped); }
        ThrowIfBroken();
        return scope.Kind > 1 ? scope.Message : null;
    }

    public override void Synchronise()
    {
        // Mapping waits for what uses the buffer only: a copy into it, queued last, makes that everything.
        if (_mark == 0) _mark = Buffer(sizeof(int), Storage | CopyFrom | CopyTo);
        nint readback = Readback(sizeof(int)), encoder = WebGpuApi.CreateEncoder(Handle, 0);
        WebGpuApi.Copy(encoder, _mark, 0, readback, 0, sizeof(int));
        Submit(encoder);
        WebGpuInstance.Answer answer = _instance.Ask(callback => WebGpuApi.Map(readback, MapForReading, 0, sizeof(int), callback), WebGpuInstance.Told);
        ThrowIfBroken();
        if (answer.Status == Succeeded) WebGpuApi.Unmap(readback);
    }

    /// <summary>Sends commands to the device and lets go of their encoder.</summary>
    public void Submit(nint encoder)
    {
        nint commands = WebGpuApi.Finish(encoder, 0);
        WebGpuApi.Submit(_queue, 1, &commands);
        WebGpuApi.ReleaseCommands(commands);
        WebGpuApi.ReleaseEncoder(encoder);
        ThrowIfBroken();
    }

    public void ThrowIfBroken()
    {
        if (_lost is { } lost) throw new TesseraException(ErrorCode.DeviceLost, $"{Info.Name} ({Info.Driver}) was lost: {lost.TrimEnd('.')}. Look for other programs that reset or fill the device, and update its driver.");
        if (_error is not { } error) return;
        _error = null;
        throw new TesseraException(ErrorCode.Internal, $"{Info.Name} ({Info.Driver}) refuses: {error.TrimEnd('.')}. Update the driver, or choose another engine.");
    }

    public static nint Of(DeviceBuffer b) => ((WebGpuBuffer)b).Handle;

    public void Count(int found, int kept)
    {
        Interlocked.Add(ref _found, found);
        Interlocked.Add(ref _kept, kept);
    }

    private static long Words(long bytes) => (bytes + 3) & ~3L;

    private nint Readback(long bytes)
    {
        if (_readback.Bytes >= bytes) return _readback.Buffer;
        FreeReadback();
        long size = Math.Max(4096, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)bytes));
        _readback = (Buffer(size, MapRead | CopyTo), size);
        return _readback.Buffer;
    }

    private void FreeReadback()
    {
        if (_readback.Buffer == 0) return;
        WebGpuApi.DestroyBuffer(_readback.Buffer);
        WebGpuApi.ReleaseBuffer(_readback.Buffer);
        _readback = default;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLost(nint* device, uint reason, StringView message, nint data, nint unused)
    {
        if (GCHandle.FromIntPtr(data).Target is WebGpuDevice d) d._lost = message.ToString();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnError(nint* device, uint kind, StringView message, nint data, nint unused)
    {
        if (GCHandle.FromIntPtr(data).Target is WebGpuDevice d) d._error ??= message.ToString();
    }

    /// <summary>Has Dawn take the device for lost.</summary>
    internal void Lose()
    {
        fixed (byte* why = "a test pulled the plug"u8) WebGpuApi.LoseDevice(Handle, Unknown, new(why, 22));
    }

    protected override void Dispose(bool disposing)
    {
        if (Handle == 0) return;
        _times?.Dispose();
        FreeReadback();
        if (_mark != 0) WebGpuApi.ReleaseBuffer(_mark);
        WebGpuApi.DestroyDevice(Handle);
        WebGpuApi.ReleaseDevice(Handle);
        WebGpuApi.ReleaseAdapter(_adapter);
        _instance.Dispose();
        Handle = _queue = 0;
        _self.Free();
    }

    private sealed class WebGpuBuffer(nint handle, long bytes) : DeviceBuffer(bytes)
    {
        public nint Handle { get; private set; } = handle;

        public override void Dispose()
        {
            if (Handle == 0) return;
            WebGpuApi.DestroyBuffer(Handle);
            WebGpuApi.ReleaseBuffer(Handle);
            Handle = 0;
        }
    }
}
