using System.Collections.Immutable;
using System.Text;

namespace Tessera.Devices.OpenCl;

/// <summary>Devices of all OpenCL platforms of the machine.</summary>
internal static unsafe class OpenClDevices
{
    /// <exception cref="TesseraException">EngineUnavailable: no loader, no platform, or none with a device.</exception>
    public static IReadOnlyList<(DeviceInfo Info, nint Handle)> List()
    {
        if (!NativeLibraries.Has(OpenClApi.Library)) throw Absent("no OpenCL loader (libOpenCL) was found");
        uint count;
        if (OpenClApi.GetPlatforms(0, null, &count) != OpenClCodes.Success || count == 0) throw Absent("its loader knows no platform");
        nint[] platforms = new nint[count];
        fixed (nint* p = platforms) _ = OpenClApi.GetPlatforms(count, p, null);
        List<(DeviceInfo, nint)> all = [];
        List<string> old = [];
        for (int i = 0; i < platforms.Length; i++)
        {
            if (OpenClApi.GetDevices(platforms[i], OpenClCodes.AllTypes, 0, null, &count) != OpenClCodes.Success || count == 0) continue;
            nint[] devices = new nint[count];
            fixed (nint* p = devices) _ = OpenClApi.GetDevices(platforms[i], OpenClCodes.AllTypes, count, p, null);
            for (int k = 0; k < devices.Length; k++)
            {
                DeviceInfo d = Describe(platforms[i], devices[k], $"{i}:{k}");
                if (IsNewEnough(d.Features["version"])) all.Add((d, devices[k]));
                else old.Add($"{d.Name} ({d.Driver}) has {d.Features["version"]}");
            }
        }
        if (all.Count == 0 && old.Count > 0) throw Old(old);
        return all.Count > 0 ? all : throw Absent("no platform has a device");
    }

    private static DeviceInfo Describe(nint platform, nint device, string id)
    {
        string extensions = Text(device, OpenClCodes.DeviceExtensions);
        ImmutableSortedDictionary<string, string> features = ImmutableSortedDictionary<string, string>.Empty.Add("version", Text(device, OpenClCodes.DeviceVersion)).Add("platform", PlatformText(platform, OpenClCodes.PlatformName));
        foreach ((string name, string extension) in new[] { ("float16", "cl_khr_fp16"), ("float64", "cl_khr_fp64"), ("subgroups", "cl_khr_subgroups") })
            features = features.Add(name, extensions.Contains(extension, StringComparison.Ordinal) ? "yes" : "no");
        long type = Number(device, OpenClCodes.DeviceType);
        features = features.Add(DeviceInfo.Kind, (type & (long)OpenClCodes.TypeGpu) != 0 ? "gpu" : (type & (long)OpenClCodes.TypeCpu) != 0 ? "cpu" : "accelerator").Add(DeviceInfo.Memory, Number(device, OpenClCodes.DeviceSharesMemory) != 0 ? "shared" : "own").Add("timestamps", "yes");
        if (extensions.Contains("cl_khr_device_uuid", StringComparison.Ordinal)) features = features.Add(DeviceInfo.Uuid, Uuid(device));
        if (extensions.Contains("cl_khr_pci_bus_info", StringComparison.Ordinal)) features = features.Add(DeviceInfo.Pci, Pci(device));
        return new(id, Text(device, OpenClCodes.DeviceName), Text(device, OpenClCodes.DeviceVendor), Text(device, OpenClCodes.DriverVersion), (type & (long)OpenClCodes.TypeCpu) != 0,
            Number(device, OpenClCodes.DeviceMemory), Number(device, OpenClCodes.DeviceMaxBuffer), (int)Number(device, OpenClCodes.DeviceMaxGroup), (int)Number(device, OpenClCodes.DeviceUnits),
            Math.Max(1, (int)Number(device, OpenClCodes.DeviceAlignment) / 8), features);
    }

    private static string Uuid(nint device)
    {
        Guid value;
        return OpenClApi.GetDeviceInfo(device, OpenClCodes.DeviceUuid, (nuint)sizeof(Guid), &value, null) == OpenClCodes.Success ? $"{new Guid(new ReadOnlySpan<byte>(&value, sizeof(Guid)), bigEndian: true)}" : "";
    }

    /// <summary>domain:bus:device.function, as lspci writes it.</summary>
    private static string Pci(nint device)
    {
        uint* p = stackalloc uint[4];
        return OpenClApi.GetDeviceInfo(device, OpenClCodes.DevicePci, 4 * sizeof(uint), p, null) == OpenClCodes.Success ? $"{p[0]:x4}:{p[1]:x2}:{p[2]:x2}.{p[3]:x}" : "";
    }

    private static long Number(nint device, uint what)
    {
        long value = 0;
        return OpenClApi.GetDeviceInfo(device, what, sizeof(long), &value, null) == OpenClCodes.Success ? value : 0;
    }

    private static string Text(nint device, uint what)
    {
        nuint needed;
        if (OpenClApi.GetDeviceInfo(device, what, 0, null, &needed) != OpenClCodes.Success) return "";
        byte[] text = new byte[needed];
        fixed (byte* p = text) _ = OpenClApi.GetDeviceInfo(device, what, needed, p, null);
        return Encoding.UTF8.GetString(text).TrimEnd('\0').Trim();
    }

    private static string PlatformText(nint platform, uint what)
    {
        nuint needed;
        if (OpenClApi.GetPlatformInfo(platform, what, 0, null, &needed) != OpenClCodes.Success) return "";
        byte[] text = new byte[needed];
        fixed (byte* p = text) _ = OpenClApi.GetPlatformInfo(platform, what, needed, p, null);
        return Encoding.UTF8.GetString(text).TrimEnd('\0').Trim();
    }

    /// <summary>Whether a device's version, "OpenCL major.minor" and what its vendor adds, is 1.2 or newer.</summary>
    internal static bool IsNewEnough(string version) =>
        version.Split(' ') is ["OpenCL", string number, ..] && Version.TryParse(number, out Version? v) && v >= new Version(1, 2);

    internal static TesseraException Old(IEnumerable<string> devices) =>
        new(ErrorCode.EngineUnavailable, $"OpenCL 1.2 or newer is needed, and {string.Join("; ", devices)}. Update the driver, or install pocl-opencl-icd for the processor.");

    private static TesseraException Absent(string why) => new(ErrorCode.EngineUnavailable, $"{why}. Install the driver of your GPU, or pocl-opencl-icd for the processor.");
}
