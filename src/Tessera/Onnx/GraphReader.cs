namespace Tessera.Onnx;

/// <summary>Reads GraphProto and NodeProto.</summary>
internal static class GraphReader
{
    public static OnnxGraph Read(WireReader r)
    {
        string name = "", doc = "";
        List<OnnxNode> nodes = [];
        List<OnnxValueInfo> inputs = [], outputs = [], infos = [];
        OrderedDictionary<string, Tensor> initializers = [];
        while (r.Next())
        {
            switch (r.Field)
            {
                case 1: nodes.Add(ReadNode(r.Message())); break;
                case 2: name = r.Text(); break;
                case 5: AddInitializer(r.Message(), initializers); break;
                case 10: doc = r.Prose(); break;
                case 11: inputs.Add(TypeReader.ReadInfo(r.Message())); break;
                case 12: outputs.Add(TypeReader.ReadInfo(r.Message())); break;
                case 13: infos.Add(TypeReader.ReadInfo(r.Message())); break;
                case 15: AddSparse(r.Message(), initializers); break;
                default: r.Skip(); break;
            }
        }
        return new() { Name = name, Doc = doc, Nodes = nodes, Initializers = initializers, Inputs = inputs, Outputs = outputs, ValueInfos = infos };
    }

    public static OnnxNode ReadNode(WireReader r)
    {
        string name = "", op = "", domain = "", doc = "", overload = "";
        List<string>? inputs = null, outputs = null;
        OrderedDictionary<string, OnnxAttribute>? attributes = null;
        long start = r.Start;
        while (r.Next())
        {
            switch (r.Field)
            {
                case 1: (inputs ??= []).Add(r.Text()); break;
                case 2: (outputs ??= []).Add(r.Text()); break;
                case 3: name = r.Text(); break;
                case 4: op = r.Text(); break;
                case 5: AddAttribute(r.Message(), attributes ??= []); break;
                case 6: doc = r.Prose(); break;
                case 7: domain = r.Text(); break;
                case 8: overload = r.Text(); break;
                default: r.Skip(); break;
            }
        }
        if (op.Length == 0) throw r.Malformed(start, $"node '{name}' names no operator");
        return new()
        {
            Name = name, OpType = op, Domain = domain, Doc = doc, Overload = overload, Offset = start,
            Inputs = inputs ?? (IReadOnlyList<string>)[], Outputs = outputs ?? (IReadOnlyList<string>)[], Attributes = attributes ?? OnnxAttributes.None,
        };
    }

    public static void AddAttribute(WireReader r, OrderedDictionary<string, OnnxAttribute> to)
    {
        long start = r.Start;
        OnnxAttribute a = AttributeReader.Read(r);
        if (!to.TryAdd(a.Name, a)) throw r.Malformed(start, $"attribute '{a.Name}' is given twice");
    }

    /// <summary>A SparseTensorProto and the name of its values, which is the name of the whole.</summary>
    public static OnnxSparseTensor ReadSparse(WireReader r, out string name)
    {
        (Tensor? values, Tensor? indices) = (null, null);
        List<long> dims = [];
        name = "";
        long start = r.Start;
        while (r.Next())
        {
            if ((r.Field == 1 && values is not null) || (r.Field == 2 && indices is not null)) throw r.Malformed(start, $"sparse tensor '{name}' gives its values or indices twice");
            if (r.Field == 1) values = TensorReader.Read(r.Message(), out name);
            else if (r.Field == 2) indices = TensorReader.Read(r.Message(), out _);
            else if (r.Field == 3) r.Int64s(dims);
            else r.Skip();
        }
        if (values is null || indices is null) throw r.Malformed(start, $"sparse tensor '{name}' lacks its values or indices");
        Shape shape = TensorReader.ToShape(dims, r, name);
        r.Source.Unfold(values.Type.Bytes(shape.Count), start);
        return new(values, indices, shape);
    }

    /// <summary>A SparseTensorProto unfolded.</summary>
    public static Tensor ReadDense(WireReader r, out string name)
    {
        long start = r.Start;
        OnnxSparseTensor s = ReadSparse(r, out name);
        try { return r.Source.Keep(s.ToDense()); }
        catch (TesseraException e) when (e.Code == ErrorCode.MalformedModel) { throw r.Malformed(start, $"sparse tensor '{name}': {e.Message}"); }
        finally
        {
            s.Values.Dispose();
            s.Indices.Dispose();
        }
    }

    private static void AddInitializer(WireReader r, OrderedDictionary<string, Tensor> to)
    {
        long start = r.Start;
        Tensor t = TensorReader.Read(r, out string name);
        if (name.Length == 0) throw r.Malformed(start, "an initializer has no name");
        if (!to.TryAdd(name, t)) throw r.Malformed(start, $"initializer '{name}' is given twice");
    }

    private static void AddSparse(WireReader r, OrderedDictionary<string, Tensor> to)
    {
        long start = r.Start;
        Tensor t = ReadDense(r, out string name);
        if (name.Length == 0) throw r.Malformed(start, "a sparse initializer has no name");
        if (!to.TryAdd(name, t)) throw r.Malformed(start, $"initializer '{name}' is given twice");
    }
}
