using System.Collections.Immutable;
using System.Text;

namespace Tessera.Devices.Cuda;

/// <summary>The devices that CUDA's driver lists.</summary>
internal static unsafe class CudaDevices
{
    private const int TextBytes = 256, UuidBytes = 16;

    /// <summary>What the alignment of memory and of its parts is on every device.</summary>
    private const int Alignment = 256;

    /// <exception cref="TesseraException">EngineUnavailable: the driver has no device.</exception>
    public static IReadOnlyList<DeviceInfo> List(CudaDriver driver)
    {
        int count = 0;
        int error = driver.GetDeviceCount(&count);
        if (error is not (CudaCodes.Success or CudaCodes.NoDevice)) throw new TesseraException(ErrorCode.EngineUnavailable, $"CUDA's driver {driver.VersionText} lists no devices: {driver.Text(error)}. Install it anew.");
        if (count == 0) throw new TesseraException(ErrorCode.EngineUnavailable, $"CUDA's driver {driver.VersionText} finds no device. Check that one is built in and that CUDA_VISIBLE_DEVICES does not hide it.");
        return [.. Enumerable.Range(0, count).Select(i => Describe(driver, i))];
    }

    /// <summary>Major and minor of a device's compute capability, as NVRTC writes them: 90 for 9.0.</summary>
    public static int Capability(CudaDriver driver, int device) => 10 * Attribute(driver, device, CudaCodes.Major) + Attribute(driver, device, CudaCodes.Minor);

    /// <summary>The driver's handle of a device.</summary>
    public static int Handle(CudaDriver driver, string id)
    {
        int device;
        int error = driver.GetDevice(&device, int.Parse(id, System.Globalization.CultureInfo.InvariantCulture));
        return error == CudaCodes.Success ? device : throw new TesseraException(ErrorCode.EngineUnavailable, $"CUDA's driver {driver.VersionText} no longer has device {id}: {driver.Text(error)}. List devices anew.");
    }

    private static DeviceInfo Describe(CudaDriver driver, int number)
    {
        int device = Handle(driver, $"{number}");
        byte* text = stackalloc byte[TextBytes];
        string name = driver.GetName(text, TextBytes, device) == CudaCodes.Success ? Text(text) : "a CUDA device", pci = driver.GetPciId(text, TextBytes, device) == CudaCodes.Success ? Text(text) : "";
        nuint bytes = 0;
        _ = driver.GetTotalMemory(&bytes, device);
        string uuid = driver.GetUuid(text, device) == CudaCodes.Success ? $"GPU-{new Guid(new ReadOnlySpan<byte>(text, UuidBytes), bigEndian: true)}" : "";
        int capability = Capability(driver, device);
        bool shared = Attribute(driver, device, CudaCodes.Integrated) != 0;
        return new($"{number}", name, "NVIDIA", $"CUDA driver {driver.VersionText}", false, (long)bytes, (long)bytes, Attribute(driver, device, CudaCodes.MaxGroup), Attribute(driver, device, CudaCodes.Units), Alignment,
            ImmutableSortedDictionary<string, string>.Empty.Add("compute capability", $"{capability / 10}.{capability % 10}").Add(DeviceInfo.Uuid, uuid).Add(DeviceInfo.Pci, pci).Add(DeviceInfo.Kind, "gpu")
                .Add(DeviceInfo.Memory, shared ? "shared" : "own").Add("float16", "yes").Add("float64", "yes").Add("subgroups", "yes").Add("timestamps", "yes"));
    }

    private static int Attribute(CudaDriver driver, int device, int which)
    {
        int value = 0;
        return driver.GetAttribute(&value, which, device) == CudaCodes.Success ? value : 0;
    }

    private static string Text(byte* text)
    {
        ReadOnlySpan<byte> all = new(text, TextBytes);
        int end = all.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? all : all[..end]).Trim();
    }
}
