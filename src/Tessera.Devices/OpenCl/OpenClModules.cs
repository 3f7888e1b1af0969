using System.Text;
using Tessera.Kernels;

namespace Tessera.Devices.OpenCl;

/// <summary>Kernels of a device by their source: compiled several at a time, once for all programs that have them, and kept on disk.</summary>
/// <remarks>Drivers read headers of tens of thousands of lines and link a library for each program that they compile, which takes longer than a kernel.</remarks>
internal sealed class OpenClModules(OpenClDevice device, DeviceOptions options)
{
    private const string Folder = "opencl";

    /// <summary>Kernels that are compiled together: with more, little is saved, and one that is needed alone brings more that are not.</summary>
    private const int Together = 32;

    private readonly Dictionary<string, Module> _modules = [];
    private readonly string _how = options.Debug ? "-cl-opt-disable -Werror" : "";
    private readonly string _maker = $"{device.Info.Name}\0{device.Info.Vendor}\0{device.Info.Driver}{(options.Debug ? "\0debug" : "")}";

    // pocl keeps what it compiled by itself, and to hand it out it compiles every kernel a second time, for workgroups of any size.
    private readonly bool _keepsSources = device.Info.Features.GetValueOrDefault("platform") == "Portable Computing Language";

    /// <summary>Sources that were handed to the compiler because nothing was known of them.</summary>
    public int Compilations { get; private set; }

    /// <summary>Where a program's kernels are; give all back with <see cref="Return"/>.</summary>
    /// <exception cref="TesseraException">Internal naming kernel, device and what its compiler says.</exception>
    public Entry[] Rent(Program program)
    {
        string[] keys = [.. program.Kernels.Select(k => KernelFiles.Key(_maker, Source(program, k)))];
        // Kernels of a program may differ in nothing that their source says.
        Dictionary<string, int> missing = [];
        List<Module> opened = [];
        try
        {
            for (int i = 0; i < keys.Length; i++)
                if (!_modules.ContainsKey(keys[i]) && !missing.ContainsKey(keys[i]) && !Open(keys[i], opened)) missing.Add(keys[i], i);
            foreach (int[] some in missing.Values.Chunk(Together)) Compile(program, some, keys, opened);
        }
        catch
        {
            foreach (Module m in opened) Close(m);
            throw;
        }
        Entry[] entries = [.. keys.Select(k => new Entry(_modules[k], Name(k)))];
        foreach (Entry e in entries) e.Module.Users++;
        // What was opened for a kernel that another module turned out to hold as well.
        foreach (Module m in opened)
            if (m.Users == 0) Close(m);
        return entries;
    }

    public void Return(ReadOnlySpan<Entry> entries)
    {
        foreach (Entry e in entries)
            if (--e.Module.Users == 0) Close(e.Module);
    }

    private void Close(Module module)
    {
        foreach (string k in module.Keys)
            if (_modules.TryGetValue(k, out Module? m) && m == module) _modules.Remove(k);
        _ = OpenClApi.ReleaseProgram(module.Code);
    }

    private void Compile(Program program, int[] which, string[] keys, List<Module> opened)
    {
        string[] own = [.. which.Select(i => keys[i])];
        byte[] source = Joined(program, which, keys);
        nint code;
        Compilations++;
        try { code = OpenClBuild.FromSource(device, which.Length == 1 ? $"kernel {program.Kernels[which[0]].Name}" : $"{which.Length} kernels", source, _how); }
        catch (TesseraException e) when (e.Code == ErrorCode.Internal && which.Length > 1)
        {
            // One by one: either one of them is refused, which is then named, or it was too much at once.
            foreach (int i in which) Compile(program, [i], keys, opened);
            return;
        }
        if (options.KeepKernels) Keep(own, _keepsSources ? source : OpenClBuild.Binary(code));
        opened.Add(Known(new(code, own)));
    }

    private Module Known(Module module)
    {
        foreach (string k in module.Keys) _modules.TryAdd(k, module);
        return module;
    }

    /// <summary>Kernels as one source, in which each has a name of its own.</summary>
    private static byte[] Joined(Program program, int[] which, string[] keys)
    {
        using MemoryStream text = new();
        foreach (int i in which)
        {
            text.Write(Encoding.UTF8.GetBytes($"#define run {Name(keys[i])}\n"));
            text.Write(Source(program, program.Kernels[i]));
            text.Write("\n#undef run\n"u8);
        }
        return text.ToArray();
    }

    /// <summary>On disk: for each kernel the names of those that it was compiled with, and under the name of these together what the driver made of them.</summary>
    private static void Keep(string[] keys, byte[] code)
    {
        if (code.Length == 0) return;
        byte[] names = Encoding.UTF8.GetBytes(string.Join('\n', keys));
        KernelFiles.Write(Folder, KernelFiles.Key("", names), code);
        foreach (string k in keys) KernelFiles.Write(Folder, k, names);
    }

    private bool Open(string key, List<Module> opened)
    {
        if (!options.KeepKernels || KernelFiles.Read(Folder, key) is not { } names || KernelFiles.Read(Folder, KernelFiles.Key("", names)) is not { } code) return false;
        string[] keys = Encoding.UTF8.GetString(names).Split('\n');
        if (!keys.Contains(key) || Opened(code) is not { } built) return false;
        opened.Add(Known(new(built, keys)));
        return true;
    }

    private nint? Opened(byte[] code)
    {
        if (!_keepsSources) return OpenClBuild.FromBinary(device, code, _how);
        try { return OpenClBuild.FromSource(device, "kept kernels", code, _how); }
        catch (TesseraException e) when (e.Code == ErrorCode.Internal) { return null; }
    }

    private static ReadOnlySpan<byte> Source(Program program, ProgramKernel kernel) => program.Code.Span.Slice((int)kernel.At, (int)kernel.Bytes);

    private static string Name(string key) => $"run_{key}";

    /// <summary>A kernel in a module.</summary>
    internal readonly record struct Entry(Module Module, string Name);

    /// <summary>Kernels that were compiled together.</summary>
    internal sealed class Module(nint code, string[] keys)
    {
        public nint Code => code;

        public string[] Keys => keys;

        /// <summary>Kernels of loaded programs that are in it.</summary>
        public int Users { get; set; }
    }
}
