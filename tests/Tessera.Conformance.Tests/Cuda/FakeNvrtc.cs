using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Tessera.Conformance.Tests.Cuda;

/// <summary>A compiler of CUDA whose machine code is the source, which <see cref="HostKernel"/> compiles for the processor.</summary>
internal static unsafe class FakeNvrtc
{
    /// <summary>What begins its code.</summary>
    private const string Magic = "// code for the host\n";

    private static readonly Lock Gate = new();
    private static readonly Dictionary<nint, (string Name, byte[] Source)> Programs = [];
    private static nint _next = 1;

    /// <summary>Programs compiled so far.</summary>
    public static int Compiled { get; private set; }

    public static nint Find(string name)
    {
        MethodInfo? m = typeof(FakeNvrtc).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static);
        return m is null ? 0 : m.MethodHandle.GetFunctionPointer();
    }

    /// <summary>The source that code was made of; null for anything else.</summary>
    public static string? Source(void* image)
    {
        string text = Marshal.PtrToStringUTF8((nint)image)!;
        return text.StartsWith(Magic, StringComparison.Ordinal) ? text : null;
    }

    [UnmanagedCallersOnly]
    private static int nvrtcVersion(int* major, int* minor)
    {
        (*major, *minor) = (12, 4);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int nvrtcGetNumSupportedArchs(int* count)
    {
        *count = 2;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int nvrtcGetSupportedArchs(int* all)
    {
        (all[0], all[1]) = (75, 80);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int nvrtcCreateProgram(nint* program, byte* source, byte* name, int headers, byte** texts, byte** names)
    {
        lock (Gate)
        {
            *program = _next++;
            Programs[*program] = (Marshal.PtrToStringUTF8((nint)name)!, Encoding.UTF8.GetBytes(Magic + Marshal.PtrToStringUTF8((nint)source) + '\0'));
            return 0;
        }
    }

    [UnmanagedCallersOnly]
    private static int nvrtcDestroyProgram(nint* program)
    {
        lock (Gate) return Programs.Remove(*program) ? 0 : 1;
    }

    [UnmanagedCallersOnly]
    private static int nvrtcCompileProgram(nint program, int count, byte** options)
    {
        lock (Gate)
        {
            Compiled++;
            return count == 2 && Marshal.PtrToStringUTF8((nint)options[0]) == "--gpu-architecture=sm_80" ? 0 : 5;
        }
    }

    private static int Size(nint program, nuint* bytes)
    {
        lock (Gate) *bytes = (nuint)Programs[program].Source.Length;
        return 0;
    }

    private static int Take(nint program, byte* to)
    {
        lock (Gate) Programs[program].Source.CopyTo(new Span<byte>(to, Programs[program].Source.Length));
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int nvrtcGetProgramLogSize(nint program, nuint* bytes)
    {
        *bytes = 0;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int nvrtcGetProgramLog(nint program, byte* to) => 0;

    [UnmanagedCallersOnly]
    private static int nvrtcGetPTXSize(nint program, nuint* bytes) => Size(program, bytes);

    [UnmanagedCallersOnly]
    private static int nvrtcGetPTX(nint program, byte* to) => Take(program, to);

    [UnmanagedCallersOnly]
    private static int nvrtcGetCUBINSize(nint program, nuint* bytes) => Size(program, bytes);

    [UnmanagedCallersOnly]
    private static int nvrtcGetCUBIN(nint program, byte* to) => Take(program, to);
}
