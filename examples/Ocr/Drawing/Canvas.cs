using System.Numerics;
using Tessera.Data;

namespace Tessera.Examples.Ocr.Drawing;

/// <summary>Draws smooth-edged strokes on an RGB picture.</summary>
public sealed class Canvas(Image image)
{
    public Image Image { get; } = image.Channels == 3 ? image : throw new ArgumentException("A canvas needs an RGB picture.", nameof(image));

    /// <summary>A line of text whose baseline begins at <paramref name="start"/> and runs at <paramref name="degrees"/> clockwise; <paramref name="weight"/> is the stroke's width in ems.</summary>
    public void Text(string text, Vector2 start, float size, Colour colour, float weight = 0.085f, float degrees = 0)
    {
        Matrix3x2 place = Matrix3x2.CreateRotation(float.DegreesToRadians(degrees)) * Matrix3x2.CreateTranslation(start);
        foreach (Vector2[] stroke in StrokeFont.Round.Lay(text, size))
            Stroke(Array.ConvertAll(stroke, p => Vector2.Transform(p, place)), size * (stroke.Length == 1 ? weight * 1.5f : weight), colour);
    }

    public void Polygon(ReadOnlySpan<Vector2> corners, float width, Colour colour) => Stroke([.. corners, corners[0]], width, colour);

    /// <summary>A round-ended polyline; each pixel is covered once, however the line crosses itself.</summary>
    public void Stroke(ReadOnlySpan<Vector2> line, float width, Colour colour)
    {
        float reach = width / 2 + 1;
        Vector2 low = line[0], high = line[0];
        foreach (Vector2 p in line) (low, high) = (Vector2.Min(low, p), Vector2.Max(high, p));
        int x0 = Math.Max(0, (int)(low.X - reach)), x1 = Math.Min(Image.Width - 1, (int)(high.X + reach) + 1);
        int y0 = Math.Max(0, (int)(low.Y - reach)), y1 = Math.Min(Image.Height - 1, (int)(high.Y + reach) + 1);
        for (int y = y0; y <= y1; y++)
        {
            for (int x = x0; x <= x1; x++)
            {
                float coverage = Math.Clamp(width / 2 - Distance(line, new Vector2(x + 0.5f, y + 0.5f)) + 0.5f, 0, 1);
                if (coverage > 0) Blend(Image[x, y], colour, MathF.Ceiling(coverage * 8) / 8);
            }
        }
    }

    private static float Distance(ReadOnlySpan<Vector2> line, Vector2 p)
    {
        float least = Vector2.DistanceSquared(line[0], p);
        for (int i = 1; i < line.Length; i++)
        {
            Vector2 a = line[i - 1], along = line[i] - a;
            float length = along.LengthSquared();
            float t = length == 0 ? 0 : Math.Clamp(Vector2.Dot(p - a, along) / length, 0, 1);
            least = Math.Min(least, Vector2.DistanceSquared(a + t * along, p));
        }
        return MathF.Sqrt(least);
    }

    private static void Blend(Span<byte> pixel, Colour colour, float coverage)
    {
        pixel[0] = Mix(pixel[0], colour.Red, coverage);
        pixel[1] = Mix(pixel[1], colour.Green, coverage);
        pixel[2] = Mix(pixel[2], colour.Blue, coverage);
    }

    private static byte Mix(byte under, byte over, float coverage) => (byte)MathF.Round(under + (over - under) * coverage);
}

public readonly record struct Colour(byte Red, byte Green, byte Blue);
