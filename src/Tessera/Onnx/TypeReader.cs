namespace Tessera.Onnx;

/// <summary>Reads TypeProto and ValueInfoProto.</summary>
internal static class TypeReader
{
    private const int LastTypeCode = 26;

    public static OnnxValueInfo ReadInfo(WireReader r)
    {
        string name = "", doc = "";
        OnnxType type = OnnxType.Unknown.Instance;
        while (r.Next())
        {
            if (r.Field == 1) name = r.Text();
            else if (r.Field == 2) type = Read(r.Message());
            else if (r.Field == 3) doc = r.Prose();
            else r.Skip();
        }
        return name.Length > 0 ? new(name, type) { Doc = doc } : throw r.Malformed(r.Start, "a declared value has no name");
    }

    public static OnnxType Read(WireReader r)
    {
        OnnxType type = OnnxType.Unknown.Instance;
        while (r.Next())
        {
            switch (r.Field)
            {
                case 1: type = ReadTensor(r.Message(), sparse: false); break;
                case 8: type = ReadTensor(r.Message(), sparse: true); break;
                case 4: type = new OnnxType.Sequence(ReadElement(r.Message())); break;
                case 9: type = new OnnxType.Optional(ReadElement(r.Message())); break;
                case 5: type = ReadMap(r.Message()); break;
                case 7: throw new TesseraException(ErrorCode.Unsupported, $"{r.Source.Name}, byte {r.Start}: opaque types are not supported.");
                default: r.Skip(); break;
            }
        }
        return type;
    }

    /// <summary>The element type of code <paramref name="code"/> of TensorProto.DataType.</summary>
    public static DType Element(int code, OnnxSource source, long at) => code switch
    {
        >= 1 and <= 13 or >= 16 and <= 22 => (DType)code,
        14 or 15 => throw Refused("complex numbers", source, at),
        23 => throw Refused("float4e2m1", source, at),
        24 => throw Refused("float8e8m0", source, at),
        25 or 26 => throw Refused("2-bit integers", source, at),
        _ => throw source.Malformed(at, $"element type {code} does not exist (1–{LastTypeCode})."),
    };

    private static TesseraException Refused(string what, OnnxSource source, long at) =>
        new(ErrorCode.Unsupported, $"{source.Name}, byte {at}: tensors of {what} are not supported; convert the model to a real type of 4 to 64 bits.");

    private static OnnxType ReadTensor(WireReader r, bool sparse)
    {
        int code = 0;
        OnnxDim[]? dims = null;
        while (r.Next())
        {
            if (r.Field == 1) code = r.Int32();
            else if (r.Field == 2) dims = ReadDims(r.Message());
            else r.Skip();
        }
        if (code == 0) return OnnxType.Unknown.Instance;
        DType element = Element(code, r.Source, r.Start);
        return sparse ? new OnnxType.SparseTensor(element, dims) : new OnnxType.Tensor(element, dims);
    }

    private static OnnxDim[] ReadDims(WireReader r)
    {
        List<OnnxDim> dims = [];
        while (r.Next())
        {
            if (r.Field == 1) dims.Add(ReadDim(r.Message()));
            else r.Skip();
        }
        return [.. dims];
    }

    private static OnnxDim ReadDim(WireReader r)
    {
        OnnxDim dim = OnnxDim.Unknown;
        while (r.Next())
        {
            if (r.Field == 1) dim = OnnxDim.Of(r.Int64());
            else if (r.Field == 2) dim = OnnxDim.Of(r.Text());
            else r.Skip();
        }
        return dim;
    }

    private static OnnxType ReadElement(WireReader r)
    {
        OnnxType type = OnnxType.Unknown.Instance;
        while (r.Next())
        {
            if (r.Field == 1) type = Read(r.Message());
            else r.Skip();
        }
        return type;
    }

    private static OnnxType.Map ReadMap(WireReader r)
    {
        int key = 0;
        OnnxType value = OnnxType.Unknown.Instance;
        while (r.Next())
        {
            if (r.Field == 1) key = r.Int32();
            else if (r.Field == 2) value = Read(r.Message());
            else r.Skip();
        }
        return new(Element(key, r.Source, r.Start), value);
    }
}
