using System.Buffers.Binary;
using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>What a constant operand holds, as rules ask for it.</summary>
internal static class Constants
{
    /// <summary>The value of a constant whose elements are all the same bits, sign of zero included; null otherwise.</summary>
    public static double? Uniform(Node n)
    {
        if (n.Constant is not { } t || t.Count == 0 || t.Type == DType.String || t.Type.Bits() < 8 || t.Bytes > int.MaxValue) return null;
        using Tensor c = t.Contiguous();
        ReadOnlySpan<byte> raw = c.RawBytes();
        int size = t.Type.Bits() / 8;
        return raw[size..].SequenceEqual(raw[..^size]) ? First(t.Type, raw) : null;
    }

    /// <summary>Whether every element is <paramref name="value"/>; −0 and 0 differ.</summary>
    public static bool Is(Node n, double value) => Uniform(n) is { } v && BitConverter.DoubleToInt64Bits(v) == BitConverter.DoubleToInt64Bits(value);

    /// <summary>The other operand of a commutative node, when one is a constant filled with <paramref name="value"/>.</summary>
    public static Node? Beside(Node n, double value) => Is(n.In[1], value) ? n.In[0] : Is(n.In[0], value) ? n.In[1] : null;

    /// <summary>The operands of a commutative node as (constant, other); null when none or both are constants.</summary>
    public static (Node Constant, Node Other)? Split(Node n) => (n.In[0].Op == GraphOp.Const, n.In[1].Op == GraphOp.Const) switch
    {
        (false, true) => (n.In[1], n.In[0]),
        (true, false) => (n.In[0], n.In[1]),
        _ => null,
    };

    private static double? First(DType type, ReadOnlySpan<byte> raw) => type switch
    {
        DType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(raw),
        DType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(raw),
        DType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(raw),
        DType.BFloat16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(raw) << 16),
        DType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(raw),
        DType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(raw),
        DType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(raw),
        DType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(raw),
        DType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(raw),
        DType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(raw),
        DType.Int8 => (sbyte)raw[0],
        DType.UInt8 => raw[0],
        DType.Bool => raw[0] == 0 ? 0 : 1,
        DType.Float8E4M3FN or DType.Float8E4M3FNUZ or DType.Float8E5M2 or DType.Float8E5M2FNUZ or DType.UInt4 or DType.Int4 or DType.String => null,
    };
}
