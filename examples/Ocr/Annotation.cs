using System.Numerics;
using Tessera.Data;
using Tessera.Examples.Ocr.Drawing;

namespace Tessera.Examples.Ocr;

/// <summary>The picture with a frame around every line, and beside it a page with the lines as they were read, where they were read.</summary>
public static class Annotation
{
    private static readonly Colour Frame = new(214, 40, 57), Ink = new(30, 30, 30);

    public static Image Draw(Image picture, OcrResult result)
    {
        Image image = picture.ToRgb(), page = new(2 * image.Width, image.Height, 3);
        Array.Fill(page.Pixels, (byte)255);
        for (int y = 0; y < image.Height; y++) image.Row(y).CopyTo(page.Row(y));
        Canvas canvas = new(page);
        Vector2 aside = new(image.Width, 0);
        foreach (TextLine line in result.Lines)
        {
            canvas.Polygon(line.Box.Corners, 2, Frame);
            canvas.Polygon(Array.ConvertAll(line.Box.Corners, c => c + aside), 1, Frame);
            string text = Drawable(line.Text);
            float width = StrokeFont.Round.Measure(text, 1);
            if (width == 0) continue;
            float size = Math.Min(line.Box.Height * 0.8f, line.Box.Width * 0.96f / width);
            Vector2 right = (line.Box.TopRight - line.Box.TopLeft) / line.Box.Width, down = (line.Box.BottomLeft - line.Box.TopLeft) / line.Box.Height;
            Vector2 start = line.Box.TopLeft + aside + right * (line.Box.Width - width * size) / 2 + down * (line.Box.Height / 2 + size * 0.3f);
            canvas.Text(text, start, size, Ink, degrees: float.RadiansToDegrees(MathF.Atan2(right.Y, right.X)));
        }
        return page;
    }

    /// <summary>The alphabet holds Latin letters only; others become an underscore in the drawing, not in the result.</summary>
    private static string Drawable(string text) => string.Concat(text.Select(c => StrokeFont.Round.Has(c) ? c : '_'));
}
