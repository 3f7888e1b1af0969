using System.Globalization;

namespace Tessera.Onnx;

/// <summary>Reads TensorProto: in place when the file holds the elements as memory does, else decoded into a block of its own.</summary>
internal static class TensorReader
{
    /// <summary>What a TensorProto says about its elements, before any is touched.</summary>
    internal struct Header
    {
        public string Name;
        public DType Type;
        public Shape Shape;
        public long Bytes;
        public (long Offset, long Length) Raw;
        public bool External;
        public string Location;
        public long Offset;
        public long Length;
        /// <summary>Elements found in each of the typed fields, by field number.</summary>
        public TypedCount Counts;
    }

    /// <param name="r">The message.</param>
    /// <param name="name">The tensor's name, "" when it has none.</param>
    /// <param name="declared">The element type it is meant to have: NumPy-made files hold bfloat16 and float8 as the integers of their bits.</param>
    public static Tensor Read(WireReader r, out string name, DType? declared = null)
    {
        Header h = ReadHeader(r);
        if (declared is DType d && ((d == DType.BFloat16 && h.Type == DType.UInt16) || (d.IsFloat() && d.Bits() == 8 && h.Type == DType.UInt8))) h.Type = d;
        name = h.Name;
        return r.Source.Keep(
            h.External ? ReadExternal(r, in h)
            : h.Raw.Length > 0 || (h.Shape.Count == 0 && h.Type != DType.String) ? ReadRaw(r, in h)
            : h.Type == DType.String ? TypedData.ReadStrings(r, in h)
            : TypedData.Read(r, in h));
    }

    /// <summary>"tensor 'w' Float32[2, 3]" for messages.</summary>
    public static string Describe(in Header h) => $"tensor '{h.Name}' {h.Type}{h.Shape}";

    private static Header ReadHeader(WireReader r)
    {
        WireReader start = r;
        Header h = new() { Name = "", Location = "", Length = -1 };
        List<long> dims = [];
        int code = 0;
        while (r.Next())
        {
            switch (r.Field)
            {
                case 1: r.Int64s(dims); break;
                case 2: code = r.Int32(); break;
                case 3: throw new TesseraException(ErrorCode.Unsupported, $"{r.Source.Name}, byte {r.Start}: tensors split into segments are not supported; store the tensor whole.");
                case 4 or 5 or 6 or 7 or 10 or 11: h.Counts.Add(ref r); break;
                case 8: h.Name = r.Text(); break;
                case 9: h.Raw = r.Region(); break;
                case 13: ReadEntry(r.Message(), ref h); break;
                case 14: h.External = r.Int32() == 1; break;
                default: r.Skip(); break;
            }
        }
        if (code == 0) throw start.Malformed(start.Start, $"tensor '{h.Name}' has no element type");
        h.Type = TypeReader.Element(code, start.Source, start.Start);
        h.Shape = ToShape(dims, start, h.Name);
        h.Bytes = ByteCount(h.Type, h.Shape, start, h.Name);
        return h;
    }

    /// <summary>A shape whose element count and strides fit 63 bits, or a refusal.</summary>
    public static Shape ToShape(List<long> dims, WireReader r, string name)
    {
        if (dims.Count > Shape.MaxRank) throw new TesseraException(ErrorCode.Unsupported, $"{r.Source.Name}, byte {r.Start}: tensor '{name}' has rank {dims.Count}; Tessera supports {Shape.MaxRank}.");
        Int128 span = 1;
        foreach (long d in dims)
        {
            if (d < 0) throw r.Malformed(r.Start, $"tensor '{name}' has the extent {d}");
            span *= Math.Max(1, d);
            if (span > long.MaxValue / 8) throw r.Malformed(r.Start, $"the extents of tensor '{name}' multiply to more than 2^60");
        }
        return Shape.Of([.. dims]);
    }

    private static long ByteCount(DType type, Shape shape, WireReader r, string name)
    {
        long count = shape.Count;
        return count <= long.MaxValue / 8 ? type.Bytes(count) : throw r.Malformed(r.Start, $"tensor '{name}' {type}{shape} holds more than 2^60 elements");
    }

    private static void ReadEntry(WireReader r, ref Header h)
    {
        string key = "", value = "";
        while (r.Next())
        {
            if (r.Field == 1) key = r.Text();
            else if (r.Field == 2) value = r.Text();
            else r.Skip();
        }
        if (key == "location") h.Location = value;
        else if (key == "offset") h.Offset = Number(value, r, key);
        else if (key == "length") h.Length = Number(value, r, key);
    }

    private static long Number(string text, WireReader r, string key) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long v) ? v
        : throw r.Malformed(r.Start, $"the {key} '{text}' of external tensor data is no number of bytes");

    private static Tensor ReadRaw(WireReader r, in Header h)
    {
        if (h.Type == DType.String) throw r.Malformed(h.Raw.Offset, $"{Describe(h)} gives raw_data; strings lie in string_data");
        if (h.Raw.Length != h.Bytes) throw r.Malformed(h.Raw.Offset, $"{Describe(h)} needs {h.Bytes} bytes and its raw_data holds {h.Raw.Length}");
        return InPlace(r.Source.Block, h.Raw.Offset, in h);
    }

    private static Tensor ReadExternal(WireReader r, in Header h)
    {
        if (h.Type == DType.String) throw r.Malformed(r.Start, $"{Describe(h)} lies in an external file; only numbers may");
        if (h.Length >= 0 && h.Length != h.Bytes) throw r.Malformed(r.Start, $"{Describe(h)} needs {h.Bytes} bytes and its external data holds {h.Length}");
        if (h.Bytes == 0) return Tensor.Empty(h.Type, h.Shape);
        MappedFile file = r.Source.External(h.Location, r.Start);
        if (h.Offset > file.Bytes || h.Bytes > file.Bytes - h.Offset)
            throw r.Malformed(r.Start, $"{Describe(h)} needs {h.Bytes} bytes at {h.Offset} of '{h.Location}', which has {file.Bytes}");
        return InPlace(file, h.Offset, in h);
    }

    internal static Tensor InPlace(MemoryBlock block, long offset, in Header h)
    {
        Tensor t = Tensor.Over(block, offset, h.Type, h.Shape);
        if (h.Type != DType.Bool || IsBool(block, offset, h.Bytes)) return t;
        t.Dispose();
        return TypedData.Normalized(block, offset, in h);
    }

    /// <summary>Whether all bytes are 0 or 1, as .NET's bool and every kernel take for granted.</summary>
    private static bool IsBool(MemoryBlock block, long offset, long bytes)
    {
        for (long i = 0; i < bytes; i += int.MaxValue)
            if (block.Span(offset + i, (int)Math.Min(int.MaxValue, bytes - i)).ContainsAnyExceptInRange((byte)0, (byte)1)) return false;
        return true;
    }
}
