namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>Integers wrapped to four bits, signed.</summary>
internal readonly struct WrapInt4Op : IScalarUnary<sbyte>
{
    public static sbyte Apply(sbyte x) => (sbyte)((sbyte)(x << 4) >> 4);
}

internal readonly struct WrapUInt4Op : IScalarUnary<byte>
{
    public static byte Apply(byte x) => (byte)(x & 15);
}

/// <summary>Numbers that came from floats, saturated to four bits.</summary>
internal readonly struct ClampInt4Op : IScalarUnary<sbyte>
{
    public static sbyte Apply(sbyte x) => Math.Clamp(x, (sbyte)-8, (sbyte)7);
}

internal readonly struct ClampUInt4Op : IScalarUnary<byte>
{
    public static byte Apply(byte x) => Math.Min(x, (byte)15);
}

internal sealed unsafe class UnpackStep(Operand x, Operand y) : Step("unpack 4-bit", [x], [y], 0, "4-bit elements take a byte each inside a run")
{
    public override void Run(RunContext c) => Unpack(Reads[0].Type, c.Ptr<byte>(Reads[0]), c.Ptr<byte>(Writes[0]), Reads[0].Count);

    public static void Unpack(DType type, byte* from, byte* to, long count)
    {
        int n = checked((int)count);
        if (type == DType.Int4) Nibbles.Unpack(new ReadOnlySpan<byte>(from, (n + 1) / 2), new Span<sbyte>(to, n));
        else Nibbles.Unpack(new ReadOnlySpan<byte>(from, (n + 1) / 2), new Span<byte>(to, n));
    }
}

internal sealed unsafe class PackStep(Operand x, Operand y) : Step("pack 4-bit", [x], [y], 0, "4-bit elements take a byte each inside a run")
{
    public override void Run(RunContext c)
    {
        int n = checked((int)Reads[0].Count);
        Nibbles.Pack(new ReadOnlySpan<byte>(c.Ptr<byte>(Reads[0]), n), new Span<byte>(c.Ptr<byte>(Writes[0]), (n + 1) / 2));
    }
}
