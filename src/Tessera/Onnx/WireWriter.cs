using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Tessera.Onnx;

/// <summary>Writes one protobuf message: small fields into a buffer, tensors by reference, so that a model of any size is written without a copy of its weights.</summary>
internal sealed class WireWriter : IDisposable
{
    private readonly List<object> _parts = [];
    private readonly List<Tensor> _copies = [];
    private ArrayBufferWriter<byte> _tail = new();

    public long Length { get; private set; }

    public void Int64(int field, long value)
    {
        Tag(field, WireType.Varint);
        Varint((ulong)value);
    }

    public void Float(int field, float value)
    {
        Tag(field, WireType.Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(Take(4), value);
    }

    /// <summary>A text; nothing when it is empty, as the format reads it.</summary>
    public void Text(int field, string value)
    {
        if (value.Length > 0) Bytes(field, Encoding.UTF8.GetBytes(value));
    }

    public void Texts(int field, IEnumerable<string> values)
    {
        foreach (string v in values) Bytes(field, Encoding.UTF8.GetBytes(v));
    }

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, WireType.Bytes);
        Varint((ulong)value.Length);
        value.CopyTo(Take(value.Length));
    }

    public void PackedInt64s(int field, ReadOnlySpan<long> values)
    {
        if (values.Length == 0) return;
        WireWriter run = new();
        foreach (long v in values) run.Varint((ulong)v);
        Append(field, run);
    }

    public void Int64s(int field, ReadOnlySpan<long> values)
    {
        foreach (long v in values) Int64(field, v);
    }

    public void Floats(int field, ReadOnlySpan<float> values)
    {
        foreach (float v in values) Float(field, v);
    }

    public void Message(int field, Action<WireWriter> fill)
    {
        WireWriter child = new();
        fill(child);
        Append(field, child);
    }

    /// <summary>The elements of a tensor as bytes, row-major and little-endian. The tensor must live until this is written out.</summary>
    public void Raw(int field, Tensor tensor)
    {
        Tensor whole = tensor.Contiguous();
        _copies.Add(whole);
        Tag(field, WireType.Bytes);
        Varint((ulong)whole.Bytes);
        Flush();
        _parts.Add(whole);
        Length += whole.Bytes;
    }

    public void CopyTo(Stream stream)
    {
        Flush();
        foreach (object part in _parts)
        {
            if (part is byte[] bytes) stream.Write(bytes);
            else if (part is WireWriter child) child.CopyTo(stream);
            else if (part is Tensor tensor) CopyTo(tensor, stream);
        }
    }

    public static void CopyTo(Tensor tensor, Stream stream)
    {
        for (long i = 0; i < tensor.Bytes; i += 1 << 30) stream.Write(tensor.RawBytes(i, (int)Math.Min(1 << 30, tensor.Bytes - i)));
    }

    public byte[] ToBytes()
    {
        if (Length > Array.MaxLength) throw new TesseraException(ErrorCode.InvalidArgument, $"{Length} bytes do not fit an array; save to a file.");
        byte[] all = new byte[Length];
        using MemoryStream stream = new(all);
        CopyTo(stream);
        return all;
    }

    public void Dispose()
    {
        foreach (Tensor t in _copies) t.Dispose();
        foreach (object part in _parts) (part as WireWriter)?.Dispose();
    }

    private void Append(int field, WireWriter child)
    {
        Tag(field, WireType.Bytes);
        Varint((ulong)child.Length);
        if (child._parts.Count == 0)
        {
            child._tail.WrittenSpan.CopyTo(Take(child._tail.WrittenCount));
            return;
        }
        Flush();
        _parts.Add(child);
        Length += child.Length;
    }

    private void Tag(int field, WireType wire) => Varint(((ulong)field << 3) | (ulong)wire);

    private void Varint(ulong value)
    {
        Span<byte> s = stackalloc byte[10];
        int n = 0;
        for (; value >= 0x80; value >>= 7) s[n++] = (byte)(value | 0x80);
        s[n++] = (byte)value;
        s[..n].CopyTo(Take(n));
    }

    private Span<byte> Take(int bytes)
    {
        Span<byte> s = _tail.GetSpan(Math.Max(1, bytes))[..bytes];
        _tail.Advance(bytes);
        Length += bytes;
        return s;
    }

    private void Flush()
    {
        if (_tail.WrittenCount == 0) return;
        _parts.Add(_tail.WrittenSpan.ToArray());
        _tail = new();
    }
}
