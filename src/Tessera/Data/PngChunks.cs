using System.Buffers.Binary;
using System.Text;

namespace Tessera.Data;

/// <summary>Walks the chunks of a PNG file and checks their lengths and checksums.</summary>
internal ref struct PngChunks(ReadOnlySpan<byte> file)
{
    private readonly ReadOnlySpan<byte> _file = file;
    private int _next = Png.Signature.Length;

    /// <summary>Offset of the current chunk's data in the file.</summary>
    public int Offset { get; private set; }

    public string Name { get; private set; } = "";

    public ReadOnlySpan<byte> Data { get; private set; }

    public bool Next()
    {
        ReadOnlySpan<byte> rest = _file[_next..];
        if (rest.IsEmpty) return false;
        if (rest.Length < 12) throw PngHeader.Malformed(_next, "the file ends inside a chunk");
        uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - 12) throw PngHeader.Malformed(_next, $"a chunk of {length} bytes leaves the file of {_file.Length}");
        ReadOnlySpan<byte> name = rest.Slice(4, 4);
        if (name.ContainsAnyExcept(Letters)) throw PngHeader.Malformed(_next + 4, "a chunk's name is not made of letters");
        Name = Encoding.ASCII.GetString(name);
        Data = rest.Slice(8, (int)length);
        Offset = _next + 8;
        uint stored = BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]), actual = Crc32.Of(rest.Slice(4, 4 + (int)length));
        if (stored != actual) throw PngHeader.Malformed(_next, $"chunk {Name} has the checksum {actual:x8}, the file says {stored:x8}");
        _next += 12 + (int)length;
        return true;
    }

    /// <summary>A decoder must understand chunks whose name begins with a capital letter.</summary>
    public readonly bool IsCritical => char.IsAsciiLetterUpper(Name[0]);

    private static readonly System.Buffers.SearchValues<byte> Letters = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
}
