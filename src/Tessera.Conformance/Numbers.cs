using System.Runtime.InteropServices;
using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>Elements of tensors of any numeric type.</summary>
internal static class Numbers
{
    public static double[] Read(Tensor t) => t.Type switch
    {
        DType.Float32 or DType.Float64 or DType.Float16 or DType.BFloat16 => Scalars.ToFloat64(t),
        DType.Float8E4M3FN => Array.ConvertAll(t.ToArray<Float8E4M3FN>(), v => (double)(float)v),
        DType.Float8E4M3FNUZ => Array.ConvertAll(t.ToArray<Float8E4M3FNUZ>(), v => (double)(float)v),
        DType.Float8E5M2 => Array.ConvertAll(t.ToArray<Float8E5M2>(), v => (double)(float)v),
        DType.Float8E5M2FNUZ => Array.ConvertAll(t.ToArray<Float8E5M2FNUZ>(), v => (double)(float)v),
        DType.Int64 or DType.Int32 or DType.Int16 or DType.Int8 or DType.UInt64 or DType.UInt32 or DType.UInt16 or DType.UInt8 or DType.Bool or DType.UInt4 or DType.Int4
            => Array.ConvertAll(ReadIntegers(t), v => (double)v),
        DType.String => throw new TesseraException(ErrorCode.TypeMismatch, "Strings are no numbers."),
    };

    /// <summary>Integers as 64 bits; UInt64 as its bits.</summary>
    public static long[] ReadIntegers(Tensor t)
    {
        if (t.Type == DType.UInt64) return MemoryMarshal.Cast<ulong, long>(t.ToArray<ulong>()).ToArray();
        if (t.Type is not (DType.Int4 or DType.UInt4)) return Scalars.ToInt64(t);
        sbyte[] v = new sbyte[t.Count];
        if (t.Type == DType.Int4) Nibbles.Unpack(t.RawBytes(), v);
        else Nibbles.Unpack(t.RawBytes(), MemoryMarshal.AsBytes(v.AsSpan()));
        return Array.ConvertAll(v, e => (long)e);
    }
}
