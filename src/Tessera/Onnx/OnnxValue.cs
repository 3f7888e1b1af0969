namespace Tessera.Onnx;

/// <summary>Reads and writes values as ONNX's test data holds them: a TensorProto, SequenceProto or OptionalProto per file; the declared type says which.</summary>
public static class OnnxValue
{
    /// <exception cref="TesseraException">InvalidArgument: no such file. MalformedModel: with the byte that is wrong.</exception>
    public static Value Read(string path, OnnxType type) => Read(Open(path), r => ReadValue(r, type));

    public static Value Read(ReadOnlyMemory<byte> bytes, OnnxType type, string name = "value") => Read(Copy(bytes, name), r => ReadValue(r, type));

    public static void Write(string path, Value value, string name = "") => File.WriteAllBytes(path, ToBytes(value, name));

    public static byte[] ToBytes(Value value, string name = "")
    {
        using WireWriter w = new();
        ValueWriter.Write(w, value, name);
        return w.ToBytes();
    }

    /// <summary>The file's bytes in memory of their own, so that it may change afterwards.</summary>
    internal static OnnxSource Open(string path)
    {
        try
        {
            FileInfo info = new(path);
            if (info.Exists && info.Length == 0) return Copy(default, Path.GetFileName(path));
            using MappedFile file = MappedFile.Open(path);
            MemoryBlock block = MemoryPool.Shared.Rent(file.Bytes, path);
            for (long i = 0; i < file.Bytes; i += 1 << 30)
            {
                int n = (int)Math.Min(1 << 30, file.Bytes - i);
                file.Span(i, n).CopyTo(block.Span(i, n));
            }
            return new(block, Path.GetFileName(path), Path.GetDirectoryName(Path.GetFullPath(path)));
        }
        catch (ArgumentException e)
        {
            throw new TesseraException(ErrorCode.InvalidArgument, $"'{path}' is not a path: {e.Message}", e);
        }
    }

    internal static OnnxSource Copy(ReadOnlyMemory<byte> bytes, string name)
    {
        MemoryBlock block = MemoryPool.Shared.Rent(bytes.Length, name);
        bytes.Span.CopyTo(block.Span(0, bytes.Length));
        return new(block, name, null);
    }

    internal static T Read<T>(OnnxSource source, Func<WireReader, T> read)
    {
        try
        {
            T value = read(source.Reader);
            source.Dispose();
            return value;
        }
        catch
        {
            source.Abandon();
            throw;
        }
    }

    private static Value ReadValue(WireReader r, OnnxType type) => type switch
    {
        OnnxType.Sequence s => ReadSequence(r, s.Element),
        OnnxType.Optional o => ReadOptional(r, o.Element),
        OnnxType.SparseTensor => new TensorValue(GraphReader.ReadDense(r, out _)),
        OnnxType.Map => throw new TesseraException(ErrorCode.Unsupported, $"{r.Source.Name}: values of type {type} are not supported; give keys and values as two tensors."),
        _ => new TensorValue(TensorReader.Read(r, out _, (type as OnnxType.Tensor)?.Element)),
    };

    private static SequenceValue ReadSequence(WireReader r, OnnxType element)
    {
        List<Value> items = [];
        while (r.Next())
        {
            if (r.Field is 3 or 4 or 5 or 7) items.Add(ReadValue(r.Message(), Carried(r.Field, element)));
            else if (r.Field == 6) throw new TesseraException(ErrorCode.Unsupported, $"{r.Source.Name}, byte {r.Start}: sequences of maps are not supported.");
            else r.Skip();
        }
        return new(items, element is OnnxType.Tensor t ? t.Element : null);
    }

    private static OptionalValue ReadOptional(WireReader r, OnnxType element)
    {
        Value? item = null;
        while (r.Next())
        {
            if (r.Field is 3 or 4 or 5 or 7) item = item is null ? ReadValue(r.Message(), Carried(r.Field, element)) : throw r.Malformed(r.Start, "an optional value holds two values");
            else if (r.Field == 6) throw new TesseraException(ErrorCode.Unsupported, $"{r.Source.Name}, byte {r.Start}: optional maps are not supported.");
            else r.Skip();
        }
        return new(item);
    }

    /// <summary>The type of an element from the field it lies in; the declaration adds what is inside.</summary>
    private static OnnxType Carried(int field, OnnxType declared) => field switch
    {
        4 => new OnnxType.SparseTensor(DType.Float32, null),
        5 => declared as OnnxType.Sequence ?? new OnnxType.Sequence(OnnxType.Unknown.Instance),
        7 => declared as OnnxType.Optional ?? new OnnxType.Optional(OnnxType.Unknown.Instance),
        _ => declared as OnnxType.Tensor ?? (OnnxType)OnnxType.Unknown.Instance,
    };
}

/// <summary>Reads and writes single tensors as TensorProto, the form of <c>.pb</c> test data.</summary>
public static class OnnxTensor
{
    /// <exception cref="TesseraException">InvalidArgument: no such file. MalformedModel: with the byte that is wrong.</exception>
    public static Tensor Read(string path) => OnnxValue.Read(OnnxValue.Open(path), r => TensorReader.Read(r, out _));

    public static Tensor Read(ReadOnlyMemory<byte> bytes, string name = "tensor") => OnnxValue.Read(OnnxValue.Copy(bytes, name), r => TensorReader.Read(r, out _));

    public static void Write(string path, Tensor tensor, string name = "") => File.WriteAllBytes(path, ToBytes(tensor, name));

    public static byte[] ToBytes(Tensor tensor, string name = "") => OnnxValue.ToBytes(tensor, name);
}
