namespace Tessera.Onnx;

/// <summary>How many elements the typed fields of a TensorProto hold: counted first, so that nothing is allocated that the file does not fill.</summary>
internal struct TypedCount
{
    public int Field { get; private set; }

    public long Entries { get; private set; }

    public int Chunks { get; private set; }

    /// <summary>The last packed run of elements.</summary>
    public (long Offset, long Length) Run { get; private set; }

    public void Add(ref WireReader r)
    {
        long at = r.Start, entries = 1;
        int field = r.Field;
        if (r.Wire != WireType.Bytes || field == 6) r.Skip();
        else
        {
            Run = r.Region();
            at = Run.Offset;
            int size = Width(field);
            if (size > 0 && Run.Length % size != 0) throw r.Malformed(at, $"{Run.Length} bytes of {FieldName(field)} are no whole number of elements");
            entries = size > 0 ? Run.Length / size : Varints(r.Source.Block, Run.Offset, Run.Length);
        }
        if (entries == 0) return;
        if (Field != 0 && Field != field) throw r.Malformed(at, $"a tensor holds elements in both {FieldName(Field)} and {FieldName(field)}");
        (Field, Entries, Chunks) = (field, Entries + entries, Chunks + 1);
    }

    /// <summary>Bytes of one element of a fixed-width field; 0 for variable-length integers.</summary>
    public static int Width(int field) => field == 4 ? 4 : field == 10 ? 8 : 0;

    public static string FieldName(int field) => field switch
    {
        4 => "float_data",
        5 => "int32_data",
        6 => "string_data",
        7 => "int64_data",
        10 => "double_data",
        11 => "uint64_data",
        _ => "raw_data",
    };

    /// <summary>The field that elements of <paramref name="type"/> lie in.</summary>
    public static int FieldOf(DType type) => type switch
    {
        DType.Float32 => 4,
        DType.Float64 => 10,
        DType.Int64 => 7,
        DType.UInt32 or DType.UInt64 => 11,
        DType.String => 6,
        DType.Int32 or DType.Int16 or DType.Int8 or DType.UInt16 or DType.UInt8 or DType.Bool or DType.Float16 or DType.BFloat16
            or DType.Float8E4M3FN or DType.Float8E4M3FNUZ or DType.Float8E5M2 or DType.Float8E5M2FNUZ or DType.UInt4 or DType.Int4 => 5,
    };

    private static long Varints(MemoryBlock block, long offset, long length)
    {
        long n = 0;
        for (long end = offset + length; offset < end;)
        {
            Span<byte> s = block.Span(offset, (int)Math.Min(1 << 30, end - offset));
            foreach (byte b in s) n += 1 - (b >> 7);
            offset += s.Length;
        }
        return n;
    }
}

/// <summary>Decodes the typed fields of TensorProto.</summary>
internal static class TypedData
{
    public static Tensor Read(WireReader r, in TensorReader.Header h)
    {
        TypedCount c = h.Counts;
        int field = TypedCount.FieldOf(h.Type), size = Math.Max(1, h.Type.Bits() / 8);
        // A 4-bit entry is a byte that holds two elements.
        long needed = h.Bytes / size;
        if (c.Field != field || c.Entries != needed)
            throw r.Malformed(r.Start, $"{TensorReader.Describe(h)} needs {needed} elements in {TypedCount.FieldName(field)}; the file has {c.Entries} in {TypedCount.FieldName(c.Field)}");
        if (c.Chunks == 1 && TypedCount.Width(field) != 0 && c.Run.Length == h.Bytes) return TensorReader.InPlace(r.Source.Block, c.Run.Offset, in h);
        return Fill(in h, r, field, size);
    }

    public static Tensor ReadStrings(WireReader r, in TensorReader.Header h)
    {
        if (h.Counts.Entries != h.Shape.Count || h.Counts.Field is not (0 or 6))
            throw r.Malformed(r.Start, $"{TensorReader.Describe(h)} needs {h.Shape.Count} elements in string_data; the file has {h.Counts.Entries} in {TypedCount.FieldName(h.Counts.Field)}");
        string[] strings = new string[h.Shape.Count];
        int i = 0;
        for (WireReader w = r.Again(); w.Next();)
        {
            if (w.Field == 6) strings[i++] = w.Text();
            else w.Skip();
        }
        return Tensor.FromStrings(strings, h.Shape);
    }

    /// <summary>A copy of bools with every byte but 0 made 1.</summary>
    public static Tensor Normalized(MemoryBlock from, long offset, in TensorReader.Header h)
    {
        MemoryBlock block = MemoryPool.Shared.Rent(h.Bytes, h.Name);
        for (long i = 0; i < h.Bytes; i++) block.Span(i, 1)[0] = from.Span(offset + i, 1)[0] == 0 ? (byte)0 : (byte)1;
        return Owned(block, in h);
    }

    private static Tensor Fill(in TensorReader.Header h, WireReader r, int field, int size)
    {
        MemoryBlock block = MemoryPool.Shared.Rent(h.Bytes, h.Name);
        try
        {
            long at = 0;
            for (WireReader w = r.Again(); w.Next();)
            {
                if (w.Field != field) { w.Skip(); continue; }
                if (TypedCount.Width(field) != 0) CopyFixed(ref w, block, ref at, size);
                else if (w.Wire == WireType.Bytes)
                {
                    (long offset, long length) = w.Region();
                    for (WireReader run = w.Over(offset, length); !run.AtEnd;) Put(block, ref at, run.ReadVarint(), size, h.Type);
                }
                else Put(block, ref at, (ulong)w.Int64(), size, h.Type);
            }
            return Owned(block, in h);
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    private static void CopyFixed(ref WireReader w, MemoryBlock block, ref long at, int size)
    {
        (long offset, long length) = w.Wire == WireType.Bytes ? w.Region() : w.Fixed(size);
        for (long i = 0; i < length; i += 1 << 30)
        {
            int n = (int)Math.Min(1 << 30, length - i);
            w.Source.Block.Span(offset + i, n).CopyTo(block.Span(at, n));
            at += n;
        }
    }

    /// <summary>The low <paramref name="size"/> bytes of an integer, little-endian: the cast that the format prescribes for narrow types.</summary>
    private static void Put(MemoryBlock block, ref long at, ulong value, int size, DType type)
    {
        Span<byte> to = block.Span(at, size);
        if (type == DType.Bool) value = value == 0 ? 0UL : 1UL;
        for (int i = 0; i < size; i++) to[i] = (byte)(value >> (8 * i));
        at += size;
    }

    private static Tensor Owned(MemoryBlock block, in TensorReader.Header h)
    {
        Tensor t = Tensor.Over(block, 0, h.Type, h.Shape);
        block.Release();
        return t;
    }
}
