using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Vectors of a type that is known at run time, from numbers that it holds.</summary>
internal static class Vectors
{
    public static Tensor Of(DType type, double[] v) => type switch
    {
        DType.Float64 => Tensor.From(v, Shape.Of(v.Length)),
        DType.Float32 => Tensor.From(Array.ConvertAll(v, e => (float)e), Shape.Of(v.Length)),
        DType.Float16 => Tensor.From(Array.ConvertAll(v, e => (Half)e), Shape.Of(v.Length)),
        DType.BFloat16 => Tensor.From(Array.ConvertAll(v, e => (BFloat16)(float)e), Shape.Of(v.Length)),
        _ => throw new TesseraException(ErrorCode.TypeMismatch, $"{type} does not hold fractions."),
    };

    public static Tensor Of(DType type, long[] v) => type switch
    {
        DType.Int64 => Tensor.From(v, Shape.Of(v.Length)),
        DType.Int32 => Tensor.From(Array.ConvertAll(v, e => (int)e), Shape.Of(v.Length)),
        DType.Int16 => Tensor.From(Array.ConvertAll(v, e => (short)e), Shape.Of(v.Length)),
        DType.Int8 => Tensor.From(Array.ConvertAll(v, e => (sbyte)e), Shape.Of(v.Length)),
        DType.UInt64 => Tensor.From(Array.ConvertAll(v, e => (ulong)e), Shape.Of(v.Length)),
        DType.UInt32 => Tensor.From(Array.ConvertAll(v, e => (uint)e), Shape.Of(v.Length)),
        DType.UInt16 => Tensor.From(Array.ConvertAll(v, e => (ushort)e), Shape.Of(v.Length)),
        DType.UInt8 => Tensor.From(Array.ConvertAll(v, e => (byte)e), Shape.Of(v.Length)),
        _ => throw new TesseraException(ErrorCode.TypeMismatch, $"{type} is no integer type for a vector."),
    };
}
