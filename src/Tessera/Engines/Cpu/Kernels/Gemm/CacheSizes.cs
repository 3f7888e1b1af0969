using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Bytes of one core's data caches; what the processor or the system tells, else usual sizes.</summary>
internal static class CacheSizes
{
    public static long L1 { get; } = Read(1, 32 << 10);

    public static long L2 { get; } = Read(2, 512 << 10);

    private static long Read(int level, long usual)
    {
        if (Asked(level) is > 0 and var told) return told;
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

    /// <summary>What CPUID tells of the data cache of a level; 0 for nothing. Source: Intel 64 Software Developer's Manual 2A (leaf 4); AMD64 Programmer's Manual 3, E.4.15 (leaf 8000001D).</summary>
    private static long Asked(int level)
    {
        if (!X86Base.IsSupported) return 0;
        (int most, _, int vendor, _) = X86Base.CpuId(0, 0);
        const int amd = 0x444D4163;
        int leaf = vendor == amd ? unchecked((int)0x8000001D) : 4;
        if (vendor == amd ? (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax < (uint)leaf : most < leaf) return 0;
        for (int i = 0; i < 16; i++)
        {
            (int a, int b, int c, _) = X86Base.CpuId(leaf, i);
            int kind = a & 31;
            if (kind == 0) return 0;
            // 1: data, 3: data and instructions.
            if (kind is 1 or 3 && (a >> 5 & 7) == level) return ((b >>> 22) + 1L) * ((b >> 12 & 0x3FF) + 1) * ((b & 0xFFF) + 1) * ((long)(uint)c + 1);
        }
        return 0;
    }

    private static string Text(string folder, string file) => File.ReadAllText(Path.Combine(folder, file)).Trim();
}
