using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Tessera.Kernels;
using Tessera.Render;

namespace Tessera.Tests.Kernels;

public sealed class RenderTests
{
    /// <summary>A language: files, target, renderer, and the program that checks sources given by path.</summary>
    private sealed record Language(string Extension, KernelTarget Target, Func<Kernel, string> Render, string? Compiler, string[] Arguments, string Before);

    // What CUDA's headers declare, as far as kernels use it.
    private const string Cuda = """
        #define __device__ __attribute__((device))
        #define __global__ __attribute__((global))
        #define __shared__ __attribute__((shared))
        #define __launch_bounds__(n) __attribute__((launch_bounds(n)))
        struct dims { unsigned x, y, z; };
        extern const __device__ dims threadIdx, blockIdx, gridDim;
        #define FUNCTION(f) __device__ float f(float); __device__ double f(double);
        FUNCTION(fabs) FUNCTION(floor) FUNCTION(ceil) FUNCTION(rint) FUNCTION(trunc) FUNCTION(sqrt) FUNCTION(exp) FUNCTION(log) FUNCTION(sin) FUNCTION(cos)

        """;

    // Compiles each file that it is given; a browser's engine would say the same.
    private const string Deno = """
        const adapter = await navigator.gpu?.requestAdapter()
        if (!adapter) { console.log('no adapter'); Deno.exit(3) }
        const device = await adapter.requestDevice()
        for (const path of Deno.args) {
          device.pushErrorScope('validation')
          const module = device.createShaderModule({ code: await Deno.readTextFile(path) })
          device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } })
          const error = await device.popErrorScope()
          if (error) { console.log(`${path}: ${error.message}`); Deno.exit(1) }
        }
        Deno.exit(0)
        """;

    private static readonly Language[] Languages =
    [
        new("wgsl", KernelTarget.WebGpu, WgslRenderer.Render, "deno", ["run", "--allow-read", "--unstable-webgpu"], ""),
        new("cl", KernelTarget.OpenCl, OpenClC.Render, "clang", ["-x", "cl", "-cl-std=CL1.2", "-Xclang", "-finclude-default-header", "-fsyntax-only", "-Werror"], ""),
        new("cu", KernelTarget.Cuda, CudaC.Render, "clang", ["-x", "cuda", "-std=c++14", "--cuda-device-only", "--cuda-gpu-arch=sm_60", "-nocudainc", "-nocudalib", "-fsyntax-only", "-Werror", "-Wno-unknown-cuda-version"], Cuda),
        new("metal", KernelTarget.Metal, Metal.Render, null, [], ""),
    ];

    public static TheoryData<string, string> Samples => [.. from l in Languages from n in SampleKernels.Names select (n, l.Extension)];

    public static TheoryData<string> Extensions => [.. Languages.Select(l => l.Extension)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Kernels_are_rendered_as_reviewed(string sample, string extension)
    {
        string path = Path.Combine(Folder(), "Snapshots", $"{sample}.{extension}"), text = Rendered(Languages.Single(l => l.Extension == extension), sample);
        if (Knobs.Snapshots.On) File.WriteAllText(path, text);
        Assert.True(File.Exists(path), $"There is no {path}; TESSERA_SNAPSHOTS=1 writes it.");
        Assert.Equal(File.ReadAllText(path), text);
    }

    [Theory]
    [MemberData(nameof(Extensions))]
    public async Task A_real_compiler_takes_them(string extension)
    {
        Language l = Languages.Single(l => l.Extension == extension);
        Assert.SkipWhen(l.Compiler is null, "Metal's compiler exists on macOS only.");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-render");
        try
        {
            List<string> files = [];
            foreach (string sample in SampleKernels.Names)
                foreach (Kernel k in SampleKernels.Of(sample, l.Target))
                {
                    files.Add(Path.Combine(folder.FullName, $"{sample}-{files.Count}.{extension}"));
                    await File.WriteAllTextAsync(files[^1], l.Before + l.Render(k), TestContext.Current.CancellationToken);
                }
            List<string> arguments = [.. l.Arguments];
            if (extension == "wgsl")
            {
                arguments.Add(Path.Combine(folder.FullName, "compile.ts"));
                await File.WriteAllTextAsync(arguments[^1], Deno, TestContext.Current.CancellationToken);
            }
            (int code, string said) = await Run(l.Compiler, [.. arguments, .. files]);
            Assert.SkipWhen(code == 3 && extension == "wgsl", "Deno finds no WebGPU adapter.");
            Assert.True(code == 0, said);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Rendered(Language l, string sample) => string.Join("\n", SampleKernels.Of(sample, l.Target).Select(l.Render));

    private static async Task<(int Code, string Said)> Run(string program, string[] arguments)
    {
        try
        {
            using Process p = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            Task<string> output = p.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), errors = p.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await p.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (p.ExitCode, await output + await errors);
        }
        catch (Win32Exception)
        {
            Assert.Skip($"There is no program '{program}'.");
            throw;
        }
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
