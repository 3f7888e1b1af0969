using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>Functions for 16-bit floats, bit by bit, so that they round alike everywhere.</summary>
internal static class CHelpers
{
    public static IReadOnlyDictionary<string, (string Code, string[] Uses)> Of(CRenderer r)
    {
        string number = r.Scalar(ScalarKind.UInt32);
        string Bits(string v) => r.Bits(KernelType.UInt32, v);
        string Float(string v) => r.Bits(KernelType.Float32, v);
        return new Dictionary<string, (string, string[])>
        {
            ["from_f16"] = ($$"""
                {{r.Function}} float from_f16({{number}} h)
                {
                    {{number}} size = h & 0x7fffu, word = size < 0x400u ? {{Bits("(float)size * 5.9604644775390625e-8f")}} : (size << 13) + (size < 0x7c00u ? 0x38000000u : 0x70000000u);
                    return {{Float("word | (h & 0x8000u) << 16")}};
                }
                """, []),
            ["to_f16"] = ($$"""
                {{r.Function}} unsigned short to_f16(float v)
                {
                    {{number}} word = {{Bits("v")}}, size = word & 0x7fffffffu, h = (size - 0x38000000u + 0xfffu + (size >> 13 & 1u)) >> 13;
                    if (size < 0x38800000u) h = ({{number}})rint({{Float("size")}} * 16777216.0f);
                    if (size >= 0x477ff000u) h = 0x7c00u;
                    if (size > 0x7f800000u) h = 0x7e00u;
                    return (unsigned short)(h | (word >> 16 & 0x8000u));
                }
                """, []),
            ["from_bf16"] = ($$"""{{r.Function}} float from_bf16({{number}} h) { return {{Float("h << 16")}}; }""", []),
            ["to_bf16"] = ($$"""
                {{r.Function}} unsigned short to_bf16(float v)
                {
                    {{number}} word = {{Bits("v")}};
                    return (unsigned short)((word & 0x7fffffffu) > 0x7f800000u ? word >> 16 | 0x40u : (word + 0x7fffu + (word >> 16 & 1u)) >> 16);
                }
                """, []),
        };
    }
}
