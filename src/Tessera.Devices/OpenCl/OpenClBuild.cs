using System.Text;
using Tessera.Kernels;

namespace Tessera.Devices.OpenCl;

/// <summary>Compiles a kernel, or takes what the same driver made of the same source before from disk.</summary>
internal static unsafe class OpenClBuild
{
    private const string Folder = "opencl";

    public static nint Run(OpenClDevice device, ProgramKernel kernel, ReadOnlySpan<byte> code, bool keep)
    {
        ReadOnlySpan<byte> source = code.Slice((int)kernel.At, (int)kernel.Bytes);
        string key = KernelFiles.Key($"{device.Info.Name}\0{device.Info.Vendor}\0{device.Info.Driver}", source);
        if (keep && TryKept(device, key) is { } known) return known;
        nint built = FromSource(device, kernel, source);
        if (keep) Keep(built, key);
        return built;
    }

    private static nint FromSource(OpenClDevice device, ProgramKernel kernel, ReadOnlySpan<byte> source)
    {
        nint code;
        int error;
        fixed (byte* text = source)
        {
            byte* t = text;
            nuint length = (nuint)source.Length;
            code = OpenClApi.CreateProgram(device.Context, 1, &t, &length, out error);
        }
        device.Check(error, $"take the source of {kernel.Name}");
        if (Built(device, code)) return code;
        string log = Log(device, code);
        _ = OpenClApi.ReleaseProgram(code);
        throw new TesseraException(ErrorCode.Internal, $"{device.Info.Name} ({device.Info.Driver}) could not compile kernel {kernel.Name}: {log}");
    }

    private static bool Built(OpenClDevice device, nint code)
    {
        nint d = device.Handle;
        return OpenClApi.Build(code, 1, &d, null, 0, 0) == OpenClCodes.Success;
    }

    private static string Log(OpenClDevice device, nint code)
    {
        nuint needed;
        if (OpenClApi.GetBuildInfo(code, device.Handle, OpenClCodes.BuildLog, 0, null, &needed) != OpenClCodes.Success) return "its compiler says nothing";
        byte[] log = new byte[needed];
        fixed (byte* p = log) _ = OpenClApi.GetBuildInfo(code, device.Handle, OpenClCodes.BuildLog, needed, p, null);
        return Encoding.UTF8.GetString(log).TrimEnd('\0', '\n');
    }

    private static nint? TryKept(OpenClDevice device, string key)
    {
        if (KernelFiles.Read(Folder, key) is not { } binary) return null;
        fixed (byte* p = binary)
        {
            byte* b = p;
            nuint length = (nuint)binary.Length;
            nint d = device.Handle;
            int state;
            nint code = OpenClApi.CreateProgramFromBinary(device.Context, 1, &d, &length, &b, &state, out int error);
            // A file of another version or a damaged one is compiled anew.
            if (error != OpenClCodes.Success || state != OpenClCodes.Success) return null;
            if (Built(device, code)) return code;
            _ = OpenClApi.ReleaseProgram(code);
            return null;
        }
    }

    private static void Keep(nint code, string key)
    {
        nuint size;
        if (OpenClApi.GetProgramInfo(code, OpenClCodes.BinarySizes, (nuint)sizeof(nuint), &size, null) != OpenClCodes.Success || size == 0) return;
        byte[] binary = new byte[size];
        fixed (byte* p = binary)
        {
            byte* b = p;
            if (OpenClApi.GetProgramInfo(code, OpenClCodes.Binaries, (nuint)sizeof(nint), &b, null) != OpenClCodes.Success) return;
        }
        KernelFiles.Write(Folder, key, binary);
    }
}
