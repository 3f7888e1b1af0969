using System.Diagnostics;
using Tessera.Devices;
using Tessera.Devices.WebGpu;

namespace Tessera.Lab.Tests;

/// <summary>Drivers that are missing or broken, and processes that share one: each in a process of its own, because a process looks for drivers once.</summary>
public sealed class DriverTests
{
    private static (int Code, string Text) Run(Dictionary<string, string> environment, params string[] arguments)
    {
        using Process p = Started(environment, arguments);
        return Ended(p);
    }

    private static Process Started(Dictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo how = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "tessera-cli.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach ((string name, string value) in environment) how.Environment[name] = value;
        return Process.Start(how)!;
    }

    private static (int Code, string Text) Ended(Process p)
    {
        p.StandardInput.Close();
        Task<string> error = p.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string said = p.StandardOutput.ReadToEnd();
        p.WaitForExit();
        return (p.ExitCode, said + error.Result);
    }

    private static void SkipUnless(string engine)
    {
        using Engine e = engine == "opencl" ? new OpenClEngine() : new DawnEngine();
        Compatibility c = e.CheckCompatibilityAsync(TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult();
        Assert.SkipWhen(!c.IsCompatible, $"{engine} is absent, because {c.Reason}.");
    }

    private static (int Code, string Text) Case(Dictionary<string, string> environment, string engine) => Run(environment, "conformance", "--engine", engine, "--seed", "1", "--filter", "Neg Float32[17]");

    [Theory]
    [InlineData("opencl", "OCL_ICD_VENDORS", "pocl-opencl-icd")]
    [InlineData("webgpu:dawn", "TESSERA_CACHE", "tessera doctor --fix")]
    [InlineData("webgpu:dawn", "VK_DRIVER_FILES", "Install your GPU's driver")]
    public void A_missing_driver_is_named_with_what_to_do(string engine, string variable, string remedy)
    {
        Assert.SkipWhen(!OperatingSystem.IsLinux(), "Only Linux finds drivers by these variables.");
        SkipUnless(engine);
        string empty = Directory.CreateTempSubdirectory("tessera-").FullName;
        try
        {
            (int code, string text) = Case(new() { [variable] = variable == "VK_DRIVER_FILES" ? Path.Combine(empty, "none.json") : empty }, engine);
            Assert.NotEqual(0, code);
            foreach (string part in new[] { $"Engine '{engine}' is absent, because", remedy }) Assert.Contains(part, text, StringComparison.Ordinal);
        }
        finally { Directory.Delete(empty, recursive: true); }
    }

    [Fact]
    public void A_library_of_another_version_is_named_with_what_to_do()
    {
        Assert.SkipWhen(!OperatingSystem.IsLinux(), "The library that stands in for Dawn's is Linux's.");
        SkipUnless("webgpu:dawn");
        string cache = Directory.CreateTempSubdirectory("tessera-").FullName;
        try
        {
            string file = DawnLibrary.File, there = Path.Combine(cache, Path.GetRelativePath(CacheFolder.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(there)!);
            string? other = new[] { "/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6", "/lib64/libm.so.6" }.FirstOrDefault(File.Exists);
            Assert.SkipWhen(other is null, "No library stands in for Dawn's.");
            File.Copy(other!, there);
            (int code, string text) = Case(new() { ["TESSERA_CACHE"] = cache }, "webgpu:dawn");
            Assert.NotEqual(0, code);
            foreach (string part in new[] { "of another version", "tessera doctor --fix" }) Assert.Contains(part, text, StringComparison.Ordinal);
        }
        finally { Directory.Delete(cache, recursive: true); }
    }

    [Theory]
    [InlineData("opencl")]
    [InlineData("webgpu:dawn")]
    public void Two_processes_run_on_one_device(string engine)
    {
        SkipUnless(engine);
        Process[] both = [.. Enumerable.Range(0, 2).Select(i => Started([], "conformance", "--engine", engine, "--seed", $"{i}", "--filter", "Add Float32"))];
        foreach (Process p in both)
        {
            (int code, string text) = Ended(p);
            p.Dispose();
            Assert.True(code == 0, text);
        }
    }
}
