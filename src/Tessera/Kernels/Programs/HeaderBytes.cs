using System.Buffers;
using System.Text;

namespace Tessera.Kernels;

/// <summary>The header of a program while it is written: numbers are unsigned LEB128; a text is its length and UTF-8; a list is its length and its items.</summary>
internal sealed class HeaderBytes
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public HeaderBytes Number(long n)
    {
        for (; n >= 0x80; n >>= 7) Bytes([(byte)(n & 0x7F | 0x80)]);
        return Bytes([(byte)n]);
    }

    public HeaderBytes Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return Number(bytes.Length).Bytes(bytes);
    }

    public HeaderBytes Bytes(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public HeaderBytes List<T>(IReadOnlyList<T> items, Action<T> write)
    {
        Number(items.Count);
        foreach (T item in items) write(item);
        return this;
    }
}
