namespace Tessera.Render;

/// <summary>Functions of every module that turn 16-bit floats into Float32 and back, ties to even.</summary>
internal static class WasmHalves
{
    /// <summary>Their numbers in the module.</summary>
    public const uint Widen = 0, Narrow = 1, NarrowBrain = 2, Count = 3;

    /// <summary>i32 → f32. The exponent is moved by multiplying with 2¹¹², which also makes subnormals right; infinity and NaN keep theirs.</summary>
    public static WasmCode WidenBody()
    {
        WasmCode c = new();
        c.Unsigned(1).Unsigned(1).Byte((int)WasmType.I32);
        // b = (h & 7FFF) << 13
        Get(c, 0); I(c, 0x7FFF); c.Op(WasmOp.I32And); I(c, 13); c.Op(WasmOp.I32Shl).Op(WasmOp.LocalSet).Unsigned(1);
        // magnitude: b ≥ 7C00 << 13 ? b | 7F800000 : bits(float(b) · 2¹¹²)
        Get(c, 1); I(c, 0x7F800000); c.Op(WasmOp.I32Or);
        Get(c, 1); c.Op(WasmOp.F32ReinterpretI32).Op(WasmOp.F32Const).Float(MathF.ScaleB(1, 112)).Op(WasmOp.F32Mul).Op(WasmOp.I32ReinterpretF32);
        I(c, 0x7C00 << 13); Get(c, 1); c.Op(WasmOp.I32LeS).Op(WasmOp.Select);
        // sign
        Get(c, 0); I(c, 0x8000); c.Op(WasmOp.I32And); I(c, 16); c.Op(WasmOp.I32Shl).Op(WasmOp.I32Or).Op(WasmOp.F32ReinterpretI32).Op(WasmOp.End);
        return c;
    }

    /// <summary>f32 → i32. Normal numbers round by adding half a unit to the bits; subnormals by adding 2⁻¹ · 2⁻¹³ · …, whose unit is theirs.</summary>
    public static WasmCode NarrowBody()
    {
        WasmCode c = new();
        c.Unsigned(1).Unsigned(1).Byte((int)WasmType.I32);
        // b = bits & 7FFFFFFF
        Get(c, 0); c.Op(WasmOp.I32ReinterpretF32); I(c, 0x7FFFFFFF); c.Op(WasmOp.I32And).Op(WasmOp.LocalSet).Unsigned(1);
        // NaN → 7E00; at least 65520 → 7C00; below 2⁻¹⁴ → bits(|x| + 0.5) − bits(0.5); else the rounded bits with the exponent moved
        I(c, 0x7E00);
        I(c, 0x7C00);
        Get(c, 1); c.Op(WasmOp.F32ReinterpretI32).Op(WasmOp.F32Const).Float(0.5f).Op(WasmOp.F32Add).Op(WasmOp.I32ReinterpretF32); I(c, 0x3F000000); c.Op(WasmOp.I32Sub);
        Get(c, 1); I(c, 0xFFF); c.Op(WasmOp.I32Add); Get(c, 1); I(c, 13); c.Op(WasmOp.I32ShrU); I(c, 1); c.Op(WasmOp.I32And).Op(WasmOp.I32Add);
        I(c, 0x38000000); c.Op(WasmOp.I32Sub); I(c, 13); c.Op(WasmOp.I32ShrU);
        Get(c, 1); I(c, 0x38800000); c.Op(WasmOp.I32LtS).Op(WasmOp.Select);
        I(c, 0x477FF000); Get(c, 1); c.Op(WasmOp.I32LeS).Op(WasmOp.Select);
        I(c, 0x7F800001); Get(c, 1); c.Op(WasmOp.I32LeS).Op(WasmOp.Select);
        Get(c, 0); c.Op(WasmOp.I32ReinterpretF32); I(c, 16); c.Op(WasmOp.I32ShrU); I(c, 0x8000); c.Op(WasmOp.I32And).Op(WasmOp.I32Or).Op(WasmOp.End);
        return c;
    }

    /// <summary>f32 → i32: the upper half of the bits, rounded; NaN stays one.</summary>
    public static WasmCode NarrowBrainBody()
    {
        WasmCode c = new();
        c.Unsigned(1).Unsigned(1).Byte((int)WasmType.I32);
        Get(c, 0); c.Op(WasmOp.I32ReinterpretF32).Op(WasmOp.LocalSet).Unsigned(1);
        I(c, 0x7FC0);
        Get(c, 1); I(c, 0x7FFF); c.Op(WasmOp.I32Add); Get(c, 1); I(c, 16); c.Op(WasmOp.I32ShrU); I(c, 1); c.Op(WasmOp.I32And).Op(WasmOp.I32Add); I(c, 16); c.Op(WasmOp.I32ShrU);
        Get(c, 0); Get(c, 0); c.Op(WasmOp.F32Ne).Op(WasmOp.Select).Op(WasmOp.End);
        return c;
    }

    private static void Get(WasmCode c, uint local) => c.Op(WasmOp.LocalGet).Unsigned(local);

    private static void I(WasmCode c, int v) => c.Op(WasmOp.I32Const).Signed(v);
}
