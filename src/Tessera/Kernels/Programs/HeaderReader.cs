using System.Collections.Immutable;
using System.Text;

namespace Tessera.Kernels;

/// <summary>Reads what <see cref="HeaderBytes"/> writes; nothing is allocated that the bytes at hand do not justify.</summary>
internal sealed class HeaderReader(ReadOnlyMemory<byte> header)
{
    private const long Most = (1L << 53) - 1;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private int _at;

    public bool IsAtEnd => _at == header.Length;

    /// <summary>A whole number below 2⁵³, which every reader's numbers hold.</summary>
    public long Number()
    {
        long n = 0;
        for (int shift = 0; shift < 56; shift += 7)
        {
            byte b = Bytes(1)[0];
            n |= (long)(b & 0x7F) << shift;
            if (b < 0x80) return n <= Most ? n : throw ProgramReader.Bad("its header has a number above 2⁵³");
        }
        throw ProgramReader.Bad("its header has a number without an end");
    }

    /// <summary>A number that an Int32 holds.</summary>
    public int Small() => Number() is var n && n <= int.MaxValue ? (int)n : throw ProgramReader.Bad($"its header has {n} where 32 bits are read");

    public string Text()
    {
        try
        {
            return Strict.GetString(Bytes(Number()));
        }
        catch (DecoderFallbackException)
        {
            throw ProgramReader.Bad("its header has a text that is no UTF-8");
        }
    }

    public ReadOnlySpan<byte> Bytes(long count)
    {
        if (count > header.Length - _at) throw ProgramReader.Bad("its header ends in the middle");
        _at += (int)count;
        return header.Span.Slice(_at - (int)count, (int)count);
    }

    public ImmutableArray<T> List<T>(Func<T> read)
    {
        long count = Number();
        // An item has a byte at least.
        if (count > header.Length - _at) throw ProgramReader.Bad("its header has a list that is longer than itself");
        ImmutableArray<T>.Builder items = ImmutableArray.CreateBuilder<T>((int)count);
        for (long i = 0; i < count; i++) items.Add(read());
        return items.MoveToImmutable();
    }
}
