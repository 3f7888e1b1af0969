using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Tessera.Cli.Output;
using Tessera.Devices.WebGpu;
using Tessera.Lab;

namespace Tessera.Cli.Commands;

/// <summary>`tessera doctor`: what this machine has and lacks, and the command that adds it.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        Option<bool> fix = new("--fix") { Description = "Fetch what engines need and npm has: Dawn's library for webgpu:dawn" };
        Command c = new("doctor", "Show what this machine has and lacks, and how to add it") { fix, Shared.Json };
        c.SetAction(p => Run(p.GetValue(fix), p.GetValue(Shared.Json)));
        return c;
    }

    private static int Run(bool fix, bool json)
    {
        if (fix) DawnLibrary.Fetch();
        List<CheckReport> checks = [];
        foreach (string name in EngineRegistry.Names)
        {
            using Engine e = EngineRegistry.Create(name);
            Compatibility c = e.CheckCompatibilityAsync().AsTask().GetAwaiter().GetResult();
            checks.Add(new($"engine {name}", c.IsCompatible, c.Reason, c.Remedy));
        }
        checks.Add(Program("npm", "fetches the demo's models and the peers of the benchmarks", "apt-get install npm, or https://nodejs.org"));
        checks.Add(Program("node", "runs the peers of the benchmarks", "apt-get install nodejs, or https://nodejs.org"));
        checks.AddRange(Enum.GetValues<Peer>().Select(Of));
        checks.Add(Folder("ONNX test data", Knobs.OnnxTestData.IsSet ? Knobs.OnnxTestData.Value : "/usr/share/libonnx-testdata/data", "apt-get install libonnx-testdata"));
        string suite = Knobs.Suite.Value;
        checks.Add(Folder("model suite", suite, "set TESSERA_SUITE to its folder"));
        DoctorReport r = new(RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, $"{RuntimeInformation.ProcessArchitecture}", Simd(), Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, [.. checks]);
        if (json) { Terminal.Json(r, ReportJson.Default.DoctorReport); return 0; }
        Console.WriteLine($"{r.System}, {r.Runtime}, {r.Processor} with {r.Simd}, {r.Threads} threads, {Terminal.Bytes(r.MemoryBytes)} memory");
        Terminal.Table(["", "What", "Detail", "To add it"], r.Checks.Select(c => new[] { c.Present ? "present" : "absent", c.Name, c.Detail, c.Present ? "" : c.Remedy }));
        return 0;
    }

    private static string Simd() => Vector512.IsHardwareAccelerated ? "AVX-512" : Vector256.IsHardwareAccelerated ? Fma.IsSupported ? "AVX2 + FMA" : "AVX2" : AdvSimd.IsSupported ? "NEON" : Vector128.IsHardwareAccelerated ? "128-bit SIMD" : "no SIMD";

    private static CheckReport Program(string name, string purpose, string remedy)
    {
        string? found = Knobs.ProgramPath.Value.Split(Path.PathSeparator).Select(d => Path.Combine(d, OperatingSystem.IsWindows() ? name + ".cmd" : name)).FirstOrDefault(File.Exists);
        return new(name, found is not null, found is null ? $"not on the PATH; {purpose}" : purpose, remedy);
    }

    /// <summary>What `bench` compares with.</summary>
    private static CheckReport Of(Peer peer)
    {
        string where = peer.Debian()?.File ?? PeerStore.Folder(peer.Npm()!);
        bool present = peer.Debian() is { } debian ? NativeLibrary.TryLoad(debian.File, out _) : Directory.Exists(where);
        return new($"peer {peer.Name()}", present, present ? where : $"{where} is missing; bench compares with it", "tessera bench ops --fetch");
    }

    private static CheckReport Folder(string name, string path, string remedy) =>
        Directory.Exists(path) ? new(name, true, path, "") : new(name, false, path.Length == 0 ? "no folder is named" : $"{path} does not exist", remedy);
}
