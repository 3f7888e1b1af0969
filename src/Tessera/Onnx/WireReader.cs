using System.Buffers.Binary;
using System.Text;

namespace Tessera.Onnx;

internal enum WireType { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 }

/// <summary>Reads one protobuf message field by field, straight from the file's bytes. Every failure names the byte it is at.</summary>
internal struct WireReader(OnnxSource source, long start, long end, int depth)
{
    /// <summary>Messages inside messages; protobuf's own readers stop at 100 as well.</summary>
    public const int MaxDepth = 100;

    private const int MaxText = 1 << 29;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private long _position = start;

    public OnnxSource Source { get; } = source;

    /// <summary>Where the message starts in its file.</summary>
    public long Start { get; } = start;

    public long End { get; } = end;

    /// <summary>Number of the field that <see cref="Next"/> stopped at.</summary>
    public int Field { get; private set; }

    public WireType Wire { get; private set; }

    /// <summary>The same message from its first field on.</summary>
    public readonly WireReader Again() => new(Source, Start, End, depth);

    /// <summary>Goes to the next field; false at the message's end.</summary>
    public bool Next()
    {
        if (_position == End) return false;
        long at = _position;
        ulong tag = ReadVarint();
        int wire = (int)(tag & 7);
        if (tag > uint.MaxValue || tag >> 3 == 0) throw Malformed(at, $"field number {tag >> 3} is not valid; the file is damaged or no protobuf");
        if (wire is 3 or 4) throw Malformed(at, "groups are not part of the ONNX format; the file is damaged or no ONNX model");
        if (wire > 5) throw Malformed(at, $"wire type {wire} does not exist");
        (Field, Wire) = ((int)(tag >> 3), (WireType)wire);
        return true;
    }

    public void Skip()
    {
        if (Wire == WireType.Varint) ReadVarint();
        else if (Wire == WireType.Fixed64) Take(8);
        else if (Wire == WireType.Fixed32) Take(4);
        else Region();
    }

    public long Int64()
    {
        Expect(WireType.Varint);
        return (long)ReadVarint();
    }

    public int Int32() => unchecked((int)Int64());

    public float Float()
    {
        Expect(WireType.Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(Source.Block.Span(Take(4), 4));
    }

    /// <summary>Offset and length of a length-delimited field, checked to lie in the message.</summary>
    public (long Offset, long Length) Region()
    {
        Expect(WireType.Bytes);
        long at = _position;
        ulong length = ReadVarint();
        if (length > (ulong)(End - _position)) throw Malformed(at, $"field {Field} claims {length} bytes where {End - _position} are left; the file is truncated or damaged");
        return (Take((long)length), (long)length);
    }

    public WireReader Message()
    {
        (long offset, long length) = Region();
        return depth < MaxDepth ? new(Source, offset, offset + length, depth + 1) : throw Malformed(offset, $"messages are nested deeper than {MaxDepth}");
    }

    public byte[] ByteArray()
    {
        (long offset, long length) = Region();
        return length <= MaxText ? Source.Block.Span(offset, (int)length).ToArray() : throw new TesseraException(ErrorCode.Unsupported, $"{Source.Name}, byte {offset}: a text of {length} bytes exceeds the {MaxText} that are supported.");
    }

    /// <summary>UTF-8 text; names must be exact, so what is not UTF-8 is refused.</summary>
    public string Text()
    {
        (long offset, long length) = Region();
        if (length > MaxText) throw new TesseraException(ErrorCode.Unsupported, $"{Source.Name}, byte {offset}: a text of {length} bytes exceeds the {MaxText} that are supported.");
        try { return Strict.GetString(Source.Block.Span(offset, (int)length)); }
        catch (DecoderFallbackException e) { throw new TesseraException(ErrorCode.MalformedModel, $"{Source.Name}, byte {offset}: a name or text is not valid UTF-8.", e); }
    }

    /// <summary>Human-readable text; what is not UTF-8 becomes U+FFFD.</summary>
    public string Prose() => Encoding.UTF8.GetString(ByteArray());

    /// <summary>One or, packed, several integers of a repeated field.</summary>
    public void Int64s(List<long> to)
    {
        if (Wire == WireType.Varint) { to.Add((long)ReadVarint()); return; }
        (long offset, long length) = Region();
        WireReader r = new(Source, offset, offset + length, depth);
        while (r._position < r.End) to.Add((long)r.ReadVarint());
    }

    public void Floats(List<float> to)
    {
        if (Wire == WireType.Fixed32) { to.Add(Float()); return; }
        (long offset, long length) = Region();
        if (length % 4 != 0) throw Malformed(offset, $"{length} bytes are no whole number of floats");
        for (long p = offset; p < offset + length; p += 4) to.Add(BinaryPrimitives.ReadSingleLittleEndian(Source.Block.Span(p, 4)));
    }

    /// <summary>Where the bytes of a fixed-width field lie.</summary>
    public (long Offset, long Length) Fixed(int bytes)
    {
        Expect(bytes == 4 ? WireType.Fixed32 : WireType.Fixed64);
        return (Take(bytes), bytes);
    }

    /// <summary>A reader over part of this message's bytes.</summary>
    public readonly WireReader Over(long offset, long length) => new(Source, offset, offset + length, depth);

    public readonly bool AtEnd => _position == End;

    public ulong ReadVarint()
    {
        Span<byte> s = Source.Block.Span(_position, (int)Math.Min(10, End - _position));
        ulong v = 0;
        for (int i = 0; i < s.Length; i++)
        {
            v |= (ulong)(s[i] & 0x7F) << (7 * i);
            if (s[i] >= 0x80) continue;
            if (i == 9 && s[i] > 1) break;
            _position += i + 1;
            return v;
        }
        throw Malformed(_position, s.Length < 10 ? "the message ends inside a number; the file is truncated or damaged" : "a number takes more than 64 bits");
    }

    public readonly TesseraException Malformed(long at, string what) => Source.Malformed(at, what + ".");

    private readonly void Expect(WireType wire)
    {
        if (Wire != wire) throw Malformed(_position, $"field {Field} is encoded as {Wire}, not {wire}");
    }

    private long Take(long bytes)
    {
        if (bytes > End - _position) throw Malformed(_position, $"field {Field} needs {bytes} bytes where {End - _position} are left; the file is truncated or damaged");
        long at = _position;
        _position += bytes;
        return at;
    }
}
