using System.Buffers.Binary;
using System.IO.Compression;

namespace Tessera.Data;

internal static class PngEncoder
{
    public static byte[] Encode(Image image)
    {
        using MemoryStream file = new();
        file.Write(Png.Signature);
        Span<byte> header = stackalloc byte[PngHeader.Length];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        PngColour colour = image.Channels switch { 1 => PngColour.Grey, 2 => PngColour.GreyAlpha, 3 => PngColour.Rgb, _ => PngColour.Rgba };
        (header[8], header[9], header[10], header[11], header[12]) = (8, (byte)colour, 0, 0, 0);
        Write(file, "IHDR"u8, header);
        Write(file, "IDAT"u8, Compress(image));
        Write(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void Write(MemoryStream file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        byte[] chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        name.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc32.Of(chunk.AsSpan(4, 4 + data.Length)));
        file.Write(chunk);
    }

    /// <summary>Photographs compress best with a filter chosen per row, drawings with none: the smaller is kept.</summary>
    private static byte[] Compress(Image image)
    {
        byte[] filtered = Compress(image, filter: true), plain = Compress(image, filter: false);
        return plain.Length < filtered.Length ? plain : filtered;
    }

    private static byte[] Compress(Image image, bool filter)
    {
        using MemoryStream compressed = new();
        using (ZLibStream rows = new(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            int bytes = image.Width * image.Channels;
            byte[] zeros = new byte[bytes], best = new byte[bytes], trial = new byte[bytes];
            for (int y = 0; y < image.Height; y++)
            {
                ReadOnlySpan<byte> row = image.Row(y);
                int chosen = filter ? Choose(row, y == 0 ? zeros : image.Row(y - 1), image.Channels, ref best, ref trial) : 0;
                rows.WriteByte((byte)chosen);
                rows.Write(filter ? best : row);
            }
        }
        return compressed.ToArray();
    }

    /// <summary>The filter whose differences have the least sum of magnitudes: the standard's heuristic for rows that compress well.</summary>
    private static int Choose(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int step, ref byte[] best, ref byte[] trial)
    {
        (int chosen, long least) = (0, long.MaxValue);
        for (int filter = 0; filter < PngFilter.Count; filter++)
        {
            PngFilter.Apply(filter, row, above, step, trial);
            long sum = 0;
            foreach (byte b in trial) sum += Math.Abs((int)(sbyte)b);
            if (sum >= least) continue;
            (chosen, least) = (filter, sum);
            (best, trial) = (trial, best);
        }
        return chosen;
    }
}
