namespace Tessera.Ir;

/// <summary>One-element tensors from numbers, and numbers from tensors of any numeric type.</summary>
public static class Scalars
{
    public static Tensor Zero(DType type) => type == DType.String ? Tensor.FromStrings([""], Shape.Scalar) : Tensor.Zeros(type, Shape.Scalar);

    public static Tensor Of(DType type, double value) => type switch
    {
        DType.Float32 => Tensor.Scalar((float)value),
        DType.Float64 => Tensor.Scalar(value),
        DType.Float16 => Tensor.Scalar((Half)value),
        DType.BFloat16 => Tensor.Scalar((BFloat16)(float)value),
        DType.Int64 => Tensor.Scalar((long)value),
        DType.Int32 => Tensor.Scalar((int)value),
        DType.Int16 => Tensor.Scalar((short)value),
        DType.Int8 => Tensor.Scalar((sbyte)value),
        DType.UInt64 => Tensor.Scalar((ulong)value),
        DType.UInt32 => Tensor.Scalar((uint)value),
        DType.UInt16 => Tensor.Scalar((ushort)value),
        DType.UInt8 => Tensor.Scalar((byte)value),
        DType.Bool => Tensor.Scalar(value != 0),
        DType.String or DType.Float8E4M3FN or DType.Float8E4M3FNUZ or DType.Float8E5M2 or DType.Float8E5M2FNUZ or DType.UInt4 or DType.Int4
            => throw new TesseraException(ErrorCode.TypeMismatch, $"No arithmetic scalar of {type}; cast from Float32 instead."),
    };

    /// <summary>All elements as 64-bit integers; booleans are 0 and 1.</summary>
    public static long[] ToInt64(Tensor t) => t.Type switch
    {
        DType.Int64 => t.ToArray<long>(),
        DType.Int32 => Array.ConvertAll(t.ToArray<int>(), v => (long)v),
        DType.Int16 => Array.ConvertAll(t.ToArray<short>(), v => (long)v),
        DType.Int8 => Array.ConvertAll(t.ToArray<sbyte>(), v => (long)v),
        DType.UInt64 => Array.ConvertAll(t.ToArray<ulong>(), v => checked((long)v)),
        DType.UInt32 => Array.ConvertAll(t.ToArray<uint>(), v => (long)v),
        DType.UInt16 => Array.ConvertAll(t.ToArray<ushort>(), v => (long)v),
        DType.UInt8 or DType.Bool => Array.ConvertAll(t.ToArray<byte>(), v => (long)v),
        _ => throw new TesseraException(ErrorCode.TypeMismatch, $"{t} does not hold integers."),
    };

    /// <summary>All elements as float64.</summary>
    public static double[] ToFloat64(Tensor t) => t.Type switch
    {
        DType.Float32 => Array.ConvertAll(t.ToArray<float>(), v => (double)v),
        DType.Float64 => t.ToArray<double>(),
        DType.Float16 => Array.ConvertAll(t.ToArray<Half>(), v => (double)v),
        DType.BFloat16 => Array.ConvertAll(t.ToArray<BFloat16>(), v => (double)(float)v),
        _ => Array.ConvertAll(ToInt64(t), v => (double)v),
    };
}
