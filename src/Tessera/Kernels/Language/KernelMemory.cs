namespace Tessera.Kernels;

/// <summary>A contiguous tensor that the interpreter reads and writes element by element.</summary>
public readonly record struct KernelMemory(Tensor Tensor)
{
    public long Count => Tensor.Count;

    internal double Float(long i) => Tensor.Type switch
    {
        DType.Float32 => Tensor.Span<float>()[(int)i],
        DType.Float64 => Tensor.Span<double>()[(int)i],
        DType.Float16 => (double)Tensor.Span<Half>()[(int)i],
        DType.BFloat16 => (float)Tensor.Span<BFloat16>()[(int)i],
        _ => throw NotHeld(),
    };

    internal long Integer(long i) => Tensor.Type switch
    {
        DType.Int64 or DType.UInt64 => Tensor.Span<long>()[(int)i],
        DType.Int32 => Tensor.Span<int>()[(int)i],
        DType.UInt32 => Tensor.Span<uint>()[(int)i],
        DType.Int16 => Tensor.Span<short>()[(int)i],
        DType.UInt16 => Tensor.Span<ushort>()[(int)i],
        DType.Int8 => Tensor.Span<sbyte>()[(int)i],
        DType.UInt8 => Tensor.Span<byte>()[(int)i],
        DType.Bool => Tensor.RawBytes()[(int)i] == 0 ? 0 : 1,
        DType.UInt4 => Tensor.RawBytes()[(int)(i >> 1)] >> (int)(i & 1) * 4 & 15,
        DType.Int4 => (long)Tensor.RawBytes()[(int)(i >> 1)] >> (int)(i & 1) * 4 << 60 >> 60,
        _ => throw NotHeld(),
    };

    internal void Write(long i, double v)
    {
        switch (Tensor.Type)
        {
            case DType.Float32: Tensor.Span<float>()[(int)i] = (float)v; break;
            case DType.Float64: Tensor.Span<double>()[(int)i] = v; break;
            case DType.Float16: Tensor.Span<Half>()[(int)i] = (Half)v; break;
            case DType.BFloat16: Tensor.Span<BFloat16>()[(int)i] = (BFloat16)(float)v; break;
            default: throw NotHeld();
        }
    }

    internal void Write(long i, long v)
    {
        switch (Tensor.Type)
        {
            case DType.Int64 or DType.UInt64: Tensor.Span<long>()[(int)i] = v; break;
            case DType.Int32 or DType.UInt32: Tensor.Span<int>()[(int)i] = (int)v; break;
            case DType.Int16 or DType.UInt16: Tensor.Span<short>()[(int)i] = (short)v; break;
            case DType.Int8 or DType.UInt8 or DType.Bool: Tensor.RawBytes()[(int)i] = (byte)v; break;
            case DType.Int4 or DType.UInt4:
                ref byte at = ref Tensor.RawBytes()[(int)(i >> 1)];
                int shift = (int)(i & 1) * 4;
                at = (byte)(at & ~(15 << shift) | (int)(v & 15) << shift);
                break;
            default: throw NotHeld();
        }
    }

    private TesseraException NotHeld() => new(ErrorCode.Internal, $"Kernels do not hold {Tensor.Type} this way.");
}
