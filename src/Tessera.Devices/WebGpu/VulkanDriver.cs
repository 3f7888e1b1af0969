using System.Runtime.InteropServices;

namespace Tessera.Devices.WebGpu;

/// <summary>Which Vulkan driver Dawn is shown on Linux.</summary>
internal static partial class VulkanDriver
{
    // Dawn refuses Mesa's software driver of older releases; SwiftShader comes with Chromium.
    private static readonly string[] SwiftShader = ["/usr/lib/chromium/vk_swiftshader_icd.json", "/usr/lib64/chromium-browser/vk_swiftshader_icd.json", "/opt/google/chrome/vk_swiftshader_icd.json"];

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    /// <summary>What the environment names; else the system's drivers when one of them is of hardware; else SwiftShader, when it is installed.</summary>
    public static void Choose()
    {
        if (!OperatingSystem.IsLinux()) return;
        // Drivers that look for a display complain on the error stream where there is none.
        _ = SetVariable("XDG_RUNTIME_DIR", Path.GetTempPath(), 0);
        if (Knobs.VulkanDrivers.IsSet || HasHardware()) return;
        // The loader reads the C library's variables, which .NET's own do not change.
        if (Array.Find(SwiftShader, File.Exists) is { } file) _ = SetVariable("VK_DRIVER_FILES", file, 0);
    }

    private static bool HasHardware() => Directory.Exists("/dev/dri") && Directory.EnumerateFiles("/dev/dri", "renderD*").Any() || File.Exists("/dev/nvidiactl");
}
