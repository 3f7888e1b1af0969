using System.Globalization;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Bytes of one core's data caches; what the system tells, else usual sizes.</summary>
internal static class CacheSizes
{
    public static long L1 { get; } = Read(1, 32 << 10);

    public static long L2 { get; } = Read(2, 512 << 10);

    private static long Read(int level, long usual)
    {
        if (!OperatingSystem.IsLinux()) return usual;
        try
        {
            foreach (string folder in Directory.GetDirectories("/sys/devices/system/cpu/cpu0/cache", "index*"))
            {
                if (Text(folder, "level") != level.ToString(CultureInfo.InvariantCulture) || Text(folder, "type") == "Instruction") continue;
                string size = Text(folder, "size");
                long unit = size[^1] switch { 'K' => 1 << 10, 'M' => 1 << 20, _ => 1 };
                if (long.TryParse(size.TrimEnd('K', 'M'), NumberStyles.None, CultureInfo.InvariantCulture, out long n) && n > 0) return n * unit;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            return usual;
        }
        return usual;
    }

    private static string Text(string folder, string file) => File.ReadAllText(Path.Combine(folder, file)).Trim();
}
