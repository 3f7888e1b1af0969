using System.Buffers.Binary;

namespace Tessera.Data;

internal enum PngColour : byte { Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, Rgba = 6 }

/// <summary>The IHDR chunk, checked.</summary>
internal readonly record struct PngHeader(int Width, int Height, int Depth, PngColour Colour, bool Interlaced)
{
    public const int Length = 13;

    /// <summary>Samples that the file stores for a pixel.</summary>
    public int Samples => Colour switch { PngColour.Grey or PngColour.Palette => 1, PngColour.GreyAlpha => 2, PngColour.Rgb => 3, PngColour.Rgba => 4 };

    /// <summary>Distance in bytes between a byte and the one that filters predict it from.</summary>
    public int FilterStep => Math.Max(1, Samples * Depth / 8);

    /// <summary>Channels of the picture, given whether a transparent colour was declared.</summary>
    public int Channels(bool transparency) => Colour switch
    {
        PngColour.Grey => transparency ? 2 : 1,
        PngColour.GreyAlpha => 2,
        PngColour.Rgb or PngColour.Palette => transparency ? 4 : 3,
        PngColour.Rgba => 4,
    };

    /// <summary>Bytes of one row of <paramref name="width"/> pixels, without its filter byte.</summary>
    public long RowBytes(int width) => ((long)width * Samples * Depth + 7) / 8;

    /// <summary>Bytes that the compressed stream must inflate to.</summary>
    public long InflatedBytes()
    {
        long sum = 0;
        foreach (PngPass pass in PngPass.Of(this))
            if (pass.Width > 0) sum += pass.Height * (1 + RowBytes(pass.Width));
        return sum;
    }

    public static PngHeader Parse(ReadOnlySpan<byte> data, long offset)
    {
        if (data.Length != Length) throw Malformed(offset, $"IHDR holds {data.Length} bytes, not {Length}");
        uint width = BinaryPrimitives.ReadUInt32BigEndian(data), height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue) throw Malformed(offset, $"a picture of {width}×{height} pixels is impossible");
        int depth = data[8];
        bool allowed = data[9] switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        if (!allowed) throw Malformed(offset + 8, $"colour type {data[9]} with bit depth {depth} does not exist");
        if (data[10] != 0 || data[11] != 0) throw Malformed(offset + 10, $"compression {data[10]} with filter method {data[11]} does not exist");
        if (data[12] > 1) throw Malformed(offset + 12, $"interlace method {data[12]} does not exist");
        return new((int)width, (int)height, depth, (PngColour)data[9], data[12] == 1);
    }

    public static TesseraException Malformed(long offset, string what, Exception? inner = null) =>
        new(ErrorCode.MalformedData, $"Malformed PNG at byte {offset}: {what}. Save the picture again with the program it came from.", inner);
}
