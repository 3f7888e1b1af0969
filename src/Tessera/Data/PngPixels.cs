using System.Buffers.Binary;

namespace Tessera.Data;

/// <summary>Turns a restored row of samples into the picture's bytes: scales depths, resolves the palette, adds alpha.</summary>
internal sealed class PngPixels(PngHeader header, byte[] palette, byte[]? transparency)
{
    private readonly int _channels = header.Channels(transparency is not null);

    public int Channels => _channels;

    public void Write(ReadOnlySpan<byte> row, PngPass pass, int j, long offset, Image to)
    {
        int y = pass.Y + j * pass.StepY;
        Span<int> samples = stackalloc int[4];
        for (int i = 0; i < pass.Width; i++)
        {
            for (int s = 0; s < header.Samples; s++) samples[s] = Sample(row, i * header.Samples + s);
            Convert(samples[..header.Samples], to[pass.X + i * pass.StepX, y], offset);
        }
    }

    private int Sample(ReadOnlySpan<byte> row, int index)
    {
        if (header.Depth == 8) return row[index];
        if (header.Depth == 16) return BinaryPrimitives.ReadUInt16BigEndian(row[(2 * index)..]);
        int bit = index * header.Depth;
        return (row[bit >> 3] >> (8 - header.Depth - (bit & 7))) & ((1 << header.Depth) - 1);
    }

    private void Convert(ReadOnlySpan<int> samples, Span<byte> pixel, long offset)
    {
        if (header.Colour == PngColour.Palette)
        {
            int entry = samples[0];
            if (3 * entry >= palette.Length) throw PngHeader.Malformed(offset, $"colour {entry} is not in the palette of {palette.Length / 3}");
            palette.AsSpan(3 * entry, 3).CopyTo(pixel);
            if (_channels == 4) pixel[3] = entry < transparency!.Length ? transparency[entry] : (byte)255;
            return;
        }
        int most = (1 << header.Depth) - 1;
        bool transparent = transparency is not null;
        for (int s = 0; s < samples.Length; s++)
        {
            pixel[s] = (byte)((samples[s] * 255 + most / 2) / most);
            transparent = transparent && samples[s] == BinaryPrimitives.ReadUInt16BigEndian(transparency.AsSpan(2 * s));
        }
        if (_channels > samples.Length) pixel[samples.Length] = (byte)(transparent ? 0 : 255);
    }
}
