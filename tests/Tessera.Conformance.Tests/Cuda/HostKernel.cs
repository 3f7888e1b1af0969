using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tessera.Conformance.Tests.Cuda;

/// <summary>A kernel in CUDA C++ as clang compiles it for the processor, with CUDA's words explained to it: work items run one after the other.</summary>
internal sealed unsafe class HostKernel
{
    // Items of a group share what is static; those of a kernel with barriers take turns, each on a stack of its own.
    private const string Before = """
        #define __device__
        #define __global__
        #define __shared__ static thread_local
        #define __launch_bounds__(n)
        struct dims { unsigned x, y, z; };
        static thread_local dims threadIdx, blockIdx, gridDim;
        #define FUNCTION(n) static inline float n(float x) { return __builtin_##n##f(x); } static inline double n(double x) { return __builtin_##n(x); }
        FUNCTION(fabs) FUNCTION(floor) FUNCTION(ceil) FUNCTION(rint) FUNCTION(trunc) FUNCTION(sqrt) FUNCTION(exp) FUNCTION(log) FUNCTION(sin) FUNCTION(cos)
        static inline float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

        """;

    private const string After = """

        template <int... I> struct numbers {};
        template <int N, int... I> struct upto : upto<N - 1, N - 1, I...> {};
        template <int... I> struct upto<0, I...> { typedef numbers<I...> type; };
        template <class... P, int... I> static void call(void (*f)(P...), void **a, numbers<I...>) { f((P)a[I]...); }
        template <class... P> static void each(void (*f)(P...), void **a, unsigned x, unsigned y, unsigned group)
        {
            gridDim = {x, y, 1};
            for (unsigned by = 0; by < y; by++)
                for (unsigned bx = 0; bx < x; bx++)
                    for (unsigned t = 0; t < group; t++)
                    {
                        blockIdx = {bx, by, 0};
                        threadIdx = {t, 0, 0};
                        call(f, a, typename upto<sizeof...(P)>::type());
                    }
        }
        template <class... P> static int count(void (*f)(P...)) { return sizeof...(P); }
        extern "C" void host(void **a, unsigned x, unsigned y, unsigned group) { each(run, a, x, y, group); }
        extern "C" int arguments() { return count(run); }
        """;

    private static readonly ConcurrentDictionary<string, Lazy<HostKernel>> Known = [];

    private readonly delegate* unmanaged<void**, uint, uint, uint, void> _run;

    private HostKernel(string source)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-cuda");
        try
        {
            string from = Path.Combine(folder.FullName, "kernel.cc"), to = Path.Combine(folder.FullName, "kernel.so");
            File.WriteAllText(from, Before + source + After);
            Compile("-x", "c++", "-std=c++14", "-O1", "-fno-builtin", "-fwrapv", "-fno-math-errno", "-ffp-contract=fast", "-march=native", "-shared", "-fPIC", "-nostdlib++", "-w", from, "-o", to, "-lm");
            nint library = NativeLibrary.Load(to);
            _run = (delegate* unmanaged<void**, uint, uint, uint, void>)NativeLibrary.GetExport(library, "host");
            Arguments = ((delegate* unmanaged<int>)NativeLibrary.GetExport(library, "arguments"))();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Buffers that it takes.</summary>
    public int Arguments { get; }

    /// <summary>Why kernels can't be compiled here; null when they can.</summary>
    public static string? Absent { get; } = Missing();

    public static HostKernel Of(string source) => Known.GetOrAdd(source, s => new(() => new HostKernel(s))).Value;

    public void Run(ulong[] buffers, uint x, uint y, uint group)
    {
        fixed (ulong* b = buffers) _run((void**)b, x, y, group);
    }

    private static string? Missing()
    {
        try
        {
            Compile("--version");
            return null;
        }
        catch (Win32Exception) { return "there is no program 'clang'"; }
    }

    private static void Compile(params string[] arguments)
    {
        using Process p = Process.Start(new ProcessStartInfo("clang", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> said = p.StandardOutput.ReadToEndAsync();
        string error = p.StandardError.ReadToEnd();
        p.WaitForExit();
        if (p.ExitCode != 0) throw new InvalidOperationException(error + said.Result);
    }
}
