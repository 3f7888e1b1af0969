using System.Runtime.InteropServices;

namespace Tessera.Engines.Reference;

/// <summary>Tensors to <see cref="Cells"/> and back.</summary>
internal static class CellsIo
{
    public static Cells Read(Tensor t)
    {
        using Tensor c = t.Contiguous();
        return c.Type switch
        {
            DType.Float64 => Floats(c, c.Span<double>(), v => v),
            DType.Float32 => Floats(c, c.Span<float>(), v => v),
            DType.Float16 => Floats(c, c.Span<Half>(), v => (double)v),
            DType.BFloat16 => Floats(c, c.Span<BFloat16>(), v => (float)v),
            DType.Float8E4M3FN => Floats(c, c.Span<Float8E4M3FN>(), v => (float)v),
            DType.Float8E4M3FNUZ => Floats(c, c.Span<Float8E4M3FNUZ>(), v => (float)v),
            DType.Float8E5M2 => Floats(c, c.Span<Float8E5M2>(), v => (float)v),
            DType.Float8E5M2FNUZ => Floats(c, c.Span<Float8E5M2FNUZ>(), v => (float)v),
            DType.Int64 or DType.UInt64 => Integers(c, c.Span<long>(), v => v),
            DType.Int32 => Integers(c, c.Span<int>(), v => v),
            DType.Int16 => Integers(c, c.Span<short>(), v => v),
            DType.Int8 => Integers(c, c.Span<sbyte>(), v => v),
            DType.UInt32 => Integers(c, c.Span<uint>(), v => v),
            DType.UInt16 => Integers(c, c.Span<ushort>(), v => v),
            DType.UInt8 => Integers(c, c.Span<byte>(), v => v),
            DType.Bool => Integers(c, c.Span<byte>(), v => v == 0 ? 0 : 1),
            DType.UInt4 or DType.Int4 => Nibble(c),
            DType.String => new(c.Shape, [.. c.Strings]),
        };
    }

    /// <summary>Writes into a contiguous tensor of the same type and shape; Float32 is rounded here.</summary>
    public static void Write(Cells from, Tensor to)
    {
        switch (from.Type)
        {
            case DType.Float64: from.Floats.CopyTo(to.Span<double>()); break;
            case DType.Float32: Write(from.Floats, to.Span<float>(), v => (float)v); break;
            case DType.Float16: Write(from.Floats, to.Span<Half>(), v => (Half)v); break;
            case DType.BFloat16: Write(from.Floats, to.Span<BFloat16>(), v => (BFloat16)(float)v); break;
            case DType.Float8E4M3FN: Write(from.Floats, to.Span<Float8E4M3FN>(), v => Float8E4M3FN.From(v)); break;
            case DType.Float8E4M3FNUZ: Write(from.Floats, to.Span<Float8E4M3FNUZ>(), v => Float8E4M3FNUZ.From(v)); break;
            case DType.Float8E5M2: Write(from.Floats, to.Span<Float8E5M2>(), v => Float8E5M2.From(v, saturate: false)); break;
            case DType.Float8E5M2FNUZ: Write(from.Floats, to.Span<Float8E5M2FNUZ>(), v => Float8E5M2FNUZ.From(v)); break;
            case DType.Int64 or DType.UInt64: from.Integers.CopyTo(to.Span<long>()); break;
            case DType.Int32: Write(from.Integers, to.Span<int>(), v => (int)v); break;
            case DType.Int16: Write(from.Integers, to.Span<short>(), v => (short)v); break;
            case DType.Int8: Write(from.Integers, to.Span<sbyte>(), v => (sbyte)v); break;
            case DType.UInt32: Write(from.Integers, to.Span<uint>(), v => (uint)v); break;
            case DType.UInt16: Write(from.Integers, to.Span<ushort>(), v => (ushort)v); break;
            case DType.UInt8 or DType.Bool: Write(from.Integers, to.Span<byte>(), v => (byte)v); break;
            case DType.UInt4 or DType.Int4: Nibbles.Pack(Array.ConvertAll(from.Integers, v => (byte)(v & 15)), to.Span<byte>()); break;
            case DType.String: from.Strings.CopyTo(to.Strings, 0); break;
        }
    }

    public static Tensor ToTensor(Cells from, MemoryPool? pool = null)
    {
        Tensor t = Tensor.Empty(from.Type, from.Shape, pool, "reference result");
        Write(from, t);
        return t;
    }

    private static Cells Floats<T>(Tensor t, Span<T> from, Func<T, double> read)
    {
        double[] v = new double[from.Length];
        for (int i = 0; i < v.Length; i++) v[i] = read(from[i]);
        return new(t.Type, t.Shape, v);
    }

    private static Cells Integers<T>(Tensor t, Span<T> from, Func<T, long> read)
    {
        long[] v = new long[from.Length];
        for (int i = 0; i < v.Length; i++) v[i] = read(from[i]);
        return new(t.Type, t.Shape, v);
    }

    private static Cells Nibble(Tensor t)
    {
        sbyte[] v = new sbyte[t.Count];
        if (t.Type == DType.Int4) Nibbles.Unpack(t.RawBytes(), v);
        else Nibbles.Unpack(t.RawBytes(), MemoryMarshal.AsBytes(v.AsSpan()));
        return new(t.Type, t.Shape, Array.ConvertAll(v, e => (long)e));
    }

    private static void Write<T, U>(T[] from, Span<U> to, Func<T, U> convert)
    {
        for (int i = 0; i < from.Length; i++) to[i] = convert(from[i]);
    }
}
