namespace Tessera.Onnx;

/// <summary>Writes ModelProto and everything in it.</summary>
internal sealed class ModelWriter(ExternalData? external)
{
    public void Write(WireWriter w, OnnxModel model)
    {
        w.Int64(1, model.IrVersion);
        w.Text(2, model.Producer);
        w.Text(3, model.ProducerVersion);
        w.Text(4, model.Domain);
        if (model.ModelVersion != 0) w.Int64(5, model.ModelVersion);
        w.Text(6, model.Doc);
        w.Message(7, m => WriteGraph(m, model.Graph));
        WriteOpsets(w, 8, model.Opsets);
        foreach ((string key, string value) in model.Metadata) ValueWriter.WriteEntry(w, 14, key, value);
        foreach (OnnxFunction f in model.Functions.Values) w.Message(25, m => WriteFunction(m, f));
    }

    private void WriteGraph(WireWriter w, OnnxGraph graph)
    {
        foreach (OnnxNode n in graph.Nodes) w.Message(1, m => WriteNode(m, n));
        w.Text(2, graph.Name);
        foreach ((string name, Tensor t) in graph.Initializers) w.Message(5, m => ValueWriter.WriteTensor(m, t, name, external));
        w.Text(10, graph.Doc);
        foreach (OnnxValueInfo i in graph.Inputs) w.Message(11, m => TypeWriter.WriteInfo(m, i));
        foreach (OnnxValueInfo o in graph.Outputs) w.Message(12, m => TypeWriter.WriteInfo(m, o));
        foreach (OnnxValueInfo v in graph.ValueInfos) w.Message(13, m => TypeWriter.WriteInfo(m, v));
    }

    private void WriteNode(WireWriter w, OnnxNode node)
    {
        w.Texts(1, node.Inputs);
        w.Texts(2, node.Outputs);
        w.Text(3, node.Name);
        w.Text(4, node.OpType);
        foreach (OnnxAttribute a in node.Attributes.Values) w.Message(5, m => WriteAttribute(m, a));
        w.Text(6, node.Doc);
        w.Text(7, node.Domain);
        w.Text(8, node.Overload);
    }

    private void WriteFunction(WireWriter w, OnnxFunction f)
    {
        w.Text(1, f.Name);
        w.Texts(4, f.Inputs);
        w.Texts(5, f.Outputs);
        w.Texts(6, f.Attributes);
        foreach (OnnxNode n in f.Nodes) w.Message(7, m => WriteNode(m, n));
        w.Text(8, f.Doc);
        WriteOpsets(w, 9, f.Opsets);
        w.Text(10, f.Domain);
        foreach (OnnxAttribute a in f.DefaultAttributes.Values) w.Message(11, m => WriteAttribute(m, a));
        foreach (OnnxValueInfo v in f.ValueInfos) w.Message(12, m => TypeWriter.WriteInfo(m, v));
        w.Text(13, f.Overload);
    }

    private static void WriteOpsets(WireWriter w, int field, IReadOnlyDictionary<string, long> opsets)
    {
        foreach ((string domain, long version) in opsets)
        {
            w.Message(field, m =>
            {
                m.Text(1, domain);
                m.Int64(2, version);
            });
        }
    }

    private void WriteAttribute(WireWriter w, OnnxAttribute a)
    {
        w.Text(1, a.Name);
        w.Text(13, a.Doc);
        if (a.Kind != 0) w.Int64(20, (long)a.Kind);
        if (a.RefAttribute is not null) w.Text(21, a.RefAttribute);
        else WriteContent(w, a);
    }

    private void WriteContent(WireWriter w, OnnxAttribute a)
    {
        switch (a.Kind)
        {
            case OnnxAttributeKind.Float: w.Float(2, a.Float); break;
            case OnnxAttributeKind.Int: w.Int64(3, a.Int); break;
            case OnnxAttributeKind.String: w.Bytes(4, a.Bytes.Span); break;
            case OnnxAttributeKind.Tensor: w.Message(5, m => ValueWriter.WriteTensor(m, a.Tensor, "", external)); break;
            case OnnxAttributeKind.Graph: w.Message(6, m => WriteGraph(m, a.Graph)); break;
            case OnnxAttributeKind.Floats: w.Floats(7, a.Floats); break;
            case OnnxAttributeKind.Ints: w.Int64s(8, a.Ints); break;
            case OnnxAttributeKind.Strings: foreach (byte[] s in a.ByteStrings) w.Bytes(9, s); break;
            case OnnxAttributeKind.Tensors: foreach (Tensor t in a.Tensors) w.Message(10, m => ValueWriter.WriteTensor(m, t, "", external)); break;
            case OnnxAttributeKind.Graphs: foreach (OnnxGraph g in a.Graphs) w.Message(11, m => WriteGraph(m, g)); break;
            case OnnxAttributeKind.Type: w.Message(14, m => TypeWriter.Write(m, a.Type)); break;
            case OnnxAttributeKind.Types: foreach (OnnxType t in a.Types) w.Message(15, m => TypeWriter.Write(m, t)); break;
            case OnnxAttributeKind.SparseTensor: w.Message(22, m => ValueWriter.WriteSparse(m, a.SparseTensor)); break;
            case OnnxAttributeKind.SparseTensors: foreach (OnnxSparseTensor s in a.SparseTensors) w.Message(23, m => ValueWriter.WriteSparse(m, s)); break;
        }
    }
}
