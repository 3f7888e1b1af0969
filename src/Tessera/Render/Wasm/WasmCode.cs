using System.Buffers.Binary;

namespace Tessera.Render;

/// <summary>Bytes of a WebAssembly module or a part of one. Source: WebAssembly Core Specification 2.0, §5 (binary format).</summary>
internal sealed class WasmCode
{
    private readonly List<byte> _bytes = [];
    private readonly List<int> _marks = [];

    /// <summary>Places that were marked, ascending: they move with the part when it becomes part of another.</summary>
    public IReadOnlyList<int> Marks => _marks;

    public int Length => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public WasmCode Byte(int b)
    {
        _bytes.Add((byte)b);
        return this;
    }

    /// <summary>Remembers where the next byte will be.</summary>
    public WasmCode Mark()
    {
        _marks.Add(_bytes.Count);
        return this;
    }

    /// <summary>An opcode, and one more byte or number after it.</summary>
    public WasmCode Op(WasmOp op)
    {
        int code = (int)op;
        if (code < 0x100) return Byte(code);
        return Byte(code >> 16).Unsigned((uint)(code & 0xFFFF));
    }

    public WasmCode Unsigned(uint v)
    {
        for (; v >= 0x80; v >>= 7) Byte((int)(v & 0x7F | 0x80));
        return Byte((int)v);
    }

    public WasmCode Signed(long v)
    {
        while (true)
        {
            int low = (int)(v & 0x7F);
            v >>= 7;
            if ((v == 0 && (low & 0x40) == 0) || (v == -1 && (low & 0x40) != 0)) return Byte(low);
            Byte(low | 0x80);
        }
    }

    public WasmCode Float(float v)
    {
        Span<byte> b = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(b, BitConverter.SingleToInt32Bits(v));
        _bytes.AddRange(b);
        return this;
    }

    public WasmCode Double(double v)
    {
        Span<byte> b = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(b, BitConverter.DoubleToInt64Bits(v));
        _bytes.AddRange(b);
        return this;
    }

    public WasmCode Text(string s)
    {
        byte[] b = System.Text.Encoding.UTF8.GetBytes(s);
        return Unsigned((uint)b.Length).Bytes(b);
    }

    public WasmCode Bytes(ReadOnlySpan<byte> b)
    {
        _bytes.AddRange(b);
        return this;
    }

    /// <summary>Another part.</summary>
    public WasmCode Part(WasmCode part)
    {
        foreach (int m in part._marks) _marks.Add(_bytes.Count + m);
        _bytes.AddRange(part._bytes);
        return this;
    }

    /// <summary>Another part with its length before it.</summary>
    public WasmCode Sized(WasmCode part) => Unsigned((uint)part.Length).Part(part);

    public WasmCode Section(int id, WasmCode content) => Byte(id).Sized(content);
}
