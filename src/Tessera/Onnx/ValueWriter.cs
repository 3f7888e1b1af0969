namespace Tessera.Onnx;

/// <summary>Writes TensorProto, SparseTensorProto, SequenceProto and OptionalProto.</summary>
internal static class ValueWriter
{
    public static void Write(WireWriter w, Value value, string name)
    {
        if (value is TensorValue t) WriteTensor(w, t.Tensor, name);
        else if (value is SequenceValue s) WriteSequence(w, s, name);
        else if (value is OptionalValue o) WriteOptional(w, o, name);
    }

    public static void WriteTensor(WireWriter w, Tensor tensor, string name, ExternalData? external = null)
    {
        w.PackedInt64s(1, tensor.Shape.Span);
        w.Int64(2, (long)tensor.Type);
        w.Text(8, name);
        if (tensor.Type == DType.String) w.Texts(6, tensor.Strings);
        else if (external is not null && tensor.Bytes >= external.Over) WriteExternal(w, tensor, external);
        else w.Raw(9, tensor);
    }

    public static void WriteSparse(WireWriter w, OnnxSparseTensor sparse)
    {
        w.Message(1, m => WriteTensor(m, sparse.Values, ""));
        w.Message(2, m => WriteTensor(m, sparse.Indices, ""));
        w.PackedInt64s(3, sparse.Shape.Span);
    }

    private static void WriteExternal(WireWriter w, Tensor tensor, ExternalData external)
    {
        long offset = external.Append(tensor);
        WriteEntry(w, 13, "location", external.Location);
        WriteEntry(w, 13, "offset", offset.ToString(System.Globalization.CultureInfo.InvariantCulture));
        WriteEntry(w, 13, "length", tensor.Bytes.ToString(System.Globalization.CultureInfo.InvariantCulture));
        w.Int64(14, 1);
    }

    public static void WriteEntry(WireWriter w, int field, string key, string value) => w.Message(field, m =>
    {
        m.Text(1, key);
        m.Text(2, value);
    });

    private static void WriteSequence(WireWriter w, SequenceValue sequence, string name)
    {
        w.Text(1, name);
        w.Int64(2, Kind(sequence.Items.Count > 0 ? sequence.Items[0] : null));
        foreach (Value item in sequence.Items) WriteItem(w, item);
    }

    private static void WriteOptional(WireWriter w, OptionalValue optional, string name)
    {
        w.Text(1, name);
        w.Int64(2, optional.Item is null ? 0 : Kind(optional.Item));
        if (optional.Item is { } item) WriteItem(w, item);
    }

    private static void WriteItem(WireWriter w, Value item) =>
        w.Message(item is TensorValue ? 3 : item is SequenceValue ? 5 : 7, m => Write(m, item, ""));

    /// <summary>The numbers of SequenceProto.DataType and OptionalProto.DataType.</summary>
    private static long Kind(Value? item) => item is SequenceValue ? 3 : item is OptionalValue ? 5 : 1;
}

/// <summary>The file beside a model that takes its large tensors.</summary>
internal sealed class ExternalData(Stream stream, string location, long over)
{
    /// <summary>Tensors start on multiples of this, so that readers can map them.</summary>
    private const int Alignment = 4096;

    public string Location { get; } = location;

    /// <summary>Size in bytes from which a tensor goes to the file.</summary>
    public long Over { get; } = over;

    /// <summary>Writes the tensor and says at which byte it starts.</summary>
    public long Append(Tensor tensor)
    {
        long offset = (stream.Position + Alignment - 1) / Alignment * Alignment;
        stream.SetLength(Math.Max(stream.Length, offset));
        stream.Position = offset;
        using Tensor whole = tensor.Contiguous();
        WireWriter.CopyTo(whole, stream);
        return offset;
    }
}
