using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Extremes of element types as scalars: the identities of maximum and minimum.</summary>
internal static class Limits
{
    public static Tensor Lowest(DType type) => type switch
    {
        DType.Int64 => Tensor.Scalar(long.MinValue),
        DType.Int32 => Tensor.Scalar(int.MinValue),
        DType.Int16 => Tensor.Scalar(short.MinValue),
        DType.Int8 => Tensor.Scalar(sbyte.MinValue),
        DType.UInt64 or DType.UInt32 or DType.UInt16 or DType.UInt8 or DType.Bool => Scalars.Zero(type),
        _ => Scalars.Of(type, double.NegativeInfinity),
    };

    public static Tensor Highest(DType type) => type switch
    {
        DType.Int64 => Tensor.Scalar(long.MaxValue),
        DType.Int32 => Tensor.Scalar(int.MaxValue),
        DType.Int16 => Tensor.Scalar(short.MaxValue),
        DType.Int8 => Tensor.Scalar(sbyte.MaxValue),
        DType.UInt64 => Tensor.Scalar(ulong.MaxValue),
        DType.UInt32 => Tensor.Scalar(uint.MaxValue),
        DType.UInt16 => Tensor.Scalar(ushort.MaxValue),
        DType.UInt8 => Tensor.Scalar(byte.MaxValue),
        DType.Bool => Tensor.Scalar(true),
        _ => Scalars.Of(type, double.PositiveInfinity),
    };
}
