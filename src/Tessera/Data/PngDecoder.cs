using System.IO.Compression;

namespace Tessera.Data;

internal static class PngDecoder
{
    /// <summary>Deflate's best ratio is 1032:1, so a header that promises more than that lies.</summary>
    private const long MaxDeflateRatio = 1032;

    public static Image Decode(ReadOnlySpan<byte> file)
    {
        if (!Png.IsPng(file)) throw new TesseraException(ErrorCode.MalformedData, "Not a PNG file: the first 8 bytes are not its signature. Convert the picture to PNG.");
        PngChunks chunks = new(file);
        if (!chunks.Next() || chunks.Name != "IHDR") throw PngHeader.Malformed(8, "the first chunk is not IHDR");
        PngHeader header = PngHeader.Parse(chunks.Data, chunks.Offset);
        byte[] palette = [];
        byte[]? transparency = null;
        using MemoryStream compressed = new();
        long start = -1, end = -1;
        while (chunks.Next() && chunks.Name != "IEND")
        {
            switch (chunks.Name)
            {
                case "IDAT":
                    if (start < 0) start = chunks.Offset;
                    else if (end != chunks.Offset - 12) throw PngHeader.Malformed(chunks.Offset, "another chunk stands between the IDAT chunks");
                    end = chunks.Offset + chunks.Data.Length;
                    compressed.Write(chunks.Data);
                    break;
                case "PLTE":
                    palette = Palette(chunks, header, palette, start);
                    break;
                case "tRNS":
                    transparency = Transparency(chunks, header, palette, start);
                    break;
                default:
                    if (chunks.IsCritical) throw new TesseraException(ErrorCode.Unsupported, $"PNG chunk {chunks.Name} at byte {chunks.Offset - 8} must be understood to show the picture, and the standard does not define it. Save the picture without it.");
                    break;
            }
        }
        if (chunks.Name != "IEND") throw PngHeader.Malformed(file.Length, "the file ends before its IEND chunk");
        if (start < 0) throw PngHeader.Malformed(file.Length, "there is no IDAT chunk");
        if (header.Colour == PngColour.Palette && palette.Length == 0) throw PngHeader.Malformed(start, "a palette picture has no PLTE chunk");
        compressed.Position = 0;
        return Inflate(compressed, header, new PngPixels(header, palette, transparency), start);
    }

    private static Image Inflate(MemoryStream compressed, PngHeader header, PngPixels pixels, long offset)
    {
        if (header.InflatedBytes() > MaxDeflateRatio * compressed.Length)
            throw PngHeader.Malformed(offset, $"{compressed.Length} compressed bytes cannot hold the {header.InflatedBytes()} of {header.Width}×{header.Height} pixels");
        if (Math.Max((long)header.Width * header.Height * pixels.Channels, header.RowBytes(header.Width)) > Array.MaxLength)
            throw new TesseraException(ErrorCode.OutOfMemory, $"A picture of {header.Width}×{header.Height} pixels exceeds {Array.MaxLength} bytes; scale it down.");
        Image image = new(header.Width, header.Height, pixels.Channels);
        try
        {
            using ZLibStream rows = new(compressed, CompressionMode.Decompress);
            foreach (PngPass pass in PngPass.Of(header))
                if (pass is { Width: > 0, Height: > 0 }) ReadPass(rows, header, pass, pixels, image, offset);
            // Reads past the last row, so that the stream's own checksum is compared.
            _ = rows.ReadByte();
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw PngHeader.Malformed(offset, $"the compressed rows are damaged ({e.Message})", e);
        }
        return image;
    }

    private static void ReadPass(ZLibStream rows, PngHeader header, PngPass pass, PngPixels pixels, Image image, long offset)
    {
        int bytes = checked((int)header.RowBytes(pass.Width));
        byte[] above = new byte[bytes], row = new byte[bytes];
        for (int j = 0; j < pass.Height; j++)
        {
            int filter = rows.ReadByte();
            if (filter < 0) throw new EndOfStreamException("they end early");
            if (filter >= PngFilter.Count) throw PngHeader.Malformed(offset, $"filter {filter} of row {j} does not exist");
            rows.ReadExactly(row);
            PngFilter.Undo(filter, row, above, header.FilterStep);
            pixels.Write(row, pass, j, offset, image);
            (row, above) = (above, row);
        }
    }

    private static byte[] Palette(PngChunks chunk, PngHeader header, byte[] before, long start)
    {
        int most = header.Colour == PngColour.Palette ? 1 << header.Depth : 256;
        if (before.Length > 0 || start >= 0) throw PngHeader.Malformed(chunk.Offset, "PLTE must stand once, before IDAT");
        if (header.Samples < 3 && header.Colour != PngColour.Palette) throw PngHeader.Malformed(chunk.Offset, "a grey picture has no PLTE");
        if (chunk.Data.Length == 0 || chunk.Data.Length % 3 != 0 || chunk.Data.Length / 3 > most)
            throw PngHeader.Malformed(chunk.Offset, $"PLTE holds {chunk.Data.Length} bytes, not 3 for each of 1–{most} colours");
        return chunk.Data.ToArray();
    }

    private static byte[] Transparency(PngChunks chunk, PngHeader header, byte[] palette, long start)
    {
        bool fits = header.Colour switch
        {
            PngColour.Grey => chunk.Data.Length == 2,
            PngColour.Rgb => chunk.Data.Length == 6,
            PngColour.Palette => chunk.Data.Length <= palette.Length / 3,
            PngColour.GreyAlpha or PngColour.Rgba => false,
        };
        return fits && start < 0 ? chunk.Data.ToArray() : throw PngHeader.Malformed(chunk.Offset, $"tRNS of {chunk.Data.Length} bytes does not fit a {header.Colour} picture here");
    }
}
