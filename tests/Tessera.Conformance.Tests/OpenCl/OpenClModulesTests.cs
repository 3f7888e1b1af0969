using System.Text;
using Tessera.Devices;
using Tessera.Devices.OpenCl;
using Tessera.Kernels;

namespace Tessera.Conformance.Tests.OpenCl;

/// <summary>How kernels reach OpenCL's compiler: together, once, kept for the next process.</summary>
public sealed class OpenClModulesTests
{
    private static OpenClEngine Started(bool keep)
    {
        Engines.SkipWhenAbsent("opencl");
        OpenClEngine e = new(new EngineOptions { Device = new() { KeepKernels = keep } });
        e.EnsureInitialized();
        return e;
    }

    /// <summary>x[0] += n, for each number one kernel and one step; a salt makes sources that no one compiled before.</summary>
    private static Program Adding(string salt, params int[] numbers) => Of([.. numbers.Select(n => $"x[0] += {n};")], salt);

    private static Program Of(string[] bodies, string salt)
    {
        using MemoryStream code = new();
        List<ProgramKernel> kernels = [];
        foreach (string body in bodies)
        {
            byte[] source = Encoding.UTF8.GetBytes($"// {salt}\n#ifndef ONCE\n#define ONCE\nstatic int once(int v) {{ return v; }}\n#endif\n__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void run(__global int *x) {{ {body} }}\n");
            kernels.Add(new($"kernel {kernels.Count}", code.Length, source.Length, 1));
            code.Write(source);
        }
        return new("opencl", 256, 0, [new(null, 0, 4)], [], [], [], [.. kernels], [.. kernels.Select((_, i) => new ProgramStep(i, [0], 1))], code.ToArray(), default);
    }

    private static int Run(Device device, Program program)
    {
        DeviceBuffer b = device.Memory.Rent(256, "a test");
        device.Upload(b, 0, [0, 0, 0, 0]);
        using (DeviceProgram p = device.Load(program, [new(b, 0, 4)])) p.Launch([]);
        using Tensor result = Tensor.Empty(DType.Int32, [1]);
        device.Download([new(b, 0, 4)], [result]);
        device.Memory.Return(b);
        return result.Span<int>()[0];
    }

    private static int Compilations(Device d) => ((OpenClDevice)d).Modules.Compilations;

    [Fact]
    public void Kernels_are_compiled_together_and_once()
    {
        using OpenClEngine engine = Started(keep: false);
        string salt = $"{Guid.NewGuid()}";
        engine.Use(d =>
        {
            int before = Compilations(d);
            int[] numbers = [.. Enumerable.Range(1, 40)];
            DeviceBuffer b = d.Memory.Rent(256, "a test");
            using DeviceProgram held = d.Load(Adding(salt, numbers), [new(b, 0, 4)]);
            Assert.InRange(Compilations(d) - before, 1, 2);
            before = Compilations(d);
            // What a loaded program has is not compiled again; what it lacks is.
            Assert.Equal(1 + 7 + 39, Run(d, Adding(salt, 1, 7, 39)));
            Assert.Equal(before, Compilations(d));
            Assert.Equal(7 + 1000, Run(d, Adding(salt, 7, 1000)));
            Assert.Equal(before + 1, Compilations(d));
            Assert.Equal(2 * 2000 + 7, Run(d, Adding(salt, 2000, 7, 2000)));
            Assert.Equal(before + 2, Compilations(d));
            d.Memory.Return(b);
        });
    }

    [Fact]
    public void Kept_kernels_are_found_and_damaged_ones_compiled_anew()
    {
        string salt = $"{Guid.NewGuid()}";
        DateTime begin = DateTime.UtcNow;
        int Compiled(params int[] numbers)
        {
            int count = 0;
            using OpenClEngine engine = Started(keep: true);
            engine.Use(d =>
            {
                int before = Compilations(d);
                Assert.Equal(numbers.Sum(), Run(d, Adding(salt, numbers)));
                count = Compilations(d) - before;
            });
            return count;
        }

        Assert.Equal(1, Compiled(1, 2, 3));
        Assert.Equal(0, Compiled(1, 2, 3));
        Assert.Equal(0, Compiled(3));
        Assert.Equal(1, Compiled(2, 4));
        Assert.Equal(0, Compiled(4, 2, 1));
        foreach (string file in Directory.EnumerateFiles(Path.Combine(CacheFolder.Path, "opencl"), "*.bin"))
            if (File.GetLastWriteTimeUtc(file) >= begin) File.WriteAllText(file, "no kernel");
        Assert.Equal(1, Compiled(1, 2, 3));
    }

    [Fact]
    public void One_that_is_refused_is_named_with_what_the_compiler_says()
    {
        using OpenClEngine engine = Started(keep: false);
        string salt = $"{Guid.NewGuid()}";
        engine.Use(d =>
        {
            DeviceBuffer b = d.Memory.Rent(256, "a test");
            TesseraException e = Assert.Throws<TesseraException>(() => d.Load(Of(["x[0] = 1;", "x[0] = nothing;", "x[0] = 2;"], salt), [new(b, 0, 4)]));
            d.Memory.Return(b);
            Assert.Equal(ErrorCode.Internal, e.Code);
            foreach (string part in new[] { d.Info.Name, d.Info.Driver, "kernel 1", "nothing" }) Assert.Contains(part, e.Message, StringComparison.Ordinal);
            Assert.Equal(5, Run(d, Adding(salt, 5)));
        });
    }
}
