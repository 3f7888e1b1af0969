using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tessera.Cli.Bench;

/// <summary>What measurements were made on.</summary>
internal static class ThisMachine
{
    /// <summary>The processor's name, its vectors and how many cores this process may use.</summary>
    public static string Processor => $"{Name()}, {(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)}-bit vectors, {Environment.ProcessorCount} cores";

    /// <summary>The commit that the build recorded, if it did.</summary>
    public static string Commit => typeof(ThisMachine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion is { } v && v.IndexOf('+', StringComparison.Ordinal) is >= 0 and var at ? v[(at + 1)..] : "";

    private static string Name()
    {
        const string Info = "/proc/cpuinfo";
        string? line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? $"{RuntimeInformation.ProcessArchitecture}" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
