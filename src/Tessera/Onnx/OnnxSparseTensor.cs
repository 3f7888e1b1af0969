using System.Buffers.Binary;

namespace Tessera.Onnx;

/// <summary>A tensor given by its non-zero elements.</summary>
/// <param name="values">The elements, [n].</param>
/// <param name="indices">Int64: row-major positions [n], or coordinates [n, rank].</param>
/// <param name="shape">Shape of the dense tensor.</param>
public sealed class OnnxSparseTensor(Tensor values, Tensor indices, Shape shape)
{
    public Tensor Values { get; } = values;

    public Tensor Indices { get; } = indices;

    public Shape Shape { get; } = shape;

    /// <summary>The dense tensor, zeros elsewhere.</summary>
    /// <exception cref="TesseraException">MalformedModel when the counts differ or an index lies outside the shape; Unsupported for strings and 4-bit elements.</exception>
    public Tensor ToDense()
    {
        int size = Values.Type.Bits() / 8;
        if (Values.Type == DType.String || size == 0) throw new TesseraException(ErrorCode.Unsupported, $"Sparse tensors of {Values.Type} are not supported; store the tensor dense.");
        long n = Values.Count;
        int rank = Shape.Rank;
        bool linear = Indices.Shape.Rank == 1;
        if (Values.Shape.Rank != 1 || Indices.Type != DType.Int64 || Indices.Shape != (linear ? [n] : [n, rank]))
            throw new TesseraException(ErrorCode.MalformedModel, $"A sparse tensor of {Shape} has values {Values} and indices {Indices}; indices must be Int64 [{n}] or [{n}, {rank}].");
        Tensor dense = Tensor.Zeros(Values.Type, Shape);
        for (long i = 0; i < n; i++)
        {
            long p = linear ? Index(i) : 0;
            for (int j = 0; !linear && j < rank; j++)
            {
                long c = Index(i * rank + j);
                p = c >= 0 && c < Shape[j] ? p * Shape[j] + c : throw Outside(dense, i);
            }
            if (p < 0 || p >= dense.Count) throw Outside(dense, i);
            Values.RawBytes(i * size, size).CopyTo(dense.RawBytes(p * size, size));
        }
        return dense;
    }

    private long Index(long i) => BinaryPrimitives.ReadInt64LittleEndian(Indices.RawBytes(i * 8, 8));

    private TesseraException Outside(Tensor dense, long element)
    {
        dense.Dispose();
        return new(ErrorCode.MalformedModel, $"Index of element {element} of a sparse tensor lies outside {Shape}.");
    }
}
