using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>Kernels as one WebAssembly module: function k0, k1, … for each, over a memory that the host brings as `env.memory`.</summary>
internal static class WasmModule
{
    /// <param name="kernels">What to render, in order.</param>
    /// <param name="relaxed">With relaxed SIMD.</param>
    public static ProgramCode Render(IReadOnlyList<Kernel> kernels, bool relaxed)
    {
        WasmCode module = new();
        module.Bytes("\0asm"u8).Bytes([1, 0, 0, 0]);
        List<string> types = [];
        WasmCode typeSection = new();
        int TypeOf(WasmType[] from, WasmType[] to)
        {
            string key = $"{string.Join(',', from)}>{string.Join(',', to)}";
            if (types.IndexOf(key) is >= 0 and var known) return known;
            types.Add(key);
            typeSection.Byte(0x60).Unsigned((uint)from.Length);
            foreach (WasmType t in from) typeSection.Byte((int)t);
            typeSection.Unsigned((uint)to.Length);
            foreach (WasmType t in to) typeSection.Byte((int)t);
            return types.Count - 1;
        }
        WasmCode functions = new(), exports = new(), code = new();
        functions.Unsigned((uint)kernels.Count + WasmHalves.Count);
        functions.Unsigned((uint)TypeOf([WasmType.I32], [WasmType.F32])).Unsigned((uint)TypeOf([WasmType.F32], [WasmType.I32])).Unsigned((uint)TypeOf([WasmType.F32], [WasmType.I32]));
        exports.Unsigned((uint)kernels.Count);
        code.Unsigned((uint)kernels.Count + WasmHalves.Count).Sized(WasmHalves.WidenBody()).Sized(WasmHalves.NarrowBody()).Sized(WasmHalves.NarrowBrainBody());
        for (int i = 0; i < kernels.Count; i++)
        {
            functions.Unsigned((uint)TypeOf([.. Enumerable.Repeat(WasmType.I32, kernels[i].Buffers.Length + 2)], []));
            exports.Text($"k{i}").Byte(0).Unsigned((uint)i + WasmHalves.Count);
            code.Sized(WasmFunction.Render(kernels[i], relaxed));
        }
        WasmCode import = new();
        import.Unsigned(1).Text("env").Text("memory").Byte(2).Byte(0).Unsigned(1);
        module.Section(1, new WasmCode().Unsigned((uint)types.Count).Bytes(typeSection.ToArray())).Section(2, import).Section(3, functions).Section(7, exports).Section(10, code);
        byte[] bytes = module.ToArray();
        return new(bytes, [.. kernels.Select(k => new ProgramKernel(k.Name, 0, bytes.Length, k.GroupSize))]);
    }
}
