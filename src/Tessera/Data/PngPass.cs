namespace Tessera.Data;

/// <summary>One interlacing pass: its pixels lie at (X + i·StepX, Y + j·StepY).</summary>
internal readonly record struct PngPass(int X, int Y, int StepX, int StepY, int Width, int Height)
{
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    public static IEnumerable<PngPass> Of(PngHeader header)
    {
        if (!header.Interlaced)
        {
            yield return new(0, 0, 1, 1, header.Width, header.Height);
            yield break;
        }
        foreach ((int x, int y, int sx, int sy) in Adam7)
            yield return new(x, y, sx, sy, Extent(header.Width, x, sx), Extent(header.Height, y, sy));
    }

    private static int Extent(int size, int start, int step) => size <= start ? 0 : (size - start - 1) / step + 1;
}
