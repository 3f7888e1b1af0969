using System.Runtime.InteropServices;
using System.Text;

namespace Tessera.Devices.Cuda;

/// <summary>CUDA's compiler (NVIDIA, "NVRTC"), found at run time.</summary>
internal sealed unsafe class Nvrtc
{
    private readonly delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int> _create;
    private readonly delegate* unmanaged<nint*, int> _destroy;
    private readonly delegate* unmanaged<nint, int, byte**, int> _compile;
    private readonly delegate* unmanaged<nint, nuint*, int> _logSize, _ptxSize, _cubinSize;
    private readonly delegate* unmanaged<nint, byte*, int> _log, _ptx, _cubin;

    /// <param name="find">The address of a function; 0 when the library lacks it.</param>
    /// <param name="where">The library's file, for people.</param>
    /// <exception cref="TesseraException">EngineUnavailable: too old.</exception>
    public Nvrtc(Func<string, nint> find, string where)
    {
        Where = where;
        nint Find(string name) => find(name) is var f and not 0 ? f : throw new TesseraException(ErrorCode.EngineUnavailable, $"{where} is too old: it has no {name}; NVRTC of CUDA 11.2 or newer is needed. {NvrtcLibrary.Remedy}");
        delegate* unmanaged<int*, int*, int> version = (delegate* unmanaged<int*, int*, int>)Find("nvrtcVersion");
        delegate* unmanaged<int*, int> count = (delegate* unmanaged<int*, int>)Find("nvrtcGetNumSupportedArchs"), list = (delegate* unmanaged<int*, int>)Find("nvrtcGetSupportedArchs");
        _create = (delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)Find("nvrtcCreateProgram");
        _destroy = (delegate* unmanaged<nint*, int>)Find("nvrtcDestroyProgram");
        _compile = (delegate* unmanaged<nint, int, byte**, int>)Find("nvrtcCompileProgram");
        _logSize = (delegate* unmanaged<nint, nuint*, int>)Find("nvrtcGetProgramLogSize");
        _log = (delegate* unmanaged<nint, byte*, int>)Find("nvrtcGetProgramLog");
        _ptxSize = (delegate* unmanaged<nint, nuint*, int>)Find("nvrtcGetPTXSize");
        _ptx = (delegate* unmanaged<nint, byte*, int>)Find("nvrtcGetPTX");
        _cubinSize = (delegate* unmanaged<nint, nuint*, int>)Find("nvrtcGetCUBINSize");
        _cubin = (delegate* unmanaged<nint, byte*, int>)Find("nvrtcGetCUBIN");
        int major, minor, n = 0;
        _ = version(&major, &minor);
        Version = $"{major}.{minor}";
        _ = count(&n);
        int[] all = new int[n];
        fixed (int* a = all) _ = list(a);
        Capabilities = [.. all.Order()];
    }

    public string Where { get; }

    public string Version { get; }

    /// <summary>Compute capabilities that it compiles for, ascending.</summary>
    public IReadOnlyList<int> Capabilities { get; }

    /// <summary>What to compile for on a device: its own code, or, for one newer than the compiler, the newest intermediate code, which the driver translates.</summary>
    /// <exception cref="TesseraException">EngineUnavailable: a device that the compiler has dropped.</exception>
    public string Architecture(int capability, string device)
    {
        if (Capabilities.Contains(capability)) return $"sm_{capability}";
        int known = Capabilities.LastOrDefault(c => c < capability);
        return known > 0 ? $"compute_{known}"
            : throw new TesseraException(ErrorCode.EngineUnavailable, $"NVRTC {Version} ({Where}) compiles for compute capability {Capabilities.DefaultIfEmpty().Min() / 10.0:0.0} and newer; {device} has {capability / 10.0:0.0}. Install an older NVRTC and name its folder in CUDA_PATH.");
    }

    /// <summary>Machine code for an architecture sm_N, PTX for compute_N.</summary>
    /// <exception cref="TesseraException">Internal with the compiler's log and the line that it is about.</exception>
    public byte[] Compile(string name, ReadOnlySpan<byte> source, string architecture)
    {
        nint program;
        byte[] text = [.. source, 0];
        fixed (byte* t = text, n = Encoding.UTF8.GetBytes(name + '\0'), target = Encoding.UTF8.GetBytes($"--gpu-architecture={architecture}\0"), language = "--std=c++14\0"u8)
        {
            int made = _create(&program, t, n, 0, null, null);
            if (made != 0) throw new TesseraException(ErrorCode.Internal, $"NVRTC {Version} does not take kernel {name}: error {made}.");
            try
            {
                // Older versions take sources for C++03 otherwise.
                byte** options = stackalloc byte*[2] { target, language };
                int error = _compile(program, 2, options);
                if (error != 0) throw new TesseraException(ErrorCode.Internal, $"NVRTC {Version} could not compile kernel {name} for {architecture}: {Quoted(Log(program), source)}");
                return architecture.StartsWith("sm_", StringComparison.Ordinal) ? Taken(program, _cubinSize, _cubin) : Taken(program, _ptxSize, _ptx);
            }
            finally
            {
                _ = _destroy(&program);
            }
        }
    }

    private static byte[] Taken(nint program, delegate* unmanaged<nint, nuint*, int> size, delegate* unmanaged<nint, byte*, int> take)
    {
        nuint bytes = 0;
        int error = size(program, &bytes);
        byte[] code = new byte[bytes];
        fixed (byte* c = code)
            if (error == 0) error = take(program, c);
        return error == 0 && bytes > 0 ? code : throw new TesseraException(ErrorCode.Internal, $"NVRTC gives no code: error {error}.");
    }

    private string Log(nint program)
    {
        nuint bytes;
        if (_logSize(program, &bytes) != 0 || bytes < 2) return "it says nothing";
        byte[] log = new byte[bytes];
        fixed (byte* l = log) _ = _log(program, l);
        return Encoding.UTF8.GetString(log).TrimEnd('\0', '\n');
    }

    /// <summary>The log with the source line of its first error, which it writes as "name(line): error".</summary>
    private static string Quoted(string log, ReadOnlySpan<byte> source)
    {
        int end = log.IndexOf("): error", StringComparison.Ordinal), begin = end < 0 ? -1 : log.LastIndexOf('(', end);
        if (begin < 0 || !int.TryParse(log.AsSpan(begin + 1, end - begin - 1), out int line)) return log;
        string[] lines = Encoding.UTF8.GetString(source).Split('\n');
        return line >= 1 && line <= lines.Length ? $"{log}\nLine {line}: {lines[line - 1].Trim()}" : log;
    }
}
