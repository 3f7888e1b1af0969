using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Tessera.Devices.Cuda;

/// <summary>Where NVRTC lies: CUDA's toolkit, a Debian package, or a package of pip or conda.</summary>
internal static partial class NvrtcLibrary
{
    public const string Remedy = "Install CUDA's toolkit, Debian's libnvrtc11.2 (non-free), or `pip install nvidia-cuda-nvrtc-cu12`, or name its folder in CUDA_PATH.";

    private static readonly string[] SystemFiles = OperatingSystem.IsWindows() ? ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll", "nvrtc64_112_0.dll"] : ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"];

    /// <summary>The newest NVRTC that the driver takes code of, else the oldest of those there are.</summary>
    /// <param name="driver">The driver's CUDA version: 1000·major + 10·minor.</param>
    /// <exception cref="TesseraException">EngineUnavailable: none is found, or it is too old.</exception>
    public static Nvrtc Load(int driver)
    {
        foreach (string file in Candidates(driver))
            if (NativeLibrary.TryLoad(file, out nint library)) return new Nvrtc(name => NativeLibrary.TryGetExport(library, name, out nint f) ? f : 0, file);
        throw new TesseraException(ErrorCode.EngineUnavailable, $"NVRTC, CUDA's compiler, was not found. {Remedy}");
    }

    /// <summary>Files to try, best first: a folder that CUDA_PATH names, then versions that the driver takes, newest first, then newer ones.</summary>
    public static IReadOnlyList<string> Candidates(int driver)
    {
        int most = driver / 1000;
        IEnumerable<string> named = Known([Knobs.CudaPath, Knobs.CudaHome]).SelectMany(Files), found = Folders().SelectMany(Files).Concat(SystemFiles);
        return [.. Best(named, most), .. Best(found, most)];
    }

    private static IEnumerable<string> Best(IEnumerable<string> files, int most) => files.OrderBy(f => Major(f) <= most ? most - Major(f) : 100 + Major(f));

    /// <summary>Major version that a file's name tells; one that tells none counts as the oldest.</summary>
    private static int Major(string file)
    {
        Match m = Digits().Match(Path.GetFileName(file));
        return m.Success ? int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    private static IEnumerable<string> Files(string folder)
    {
        if (!Directory.Exists(folder)) return [];
        try
        {
            return [.. Directory.EnumerateFiles(folder, OperatingSystem.IsWindows() ? "nvrtc64_*.dll" : "libnvrtc.so*").Where(f => !f.Contains(".alt.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return []; }
    }

    private static IEnumerable<string> Folders()
    {
        if (!OperatingSystem.IsWindows()) yield return "/usr/local/cuda/lib64";
        foreach (string f in Known([Knobs.CondaPrefix])) yield return f;
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        foreach (string parent in new[] { Path.Combine(home, ".local"), "/usr/local", "/usr" }.Prepend(Knobs.VirtualEnvironment.Value))
        {
            if (parent.Length == 0) continue;
            foreach (string python in Subfolders(Path.Combine(parent, "lib"), "python3*").Append(Path.Combine(parent, "Lib")))
                foreach (string packages in new[] { "site-packages", "dist-packages" })
                    foreach (string version in Subfolders(Path.Combine(python, packages, "nvidia"), "cu*"))
                        foreach (string place in new[] { "lib", "bin" }) yield return Path.Combine(version, place);
        }
    }

    /// <summary>Where libraries lie below the folders that knobs name.</summary>
    private static IEnumerable<string> Known(Knob[] knobs) =>
        from k in knobs where k.IsSet from below in OperatingSystem.IsWindows() ? new[] { "bin", Path.Combine("bin", "x64"), Path.Combine("Library", "bin") } : ["lib64", "lib", ""] select Path.Combine(k.Value, below);

    private static string[] Subfolders(string folder, string pattern)
    {
        try { return Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder, pattern).Order(StringComparer.Ordinal)] : []; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return []; }
    }

    // libnvrtc.so.12, nvrtc64_120_0.dll
    [GeneratedRegex(@"(?:\.so\.|64_)(1\d)")]
    private static partial Regex Digits();
}
