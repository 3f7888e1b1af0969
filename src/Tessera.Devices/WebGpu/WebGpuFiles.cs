using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tessera.Devices.WebGpu;

/// <summary>What Dawn and the Vulkan, Metal or Direct3D driver under it compiled, kept on disk. Dawn calls from threads of its own; its keys hold its version, the adapter, the driver and the source.</summary>
internal static unsafe class WebGpuFiles
{
    private const uint DawnCache = 0x50007;
    private const string Folder = "webgpu";

    /// <summary>What a device is opened with so that it looks here.</summary>
    /// <param name="device">Handle of the <see cref="WebGpuDevice"/>.</param>
    public static KeptCode Descriptor(nint device) => new()
    {
        Chain = new() { Kind = DawnCache },
        Load = (nint)(delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint, nint, nuint>)&OnLoad,
        Store = (nint)(delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint, nint, void>)&OnStore,
        Data = device,
    };

    // Asked for its size, then for itself, on one thread: the file may change between, and some versions of Dawn take what is not filled in for a hit.
    [ThreadStatic]
    private static (string Name, byte[]? Code) s_asked;

    private static string Key(byte* key, nuint length) => KernelFiles.Key("", new ReadOnlySpan<byte>(key, (int)length));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nuint OnLoad(byte* key, nuint length, byte* to, nuint capacity, nint data)
    {
        try
        {
            string name = Key(key, length);
            if (to == null)
            {
                s_asked = KernelFiles.Read(Folder, name) is { } found ? (name, found) : default;
                return (nuint)(s_asked.Code?.Length ?? 0);
            }
            if (s_asked is not (var asked, { } code) || asked != name || (nuint)code.Length != capacity) return 0;
            s_asked = default;
            code.CopyTo(new Span<byte>(to, code.Length));
            (GCHandle.FromIntPtr(data).Target as WebGpuDevice)?.Count(found: 1, kept: 0);
            return capacity;
        }
        catch (Exception e) when (e is OutOfMemoryException or TesseraException) { return 0; }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnStore(byte* key, nuint length, byte* from, nuint size, nint data)
    {
        KernelFiles.Write(Folder, Key(key, length), new ReadOnlySpan<byte>(from, (int)size));
        (GCHandle.FromIntPtr(data).Target as WebGpuDevice)?.Count(found: 0, kept: 1);
    }
}
