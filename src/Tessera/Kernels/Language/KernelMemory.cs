namespace Tessera.Kernels;

/// <summary>A buffer that the interpreter reads and writes element by element, checking bounds.</summary>
/// <param name="Address">Of the first element.</param>
/// <param name="Type">Of the elements.</param>
/// <param name="Count">Of the elements.</param>
public readonly unsafe record struct KernelMemory(nint Address, DType Type, long Count)
{
    internal double Float(long i) => Type switch
    {
        DType.Float32 => ((float*)Address)[i],
        DType.Float64 => ((double*)Address)[i],
        DType.Float16 => (double)((Half*)Address)[i],
        DType.BFloat16 => (float)((BFloat16*)Address)[i],
        _ => throw NotRead(),
    };

    internal long Integer(long i) => Type switch
    {
        DType.Int64 or DType.UInt64 => ((long*)Address)[i],
        DType.Int32 => ((int*)Address)[i],
        DType.UInt32 => ((uint*)Address)[i],
        DType.Int16 => ((short*)Address)[i],
        DType.UInt16 => ((ushort*)Address)[i],
        DType.Int8 => ((sbyte*)Address)[i],
        DType.UInt8 => ((byte*)Address)[i],
        DType.Bool => ((byte*)Address)[i] == 0 ? 0 : 1,
        DType.UInt4 => ((byte*)Address)[i >> 1] >> (int)(i & 1) * 4 & 15,
        DType.Int4 => (long)((byte*)Address)[i >> 1] >> (int)(i & 1) * 4 << 60 >> 60,
        _ => throw NotRead(),
    };

    internal void Write(long i, double v)
    {
        switch (Type)
        {
            case DType.Float32: ((float*)Address)[i] = (float)v; break;
            case DType.Float64: ((double*)Address)[i] = v; break;
            case DType.Float16: ((Half*)Address)[i] = (Half)(float)v; break;
            case DType.BFloat16: ((BFloat16*)Address)[i] = (BFloat16)(float)v; break;
            default: throw NotRead();
        }
    }

    internal void Write(long i, long v)
    {
        switch (Type)
        {
            case DType.Int64 or DType.UInt64: ((long*)Address)[i] = v; break;
            case DType.Int32 or DType.UInt32: ((int*)Address)[i] = (int)v; break;
            case DType.Int16 or DType.UInt16: ((short*)Address)[i] = (short)v; break;
            case DType.Int8 or DType.UInt8 or DType.Bool: ((byte*)Address)[i] = (byte)v; break;
            case DType.Int4 or DType.UInt4:
                byte* at = (byte*)Address + (i >> 1);
                int shift = (int)(i & 1) * 4;
                *at = (byte)(*at & ~(15 << shift) | (int)(v & 15) << shift);
                break;
            default: throw NotRead();
        }
    }

    private TesseraException NotRead() => new(ErrorCode.Internal, $"Kernels do not hold {Type} this way.");
}
