using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tessera.Devices;

/// <summary>Where the drivers' libraries are found; absent ones are a reason, never a failure at start-up.</summary>
internal static class NativeLibraries
{
    private static readonly Dictionary<string, string[]> Names = new()
    {
        [OpenCl.OpenClApi.Library] = OperatingSystem.IsWindows() ? ["OpenCL.dll"] : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"] : ["libOpenCL.so.1", "libOpenCL.so"],
        [WebGpu.WebGpuApi.Library] = [WebGpu.DawnLibrary.File],
    };

    private static readonly Dictionary<string, nint> Loaded = [];

    /// <summary>Whether a library is on this machine.</summary>
    public static bool Has(string library) => Find(library) != 0;

#pragma warning disable CA2255 // A resolver must stand before the first call into a library, whoever makes it.
    [ModuleInitializer]
    internal static void Register() => NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => Names.ContainsKey(name) ? Find(name) : 0);
#pragma warning restore CA2255

    private static nint Find(string library)
    {
        lock (Loaded)
        {
            if (Loaded.TryGetValue(library, out nint known)) return known;
            foreach (string name in Names[library])
                if (NativeLibrary.TryLoad(name, out nint handle)) return Loaded[library] = handle;
            return 0;
        }
    }
}
