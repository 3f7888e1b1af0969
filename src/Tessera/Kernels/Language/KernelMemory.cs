using System.Runtime.InteropServices;

namespace Tessera.Kernels;

/// <summary>Elements that the interpreter reads and writes one by one.</summary>
/// <param name="Memory">A contiguous tensor in whose memory they lie.</param>
/// <param name="Type">What they are.</param>
/// <param name="At">The byte where they begin.</param>
/// <param name="Count">How many there are.</param>
public readonly record struct KernelMemory(Tensor Memory, DType Type, long At, long Count)
{
    /// <summary>All of a tensor.</summary>
    public KernelMemory(Tensor tensor) : this(tensor, tensor.Type, 0, tensor.Count) { }

    private Span<byte> Bytes => Memory.RawBytes(At, checked((int)Type.Bytes(Count)));

    internal double Float(long i) => Type switch
    {
        DType.Float32 => MemoryMarshal.Cast<byte, float>(Bytes)[(int)i],
        DType.Float64 => MemoryMarshal.Cast<byte, double>(Bytes)[(int)i],
        DType.Float16 => (double)MemoryMarshal.Cast<byte, Half>(Bytes)[(int)i],
        DType.BFloat16 => (float)MemoryMarshal.Cast<byte, BFloat16>(Bytes)[(int)i],
        _ => throw NotHeld(),
    };

    internal long Integer(long i) => Type switch
    {
        DType.Int64 or DType.UInt64 => MemoryMarshal.Cast<byte, long>(Bytes)[(int)i],
        DType.Int32 => MemoryMarshal.Cast<byte, int>(Bytes)[(int)i],
        DType.UInt32 => MemoryMarshal.Cast<byte, uint>(Bytes)[(int)i],
        DType.Int16 => MemoryMarshal.Cast<byte, short>(Bytes)[(int)i],
        DType.UInt16 => MemoryMarshal.Cast<byte, ushort>(Bytes)[(int)i],
        DType.Int8 => MemoryMarshal.Cast<byte, sbyte>(Bytes)[(int)i],
        DType.UInt8 => MemoryMarshal.Cast<byte, byte>(Bytes)[(int)i],
        DType.Bool => Bytes[(int)i] == 0 ? 0 : 1,
        DType.UInt4 => Bytes[(int)(i >> 1)] >> (int)(i & 1) * 4 & 15,
        DType.Int4 => (long)Bytes[(int)(i >> 1)] >> (int)(i & 1) * 4 << 60 >> 60,
        _ => throw NotHeld(),
    };

    internal void Write(long i, double v)
    {
        switch (Type)
        {
            case DType.Float32: MemoryMarshal.Cast<byte, float>(Bytes)[(int)i] = (float)v; break;
            case DType.Float64: MemoryMarshal.Cast<byte, double>(Bytes)[(int)i] = v; break;
            case DType.Float16: MemoryMarshal.Cast<byte, Half>(Bytes)[(int)i] = (Half)v; break;
            case DType.BFloat16: MemoryMarshal.Cast<byte, BFloat16>(Bytes)[(int)i] = (BFloat16)(float)v; break;
            default: throw NotHeld();
        }
    }

    internal void Write(long i, long v)
    {
        switch (Type)
        {
            case DType.Int64 or DType.UInt64: MemoryMarshal.Cast<byte, long>(Bytes)[(int)i] = v; break;
            case DType.Int32 or DType.UInt32: MemoryMarshal.Cast<byte, int>(Bytes)[(int)i] = (int)v; break;
            case DType.Int16 or DType.UInt16: MemoryMarshal.Cast<byte, short>(Bytes)[(int)i] = (short)v; break;
            case DType.Int8 or DType.UInt8 or DType.Bool: Bytes[(int)i] = (byte)v; break;
            case DType.Int4 or DType.UInt4:
                ref byte at = ref Bytes[(int)(i >> 1)];
                int shift = (int)(i & 1) * 4;
                at = (byte)(at & ~(15 << shift) | (int)(v & 15) << shift);
                break;
            default: throw NotHeld();
        }
    }

    private TesseraException NotHeld() => new(ErrorCode.Internal, $"Kernels do not hold {Type} this way.");
}
