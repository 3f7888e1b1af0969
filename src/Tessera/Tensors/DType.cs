using System.Collections.Immutable;

namespace Tessera;

/// <summary>Element types; the numbers are those of ONNX TensorProto.DataType.</summary>
public enum DType : byte
{
    Float32 = 1, UInt8 = 2, Int8 = 3, UInt16 = 4, Int16 = 5, Int32 = 6, Int64 = 7, String = 8, Bool = 9,
    Float16 = 10, Float64 = 11, UInt32 = 12, UInt64 = 13, BFloat16 = 16,
    Float8E4M3FN = 17, Float8E4M3FNUZ = 18, Float8E5M2 = 19, Float8E5M2FNUZ = 20,
    UInt4 = 21, Int4 = 22,
}

/// <summary>Facts about element types.</summary>
public static class DTypes
{
    /// <summary>All types, in the order of their numbers.</summary>
    public static ImmutableArray<DType> All =>
    [
        DType.Float32, DType.UInt8, DType.Int8, DType.UInt16, DType.Int16, DType.Int32, DType.Int64, DType.String, DType.Bool,
        DType.Float16, DType.Float64, DType.UInt32, DType.UInt64, DType.BFloat16,
        DType.Float8E4M3FN, DType.Float8E4M3FNUZ, DType.Float8E5M2, DType.Float8E5M2FNUZ, DType.UInt4, DType.Int4,
    ];

    /// <summary>Bits of one element in memory; strings are managed references and count 64.</summary>
    public static int Bits(this DType type) => type switch
    {
        DType.Float64 or DType.Int64 or DType.UInt64 or DType.String => 64,
        DType.Float32 or DType.Int32 or DType.UInt32 => 32,
        DType.Float16 or DType.BFloat16 or DType.Int16 or DType.UInt16 => 16,
        DType.UInt8 or DType.Int8 or DType.Bool => 8,
        DType.Float8E4M3FN or DType.Float8E4M3FNUZ or DType.Float8E5M2 or DType.Float8E5M2FNUZ => 8,
        DType.UInt4 or DType.Int4 => 4,
    };

    /// <summary>Bytes that <paramref name="count"/> elements take, 4-bit types packed two to a byte (low half first).</summary>
    /// <exception cref="TesseraException">ShapeMismatch when that exceeds 2⁶³−1.</exception>
    public static long Bytes(this DType type, long count)
    {
        int bits = type.Bits();
        if (bits == 4) return (count >> 1) + (count & 1);
        long bytes = count * (bits / 8);
        return (ulong)count <= long.MaxValue / 8 || bytes / (bits / 8) == count && bytes >= 0 ? bytes
            : throw new TesseraException(ErrorCode.ShapeMismatch, $"{count} elements of {type} take more than 2^63 bytes.");
    }

    public static bool IsFloat(this DType type) => type is DType.Float32 or DType.Float64 or DType.Float16 or DType.BFloat16
        or DType.Float8E4M3FN or DType.Float8E4M3FNUZ or DType.Float8E5M2 or DType.Float8E5M2FNUZ;

    public static bool IsInteger(this DType type) => type.IsSigned() || type.IsUnsigned();

    public static bool IsSigned(this DType type) => type is DType.Int8 or DType.Int16 or DType.Int32 or DType.Int64 or DType.Int4;

    public static bool IsUnsigned(this DType type) => type is DType.UInt8 or DType.UInt16 or DType.UInt32 or DType.UInt64 or DType.UInt4;

    /// <summary>The element type that the .NET type <typeparamref name="T"/> stores.</summary>
    public static DType Of<T>() =>
        typeof(T) == typeof(float) ? DType.Float32 : typeof(T) == typeof(double) ? DType.Float64
        : typeof(T) == typeof(Half) ? DType.Float16 : typeof(T) == typeof(BFloat16) ? DType.BFloat16
        : typeof(T) == typeof(long) ? DType.Int64 : typeof(T) == typeof(int) ? DType.Int32
        : typeof(T) == typeof(short) ? DType.Int16 : typeof(T) == typeof(sbyte) ? DType.Int8
        : typeof(T) == typeof(ulong) ? DType.UInt64 : typeof(T) == typeof(uint) ? DType.UInt32
        : typeof(T) == typeof(ushort) ? DType.UInt16 : typeof(T) == typeof(byte) ? DType.UInt8
        : typeof(T) == typeof(Float8E4M3FN) ? DType.Float8E4M3FN : typeof(T) == typeof(Float8E4M3FNUZ) ? DType.Float8E4M3FNUZ
        : typeof(T) == typeof(Float8E5M2) ? DType.Float8E5M2 : typeof(T) == typeof(Float8E5M2FNUZ) ? DType.Float8E5M2FNUZ
        : typeof(T) == typeof(bool) ? DType.Bool : typeof(T) == typeof(string) ? DType.String
        : throw new TesseraException(ErrorCode.TypeMismatch, $"No tensor element type stores .NET's {typeof(T)}.");
}
