using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tessera.Devices.WebGpu;

/// <summary>An instance of the library and the adapter that it gives; what callbacks answer is waited for.</summary>
internal sealed unsafe class WebGpuInstance : IDisposable
{
    public const uint TimestampQuery = 3;

    private const string Ids = "vendor and device";

    private const uint TimedWaits = 1, WaitOnly = 1, Succeeded = 1, Vulkan = 6, LowPower = 1, HighPerformance = 2, OwnMemory = 1, SoftwareAdapter = 3;

    public WebGpuInstance()
    {
        uint feature = TimedWaits;
        InstanceDescriptor d = new() { FeatureCount = 1, Features = (nint)(&feature) };
        Handle = WebGpuApi.CreateInstance(&d);
        if (Handle == 0) throw new TesseraException(ErrorCode.EngineUnavailable, "Dawn makes no instance. Install a newer library.");
    }

    public nint Handle { get; private set; }

    /// <summary>The adapters that the library hands out: it is asked for a fast one, one that saves power, and one of software, and gives the same again where there is no choice.</summary>
    /// <returns>Each with what it says of itself; the caller releases them. Empty, with the library's words, when there is none.</returns>
    public List<(nint Adapter, DeviceInfo Info)> Adapters(out string why)
    {
        List<(nint Adapter, DeviceInfo Info)> found = [];
        why = "";
        foreach ((uint power, uint fallback) in new[] { (HighPerformance, 0u), (LowPower, 0u), (0u, 1u) })
        {
            AdapterOptions options = new() { FeatureLevel = 2, PowerPreference = power, ForceFallback = fallback, Backend = OperatingSystem.IsLinux() ? Vulkan : 0 };
            AdapterOptions* wanted = &options;
            Answer answer = Ask(callback => WebGpuApi.RequestAdapter(Handle, wanted, callback), Handed);
            if (answer.Status != Succeeded)
            {
                if (why.Length == 0) why = answer.Message;
                continue;
            }
            DeviceInfo info = Describe(answer.Handle, $"{found.Count}", out _);
            if (found.Exists(f => f.Info.Name == info.Name && f.Info.Driver == info.Driver && f.Info.Features[Ids] == info.Features[Ids])) WebGpuApi.ReleaseAdapter(answer.Handle);
            else found.Add((answer.Handle, info));
        }
        return found;
    }

    public static DeviceInfo Describe(nint adapter, string id, out Limits limits)
    {
        AdapterInfo info = default;
        _ = WebGpuApi.GetInfo(adapter, &info);
        fixed (Limits* l = &limits)
        {
            *l = default;
            _ = WebGpuApi.GetLimits(adapter, l);
        }
        string backend = info.Backend switch { 4 => "Direct3D 12", 5 => "Metal", 6 => "Vulkan", _ => $"backend {info.Backend}" };
        DeviceInfo d = new(id, info.Device.ToString() is { Length: > 0 } name ? name : info.Architecture.ToString(), info.Vendor.ToString(), $"{backend}: {info.Description}", info.Kind == SoftwareAdapter,
            Math.Min(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, 1L << 40), (long)Math.Min(limits.MaxBuffer, limits.MaxStorageBinding), (int)limits.MaxGroup, 1, (int)limits.StorageAlignment,
            ImmutableSortedDictionary<string, string>.Empty.Add("backend", backend).Add(DeviceInfo.Kind, info.Kind == SoftwareAdapter ? "cpu" : "gpu").Add(DeviceInfo.Memory, info.Kind == OwnMemory ? "own" : "shared").Add(Ids, $"{info.VendorId:x4}:{info.DeviceId:x4}").Add("storage buffers", $"{limits.MaxStorageBuffers}").Add("float16", WebGpuApi.HasFeature(adapter, 10) != 0 ? "yes" : "no")
                .Add("subgroups", WebGpuApi.HasFeature(adapter, 17) != 0 ? "yes" : "no").Add("timestamps", WebGpuApi.HasFeature(adapter, TimestampQuery) != 0 ? "yes" : "no"));
        WebGpuApi.FreeInfo(info);
        return d;
    }

    /// <summary>Starts something that answers later by calling <paramref name="callback"/>, one of those below, and waits for its answer.</summary>
    public Answer Ask(Func<CallbackInfo, Future> start, nint callback)
    {
        Answer answer = new();
        GCHandle handle = GCHandle.Alloc(answer);
        try
        {
            FutureWait wait = new() { Future = start(new() { Mode = WaitOnly, Callback = callback, Data1 = GCHandle.ToIntPtr(handle) }) };
            uint status = WebGpuApi.WaitAny(Handle, 1, &wait, ulong.MaxValue);
            return status == Succeeded ? answer : throw new TesseraException(ErrorCode.DeviceLost, $"Dawn does not answer (status {status}).");
        }
        finally
        {
            handle.Free();
        }
    }

    /// <summary>Takes an answer with a handle: adapters, devices.</summary>
    public static nint Handed => (nint)(delegate* unmanaged[Cdecl]<uint, nint, StringView, nint, nint, void>)&OnHanded;

    /// <summary>Takes one without: mapped memory.</summary>
    public static nint Told => (nint)(delegate* unmanaged[Cdecl]<uint, StringView, nint, nint, void>)&OnTold;

    /// <summary>Takes that of an error scope, with the kind of error.</summary>
    public static nint Scoped => (nint)(delegate* unmanaged[Cdecl]<uint, uint, StringView, nint, nint, void>)&OnScoped;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnHanded(uint status, nint handle, StringView message, nint data, nint unused) => Fill(data, status, 0, handle, message);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnTold(uint status, StringView message, nint data, nint unused) => Fill(data, status, 0, 0, message);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnScoped(uint status, uint kind, StringView message, nint data, nint unused) => Fill(data, status, kind, 0, message);

    private static void Fill(nint data, uint status, uint kind, nint handle, StringView message)
    {
        Answer a = (Answer)GCHandle.FromIntPtr(data).Target!;
        (a.Status, a.Kind, a.Handle, a.Message) = (status, kind, handle, message.ToString());
    }

    public void Dispose()
    {
        if (Handle != 0) WebGpuApi.ReleaseInstance(Handle);
        Handle = 0;
    }

    /// <summary>What a callback was told.</summary>
    internal sealed class Answer
    {
        public uint Status, Kind;
        public nint Handle;
        public string Message = "";
    }
}
