using System.Text;

namespace Tessera.Devices.OpenCl;

/// <summary>OpenCL's compiler.</summary>
internal static unsafe class OpenClBuild
{
    // One at a time in the process: compilers have state that contexts share, however they are called.
    private static readonly Lock Compiler = new();

    /// <summary>Compiles a source.</summary>
    /// <param name="what">What it holds, for errors.</param>
    /// <param name="options">Of the compiler.</param>
    /// <exception cref="TesseraException">Internal naming device, driver and what its compiler says.</exception>
    public static nint FromSource(OpenClDevice device, string what, ReadOnlySpan<byte> source, string options)
    {
        nint code;
        int error;
        fixed (byte* text = source)
        {
            byte* t = text;
            nuint length = (nuint)source.Length;
            code = OpenClApi.CreateProgram(device.Context, 1, &t, &length, out error);
        }
        device.Check(error, $"take the source of {what}");
        string log;
        lock (Compiler)
        {
            if (Built(device, code, options)) return code;
            log = Log(device, code);
        }
        _ = OpenClApi.ReleaseProgram(code);
        throw new TesseraException(ErrorCode.Internal, $"{device.Info.Name} ({device.Info.Driver}) could not compile {what}: {log.TrimEnd('.')}. Update the driver, or choose another engine.");
    }

    /// <summary>What <see cref="Binary"/> gave in this process or another; null for that of another version of the driver, or a damaged one.</summary>
    public static nint? FromBinary(OpenClDevice device, byte[] binary, string options)
    {
        lock (Compiler)
            fixed (byte* p = binary)
            {
                byte* b = p;
                nuint length = (nuint)binary.Length;
                nint d = device.Handle;
                int state;
                nint code = OpenClApi.CreateProgramFromBinary(device.Context, 1, &d, &length, &b, &state, out int error);
                if (error != OpenClCodes.Success) return null;
                if (state == OpenClCodes.Success && Built(device, code, options)) return code;
                _ = OpenClApi.ReleaseProgram(code);
                return null;
            }
    }

    /// <summary>What the driver compiled; empty when it does not hand it out.</summary>
    public static byte[] Binary(nint code)
    {
        nuint size;
        if (OpenClApi.GetProgramInfo(code, OpenClCodes.BinarySizes, (nuint)sizeof(nuint), &size, null) != OpenClCodes.Success || size == 0) return [];
        byte[] binary = new byte[size];
        fixed (byte* p = binary)
        {
            byte* b = p;
            return OpenClApi.GetProgramInfo(code, OpenClCodes.Binaries, (nuint)sizeof(nint), &b, null) == OpenClCodes.Success ? binary : [];
        }
    }

    private static bool Built(OpenClDevice device, nint code, string options)
    {
        nint d = device.Handle;
        fixed (byte* how = Encoding.UTF8.GetBytes(options + '\0')) return OpenClApi.Build(code, 1, &d, how, 0, 0) == OpenClCodes.Success;
    }

    private static string Log(OpenClDevice device, nint code)
    {
        nuint needed;
        if (OpenClApi.GetBuildInfo(code, device.Handle, OpenClCodes.BuildLog, 0, null, &needed) != OpenClCodes.Success) return "its compiler says nothing";
        byte[] log = new byte[needed];
        fixed (byte* p = log) _ = OpenClApi.GetBuildInfo(code, device.Handle, OpenClCodes.BuildLog, needed, p, null);
        return Encoding.UTF8.GetString(log).TrimEnd('\0', '\n');
    }
}
