namespace Tessera.Onnx;

/// <summary>Writes TypeProto and ValueInfoProto.</summary>
internal static class TypeWriter
{
    public static void WriteInfo(WireWriter w, OnnxValueInfo info)
    {
        w.Text(1, info.Name);
        if (info.Type is not OnnxType.Unknown) w.Message(2, m => Write(m, info.Type));
        w.Text(3, info.Doc);
    }

    public static void Write(WireWriter w, OnnxType type)
    {
        if (type is OnnxType.Tensor t) w.Message(1, m => WriteTensor(m, t.Element, t.Dims));
        else if (type is OnnxType.SparseTensor p) w.Message(8, m => WriteTensor(m, p.Element, p.Dims));
        else if (type is OnnxType.Sequence s) w.Message(4, m => m.Message(1, e => Write(e, s.Element)));
        else if (type is OnnxType.Optional o) w.Message(9, m => m.Message(1, e => Write(e, o.Element)));
        else if (type is OnnxType.Map d)
        {
            w.Message(5, m =>
            {
                m.Int64(1, (long)d.Key);
                m.Message(2, e => Write(e, d.Value));
            });
        }
    }

    private static void WriteTensor(WireWriter w, DType element, OnnxDim[]? dims)
    {
        w.Int64(1, (long)element);
        if (dims is not null) w.Message(2, m => { foreach (OnnxDim d in dims) m.Message(1, e => WriteDim(e, d)); });
    }

    private static void WriteDim(WireWriter w, OnnxDim dim)
    {
        if (dim.IsKnown) w.Int64(1, dim.Value);
        else w.Text(2, dim.Symbol ?? "");
    }
}
