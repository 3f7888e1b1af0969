using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>Kernels as one WebAssembly module: function k0, k1, … for each, over a memory that the host brings as `env.memory`.</summary>
/// <remarks>
/// A custom section says where vectors of Float32 are multiplied and the product is added to a sum: f32x4.mul and f32x4.add, three bytes each. A host with relaxed SIMD writes f32x4.relaxed_madd over
/// the addition and nops over the multiplication, which compilers drop, so that one module serves hosts with and without.
/// </remarks>
internal static class WasmModule
{
    /// <summary>The custom section: the number of places, then each as the distance from the one before it, the first from the module's first byte.</summary>
    public const string Fused = "fused";

    /// <param name="kernels">What to render, in order.</param>
    public static ProgramCode Render(IReadOnlyList<Kernel> kernels)
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
            code.Sized(WasmFunction.Render(kernels[i]));
        }
        WasmCode import = new();
        import.Unsigned(1).Text("env").Text("memory").Byte(2).Byte(0).Unsigned(1);
        module.Section(1, new WasmCode().Unsigned((uint)types.Count).Bytes(typeSection.ToArray())).Section(2, import).Section(3, functions).Section(7, exports).Section(10, code);
        int[] marks = [.. module.Marks];
        WasmCode fused = new WasmCode().Text(Fused).Unsigned((uint)marks.Length);
        for (int i = 0; i < marks.Length; i++) fused.Unsigned((uint)(marks[i] - (i == 0 ? 0 : marks[i - 1])));
        module.Section(0, fused);
        byte[] bytes = module.ToArray();
        return new(bytes, [.. kernels.Select(k => new ProgramKernel(k.Name, 0, bytes.Length, k.GroupSize))]);
    }
}
