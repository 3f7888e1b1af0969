namespace Tessera;

/// <summary>A switch read from the environment.</summary>
/// <param name="Name">The environment variable.</param>
/// <param name="Default">What holds when the variable is absent or empty; empty when absence has a meaning of its own.</param>
/// <param name="Help">What it does, and which values it takes.</param>
public sealed record Knob(string Name, string Default, string Help)
{
    /// <summary>The value in effect, as text.</summary>
    public string Value => Environment.GetEnvironmentVariable(Name) is { Length: > 0 } v ? v.Trim() : Default;

    /// <summary>Whether the environment sets it.</summary>
    public bool IsSet => Environment.GetEnvironmentVariable(Name) is { Length: > 0 };

    /// <summary>1/true/on/yes or 0/false/off/no.</summary>
    /// <exception cref="TesseraException">InvalidArgument for any other value.</exception>
    public bool On => Value.ToUpperInvariant() switch
    {
        "1" or "TRUE" or "ON" or "YES" => true,
        "0" or "FALSE" or "OFF" or "NO" or "" => false,
        _ => throw Wrong("0 or 1"),
    };

    /// <exception cref="TesseraException">InvalidArgument when the value is no whole number between <paramref name="least"/> and <paramref name="most"/>.</exception>
    public long Integer(long least = long.MinValue, long most = long.MaxValue) =>
        long.TryParse(Value, out long v) && v >= least && v <= most ? v : throw Wrong($"a whole number from {least} to {most}");

    /// <summary>Bytes, with an optional unit: "512MB", "4GB", "1.5 GiB" (both kinds count in powers of 1024).</summary>
    /// <exception cref="TesseraException">InvalidArgument when the value is no size.</exception>
    public long Bytes() => ByteSize.TryParse(Value, out long v) ? v : throw Wrong("a size such as 512MB or 4GB");

    private TesseraException Wrong(string allowed) => new(ErrorCode.InvalidArgument, $"{Name}={Value} is not understood; set it to {allowed}. {Help}");
}

/// <summary>All switches; nothing else reads the environment. docs/knobs.md lists them.</summary>
public static class Knobs
{
    public static Knob PoolTrace { get; } = new("TESSERA_POOL_TRACE", "0", "1 remembers the call stack of every memory block that is rented, for the leak report.");

    public static Knob PoolGuard { get; } = new("TESSERA_POOL_GUARD", "0", "1 puts a pattern behind every memory block that is rented and ends the process when it was overwritten, naming who rented the block.");

    public static Knob Suite { get; } = new("TESSERA_SUITE", "", "Folder of the model suite that the tests run; absent skips them.");

    public static Knob OnnxTestData { get; } = new("TESSERA_ONNX_TESTDATA", "", "Folder of ONNX's backend test data (Debian's libonnx-testdata) that the tests run; absent skips them.");

    public static Knob Seed { get; } = new("TESSERA_SEED", "", "Seed of the tests' random inputs; absent draws one, and a failing test prints it.");

    public static Knob Snapshots { get; } = new("TESSERA_SNAPSHOTS", "0", "1 lets the tests of renderers write what they render into the repository instead of comparing it.");

    public static Knob Slow { get; } = new("TESSERA_SLOW", "0", "1 runs the tests that take many minutes: all cases on engines whose kernels a driver compiles on the processor.");

    public static Knob Cache { get; } = new("TESSERA_CACHE", "", "Folder of what is fetched or computed once; absent means the folder tessera where the system keeps caches.");

    public static Knob XdgCacheHome { get; } = new("XDG_CACHE_HOME", "", "Where Linux systems keep caches (XDG Base Directory Specification); absent means ~/.cache.");

    public static Knob FuzzSeconds { get; } = new("TESSERA_FUZZ_SECONDS", "5", "Seconds that each test with mutated input files runs.");

    public static Knob ProgramPath { get; } = new("PATH", "", "Folders in which programs such as npm are looked for.");

    public static Knob VulkanDrivers { get; } = new("VK_DRIVER_FILES", "", "Vulkan drivers that the loader is shown (Khronos); absent lets the engine webgpu:dawn choose.");

    public static Knob CudaPath { get; } = new("CUDA_PATH", "", "Folder of CUDA's toolkit (NVIDIA), where the engine cuda looks for its compiler first.");

    public static Knob CudaHome { get; } = new("CUDA_HOME", "", "As CUDA_PATH, which comes before it.");

    public static Knob CondaPrefix { get; } = new("CONDA_PREFIX", "", "Folder of the active environment of conda, where the engine cuda looks for CUDA's compiler.");

    public static Knob VirtualEnvironment { get; } = new("VIRTUAL_ENV", "", "Folder of the active environment of Python, where the engine cuda looks for CUDA's compiler.");

    /// <summary>Every knob, by name.</summary>
    public static IReadOnlyList<Knob> All => [.. new[] { PoolTrace, PoolGuard, Suite, OnnxTestData, Seed, Snapshots, Slow, FuzzSeconds, Cache, XdgCacheHome, ProgramPath, VulkanDrivers, CudaPath, CudaHome, CondaPrefix, VirtualEnvironment }.OrderBy(k => k.Name, StringComparer.Ordinal)];
}
