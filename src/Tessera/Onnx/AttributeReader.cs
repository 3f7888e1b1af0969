namespace Tessera.Onnx;

/// <summary>Reads AttributeProto.</summary>
internal static class AttributeReader
{
    /// <summary>The value fields of one attribute as they are met.</summary>
    private struct Fields
    {
        public string Name, Doc, Reference;
        public int Kind;
        /// <summary>The kind that the fields present speak for; models of IR version 1 declare none.</summary>
        public OnnxAttributeKind Seen;
        public object? Single;
        public List<float>? Floats;
        public List<long>? Ints;
        public List<byte[]>? Strings;
        public List<Tensor>? Tensors;
        public List<OnnxGraph>? Graphs;
        public List<OnnxSparseTensor>? SparseTensors;
        public List<OnnxType>? Types;
    }

    public static OnnxAttribute Read(WireReader r)
    {
        Fields f = new() { Name = "", Doc = "", Reference = "" };
        long start = r.Start;
        while (r.Next()) ReadField(ref r, ref f);
        if (f.Name.Length == 0) throw r.Malformed(start, "an attribute has no name");
        if (f.Kind is < 0 or > (int)OnnxAttributeKind.Types) throw r.Malformed(start, $"attribute '{f.Name}' has the kind {f.Kind}, which does not exist");
        OnnxAttributeKind kind = f.Kind == 0 ? f.Seen : (OnnxAttributeKind)f.Kind;
        if (kind == 0 && f.Reference.Length == 0) throw r.Malformed(start, $"attribute '{f.Name}' has neither a kind nor a value");
        if (f.Reference.Length > 0) return new(f.Name, kind, null, f.Reference) { Doc = f.Doc };
        if (f.Seen != 0 && f.Seen != kind) throw r.Malformed(start, $"attribute '{f.Name}' is declared as {kind} and holds {f.Seen}");
        object value = Value(kind, in f) ?? throw r.Malformed(start, $"attribute '{f.Name}' is declared as {kind} and holds nothing");
        return new(f.Name, kind, value) { Doc = f.Doc };
    }

    private static void ReadField(ref WireReader r, ref Fields f)
    {
        switch (r.Field)
        {
            case 1: f.Name = r.Text(); break;
            case 2: Set(ref r, ref f, OnnxAttributeKind.Float, r.Float()); break;
            case 3: Set(ref r, ref f, OnnxAttributeKind.Int, r.Int64()); break;
            case 4: Set(ref r, ref f, OnnxAttributeKind.String, r.ByteArray()); break;
            case 5: Set(ref r, ref f, OnnxAttributeKind.Tensor, TensorReader.Read(r.Message(), out _)); break;
            case 6: Set(ref r, ref f, OnnxAttributeKind.Graph, GraphReader.Read(r.Message())); break;
            case 7: See(ref r, ref f, OnnxAttributeKind.Floats); r.Floats(f.Floats ??= []); break;
            case 8: See(ref r, ref f, OnnxAttributeKind.Ints); r.Int64s(f.Ints ??= []); break;
            case 9: See(ref r, ref f, OnnxAttributeKind.Strings); (f.Strings ??= []).Add(r.ByteArray()); break;
            case 10: See(ref r, ref f, OnnxAttributeKind.Tensors); (f.Tensors ??= []).Add(TensorReader.Read(r.Message(), out _)); break;
            case 11: See(ref r, ref f, OnnxAttributeKind.Graphs); (f.Graphs ??= []).Add(GraphReader.Read(r.Message())); break;
            case 13: f.Doc = r.Prose(); break;
            case 14: Set(ref r, ref f, OnnxAttributeKind.Type, TypeReader.Read(r.Message())); break;
            case 15: See(ref r, ref f, OnnxAttributeKind.Types); (f.Types ??= []).Add(TypeReader.Read(r.Message())); break;
            case 20: f.Kind = r.Int32(); break;
            case 21: f.Reference = r.Text(); break;
            case 22: Set(ref r, ref f, OnnxAttributeKind.SparseTensor, GraphReader.ReadSparse(r.Message(), out _)); break;
            case 23: See(ref r, ref f, OnnxAttributeKind.SparseTensors); (f.SparseTensors ??= []).Add(GraphReader.ReadSparse(r.Message(), out _)); break;
            default: r.Skip(); break;
        }
    }

    /// <summary>Writers without field presence leave zeros and empty lists out; graphs, tensors and types cannot be left out.</summary>
    private static object? Value(OnnxAttributeKind kind, in Fields f) => kind switch
    {
        OnnxAttributeKind.Float => f.Single ?? 0f,
        OnnxAttributeKind.Int => f.Single ?? 0L,
        OnnxAttributeKind.String => f.Single ?? Array.Empty<byte>(),
        OnnxAttributeKind.Tensor or OnnxAttributeKind.Graph or OnnxAttributeKind.SparseTensor or OnnxAttributeKind.Type => f.Single,
        OnnxAttributeKind.Floats => List(f.Floats),
        OnnxAttributeKind.Ints => List(f.Ints),
        OnnxAttributeKind.Strings => List(f.Strings),
        OnnxAttributeKind.Tensors => List(f.Tensors),
        OnnxAttributeKind.Graphs => List(f.Graphs),
        OnnxAttributeKind.SparseTensors => List(f.SparseTensors),
        OnnxAttributeKind.Types => List(f.Types),
    };

    private static T[] List<T>(List<T>? list) => list?.ToArray() ?? [];

    private static void Set(ref WireReader r, ref Fields f, OnnxAttributeKind kind, object value)
    {
        if (f.Single is not null) throw r.Malformed(r.Start, $"attribute '{f.Name}' holds two values");
        See(ref r, ref f, kind);
        f.Single = value;
    }

    private static void See(ref WireReader r, ref Fields f, OnnxAttributeKind kind)
    {
        if (f.Seen != 0 && f.Seen != kind) throw r.Malformed(r.Start, $"attribute '{f.Name}' holds both {f.Seen} and {kind}");
        f.Seen = kind;
    }
}
