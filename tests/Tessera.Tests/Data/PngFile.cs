using System.Buffers.Binary;
using System.IO.Compression;

namespace Tessera.Tests.Data;

/// <summary>Writes PNG files of every kind, sample by sample and apart from the code under test.</summary>
internal sealed class PngFile(int width, int height, int colour, int depth, bool interlaced, Random random)
{
    private static readonly (int X, int Y, int Sx, int Sy)[] Adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    public int Samples { get; } = colour switch { 0 or 3 => 1, 2 => 3, 4 => 2, _ => 4 };

    /// <summary>[y, x, sample], each below 2^depth.</summary>
    public int[,,] Values { get; } = new int[height, width, colour switch { 0 or 3 => 1, 2 => 3, 4 => 2, _ => 4 }];

    public byte[]? Palette { get; init; }

    public byte[]? Transparency { get; init; }

    public PngFile Fill(int below)
    {
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                for (int s = 0; s < Samples; s++) Values[y, x, s] = random.Next(below);
        return this;
    }

    public byte[] Write()
    {
        using MemoryStream file = new();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)colour, (byte)(interlaced ? 1 : 0));
        Chunk(file, "IHDR", header);
        Chunk(file, "tEXt", "Comment\0noise"u8);
        if (Palette is not null) Chunk(file, "PLTE", Palette);
        if (Transparency is not null) Chunk(file, "tRNS", Transparency);
        byte[] data = Compress();
        int half = data.Length / 2;
        Chunk(file, "IDAT", data.AsSpan(0, half));
        Chunk(file, "IDAT", []);
        Chunk(file, "IDAT", data.AsSpan(half));
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    public static void Chunk(Stream file, string name, ReadOnlySpan<byte> data)
    {
        byte[] body = [.. name.Select(c => (byte)c), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    private static uint Crc(byte[] body)
    {
        uint c = uint.MaxValue;
        foreach (byte b in body)
        {
            c ^= b;
            for (int bit = 0; bit < 8; bit++) c = (c >> 1) ^ ((c & 1) * 0xEDB88320u);
        }
        return ~c;
    }

    private byte[] Compress()
    {
        using MemoryStream compressed = new();
        using (ZLibStream rows = new(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            (int X, int Y, int Sx, int Sy)[] passes = interlaced ? Adam7 : [(0, 0, 1, 1)];
            foreach ((int x0, int y0, int sx, int sy) in passes)
            {
                byte[] above = [];
                for (int y = y0; y < height && x0 < width; y += sy)
                {
                    byte[] row = Row(y, x0, sx);
                    if (above.Length == 0) above = new byte[row.Length];
                    int filter = random.Next(5);
                    rows.WriteByte((byte)filter);
                    rows.Write(Filtered(filter, row, above));
                    above = row;
                }
            }
        }
        return compressed.ToArray();
    }

    private byte[] Row(int y, int x0, int sx)
    {
        List<byte> bytes = [];
        int bits = 0, filled = 0;
        for (int x = x0; x < width; x += sx)
        {
            for (int s = 0; s < Samples; s++)
            {
                for (int bit = depth - 1; bit >= 0; bit--)
                {
                    bits = (bits << 1) | ((Values[y, x, s] >> bit) & 1);
                    if (++filled % 8 == 0) { bytes.Add((byte)bits); bits = 0; }
                }
            }
        }
        if (filled % 8 != 0) bytes.Add((byte)(bits << (8 - filled % 8)));
        return [.. bytes];
    }

    private byte[] Filtered(int filter, byte[] row, byte[] above)
    {
        int step = Math.Max(1, Samples * depth / 8);
        byte[] stored = new byte[row.Length];
        for (int i = 0; i < row.Length; i++)
        {
            int a = i < step ? 0 : row[i - step], b = above[i], c = i < step ? 0 : above[i - step], p = a + b - c;
            int paeth = new[] { a, b, c }.MinBy(v => Math.Abs(p - v));
            int predicted = filter switch { 0 => 0, 1 => a, 2 => b, 3 => (a + b) / 2, _ => paeth };
            stored[i] = (byte)(row[i] - predicted);
        }
        return stored;
    }
}
