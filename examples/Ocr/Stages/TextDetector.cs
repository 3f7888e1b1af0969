using System.Numerics;
using Tessera.Data;
using Tessera.Examples.Ocr.Geometry;

namespace Tessera.Examples.Ocr.Stages;

/// <summary>Finds lines of text: a network gives each pixel the probability of lying in the core of a line; each connected core becomes a rectangle.</summary>
/// <remarks>Source: Liao et al., Real-time Scene Text Detection with Differentiable Binarization, AAAI 2020; thresholds as PP-OCRv4 uses them.</remarks>
public sealed class TextDetector(Func<Tensor, Tensor> model)
{
    private const int LongestSide = 960, Stride = 32;
    private const float PixelThreshold = 0.3f, BoxThreshold = 0.6f, UnclipRatio = 2.0f;
    private const float ShortestSide = 3;

    /// <summary>The lines' rectangles in the picture's pixels, in reading order.</summary>
    public IReadOnlyList<Quad> Find(Image image)
    {
        float scale = Math.Min(1, LongestSide / (float)Math.Max(image.Width, image.Height));
        int width = Round(image.Width * scale), height = Round(image.Height * scale);
        using Tensor input = Tensor.Zeros(DType.Float32, [1, 3, height, width]);
        Pixels.ImageNet.Write(Resampling.Resize(image, width, height), input, 0);
        using Tensor output = model(input);
        Vector2 back = new((float)image.Width / width, (float)image.Height / height);
        return ReadingOrder(Boxes(output.ToArray<float>(), width, height).Select(b => b.Scale(back)));
    }

    /// <summary>Rectangles around the cores, grown to whole letters: the core was trained as the line shrunk by area × (1 − r²) ÷ perimeter.</summary>
    public static IEnumerable<Quad> Boxes(float[] map, int width, int height)
    {
        foreach (Vector2[] outline in Regions.Outlines(map, width, height, PixelThreshold))
        {
            Quad core = MinimumRectangle.Around(outline);
            if (Math.Min(core.Width, core.Height) < ShortestSide || Regions.Mean(map, width, height, core) < BoxThreshold) continue;
            float distance = core.Width * core.Height * UnclipRatio / (2 * (core.Width + core.Height));
            // Pixel k covers [k, k+1).
            Quad box = core.Grow(distance);
            yield return new(box.TopLeft + Half, box.TopRight + Half, box.BottomRight + Half, box.BottomLeft + Half);
        }
    }

    /// <summary>Top to bottom; rectangles whose centres lie within half a line height share a row, and go left to right.</summary>
    public static IReadOnlyList<Quad> ReadingOrder(IEnumerable<Quad> boxes)
    {
        List<List<Quad>> rows = [];
        foreach (Quad box in boxes.OrderBy(b => b.Centre.Y))
        {
            List<Quad>? row = rows.LastOrDefault();
            if (row is null || box.Centre.Y - row[0].Centre.Y > Math.Min(box.Height, row[0].Height) / 2) rows.Add([box]);
            else row.Add(box);
        }
        return [.. rows.SelectMany(r => r.OrderBy(b => b.Centre.X))];
    }

    private static Vector2 Half => new(0.5f, 0.5f);

    private static int Round(float side) => Math.Max(Stride, (int)MathF.Round(side / Stride) * Stride);
}
