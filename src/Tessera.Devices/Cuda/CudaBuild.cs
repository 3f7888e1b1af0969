using System.Runtime.InteropServices;
using System.Text;
using Tessera.Kernels;

namespace Tessera.Devices.Cuda;

/// <summary>Modules of a device by what they were compiled from: kernels with one source are compiled and loaded once, and the code is kept on disk.</summary>
internal sealed unsafe class CudaBuild(CudaDevice device, Nvrtc compiler, int capability, bool keep)
{
    private const string Folder = "cuda";
    private const int LogBytes = 8192;

    private readonly string _architecture = compiler.Architecture(capability, device.Info.Name);
    private readonly Dictionary<string, (nint Module, int Users)> _modules = [];

    /// <summary>The modules of a program's kernels; give each back with <see cref="Return"/>.</summary>
    /// <exception cref="TesseraException">Internal naming kernel, device and what compiler or driver say.</exception>
    public (string Key, nint Module)[] Rent(Program program)
    {
        string maker = $"{_architecture}\0{compiler.Version}\0{device.Info.Driver}";
        string[] keys = [.. program.Kernels.Select(k => KernelFiles.Key(maker, Source(program, k)))];
        byte[]?[] codes = new byte[keys.Length][];
        Parallel.For(0, keys.Length, i => codes[i] = _modules.ContainsKey(keys[i]) ? null : Code(program, program.Kernels[i], keys[i]));
        List<(string, nint)> rented = [];
        try
        {
            for (int i = 0; i < keys.Length; i++)
            {
                (nint module, int users) = _modules.TryGetValue(keys[i], out (nint, int) known) ? known : (Loaded(program, program.Kernels[i], keys[i], codes[i]!), 0);
                _modules[keys[i]] = (module, users + 1);
                rented.Add((keys[i], module));
            }
        }
        catch
        {
            foreach ((string key, _) in rented) Return(key);
            throw;
        }
        return [.. rented];
    }

    public void Return(string key)
    {
        (nint module, int users) = _modules[key];
        if (users > 1) { _modules[key] = (module, users - 1); return; }
        _modules.Remove(key);
        _ = device.Driver.UnloadModule(module);
    }

    private static ReadOnlySpan<byte> Source(Program program, ProgramKernel kernel) => program.Code.Span.Slice((int)kernel.At, (int)kernel.Bytes);

    private byte[] Code(Program program, ProgramKernel kernel, string key) => (keep ? KernelFiles.Read(Folder, key) : null) ?? Compiled(program, kernel, key);

    private byte[] Compiled(Program program, ProgramKernel kernel, string key)
    {
        byte[] code = compiler.Compile(kernel.Name, Source(program, kernel), _architecture);
        if (keep) KernelFiles.Write(Folder, key, code);
        return code;
    }

    private nint Loaded(Program program, ProgramKernel kernel, string key, byte[] code)
    {
        int error = Load(code, out nint module, out string log);
        // A file of the cache that was damaged is compiled anew.
        if (error is CudaCodes.InvalidImage or CudaCodes.NoBinary or CudaCodes.InvalidPtx && keep) error = Load(Compiled(program, kernel, key), out module, out log);
        if (error == CudaCodes.UnsupportedPtx)
            throw new TesseraException(ErrorCode.EngineUnavailable, $"{device.Info.Name} ({device.Info.Driver}) does not take code of NVRTC {compiler.Version} ({compiler.Where}). Update NVIDIA's driver, or name an older NVRTC's folder in CUDA_PATH.");
        device.Check(error, $"load kernel {kernel.Name}{(log.Length > 0 ? $" ({log})" : "")}");
        return module;
    }

    private int Load(byte[] code, out nint module, out string log)
    {
        byte[] said = new byte[LogBytes];
        int* names = stackalloc int[2] { CudaCodes.ErrorLog, CudaCodes.ErrorLogBytes };
        // PTX is text that ends with a zero byte, and so does what NVRTC gives.
        fixed (byte* image = code, text = said)
        fixed (nint* made = &module)
        {
            void** values = stackalloc void*[2] { text, (void*)LogBytes };
            int error = device.Driver.LoadModule(made, image, 2, names, values);
            int end = said.AsSpan().IndexOf((byte)0);
            log = Encoding.UTF8.GetString(said, 0, end < 0 ? LogBytes : end).Trim();
            return error;
        }
    }
}
