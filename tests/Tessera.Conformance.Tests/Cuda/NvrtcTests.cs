using System.Text;
using Tessera.Devices.Cuda;

namespace Tessera.Conformance.Tests.Cuda;

/// <summary>The real NVRTC, which needs no GPU, where this machine has it.</summary>
public sealed class NvrtcTests
{
    private static Nvrtc Compiler()
    {
        try { return NvrtcLibrary.Load(12040); }
        catch (TesseraException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }

    private static string Snapshots([System.Runtime.CompilerServices.CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "Tessera.Tests", "Kernels", "Snapshots");

    [Fact]
    public void It_makes_machine_code_of_every_sample()
    {
        Nvrtc compiler = Compiler();
        int kernels = 0;
        foreach (string file in Directory.EnumerateFiles(Snapshots(), "*.cu"))
        {
            // A file holds the kernels of a graph, each a source that begins with its name.
            foreach (string source in File.ReadAllText(file).Split("\n// ", StringSplitOptions.RemoveEmptyEntries))
            {
                string text = source.StartsWith("//", StringComparison.Ordinal) ? source : "// " + source;
                byte[] code = compiler.Compile(Path.GetFileName(file), Encoding.UTF8.GetBytes(text), compiler.Architecture(80, "a device"));
                Assert.Equal([0x7F, (byte)'E', (byte)'L', (byte)'F'], code[..4]);
                kernels++;
            }
        }
        Assert.True(kernels >= 16);
    }

    [Fact]
    public void A_newer_device_gets_intermediate_code_and_an_older_one_an_error()
    {
        Nvrtc compiler = Compiler();
        string architecture = compiler.Architecture(999, "a device");
        Assert.StartsWith("compute_", architecture, StringComparison.Ordinal);
        Assert.Contains(".version", Encoding.UTF8.GetString(compiler.Compile("k", "extern \"C\" __global__ void run(float *a) { a[0] = 1; }"u8, architecture)), StringComparison.Ordinal);
        TesseraException e = Assert.Throws<TesseraException>(() => compiler.Architecture(13, "a device"));
        Assert.Contains("1.3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_quotes_the_line_that_it_is_about()
    {
        TesseraException e = Assert.Throws<TesseraException>(() => Compiler().Compile("MatMul", "extern \"C\" __global__ void run(float *a)\n{\n    a[0] = nothing;\n}\n"u8, "sm_80"));
        foreach (string part in new[] { "kernel MatMul", "sm_80", "Line 3: a[0] = nothing;" }) Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }
}
