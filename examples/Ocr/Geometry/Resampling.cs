using System.Numerics;
using Tessera.Data;

namespace Tessera.Examples.Ocr.Geometry;

/// <summary>Cuts and scales RGB pictures.</summary>
public static class Resampling
{
    private const float TallText = 1.5f;

    /// <summary>The content of a turned rectangle, laid flat; a tall one is turned by 90° counter-clockwise so that its text lies.</summary>
    public static Image Cut(Image image, Quad box)
    {
        if (box.Height >= TallText * box.Width) box = new(box.TopRight, box.BottomRight, box.BottomLeft, box.TopLeft);
        int width = Math.Max(1, (int)MathF.Round(box.Width)), height = Math.Max(1, (int)MathF.Round(box.Height));
        Image cut = new(width, height, 3);
        Vector2 right = (box.TopRight - box.TopLeft) / width, down = (box.BottomLeft - box.TopLeft) / height;
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                Sample(image, box.TopLeft + (x + 0.5f) * right + (y + 0.5f) * down, cut[x, y]);
        return cut;
    }

    /// <summary>Scaled with a triangle filter: bilinear when growing, an average over the shrunk area when shrinking.</summary>
    public static Image Resize(Image image, int width, int height)
    {
        if (image.Width == width && image.Height == height) return image;
        Weights[] columns = Weights.For(image.Width, width), rows = Weights.For(image.Height, height);
        float[] wide = new float[width * image.Height * 3];
        for (int y = 0, to = 0; y < image.Height; y++)
            foreach (Weights w in columns)
                for (int c = 0; c < 3; c++, to++)
                    for (int k = 0; k < w.Values.Length; k++) wide[to] += w.Values[k] * image.Pixels[(y * image.Width + w.First + k) * 3 + c];
        Image resized = new(width, height, 3);
        for (int y = 0, to = 0; y < height; y++)
        {
            Weights w = rows[y];
            for (int i = 0; i < width * 3; i++, to++)
            {
                float sum = 0.5f;
                for (int k = 0; k < w.Values.Length; k++) sum += w.Values[k] * wide[(w.First + k) * width * 3 + i];
                resized.Pixels[to] = (byte)Math.Clamp(sum, 0, 255);
            }
        }
        return resized;
    }

    public static Image TurnAround(Image image)
    {
        Image turned = new(image.Width, image.Height, 3);
        for (int y = 0; y < image.Height; y++)
            for (int x = 0; x < image.Width; x++)
                image[x, y].CopyTo(turned[image.Width - 1 - x, image.Height - 1 - y]);
        return turned;
    }

    private static void Sample(Image image, Vector2 at, Span<byte> pixel)
    {
        float fx = Math.Clamp(at.X - 0.5f, 0, image.Width - 1), fy = Math.Clamp(at.Y - 0.5f, 0, image.Height - 1);
        int x = (int)fx, y = (int)fy, x1 = Math.Min(x + 1, image.Width - 1), y1 = Math.Min(y + 1, image.Height - 1);
        (fx, fy) = (fx - x, fy - y);
        ReadOnlySpan<byte> a = image[x, y], b = image[x1, y], c = image[x, y1], d = image[x1, y1];
        for (int i = 0; i < 3; i++)
            pixel[i] = (byte)((a[i] * (1 - fx) + b[i] * fx) * (1 - fy) + (c[i] * (1 - fx) + d[i] * fx) * fy + 0.5f);
    }

    /// <summary>The source positions, from First on, that one target position is the weighted mean of.</summary>
    private readonly record struct Weights(int First, float[] Values)
    {
        public static Weights[] For(int from, int to)
        {
            Weights[] all = new Weights[to];
            float scale = (float)from / to, reach = Math.Max(1, scale);
            for (int i = 0; i < to; i++)
            {
                float centre = (i + 0.5f) * scale - 0.5f;
                int first = Math.Clamp((int)MathF.Ceiling(centre - reach), 0, from - 1), last = Math.Clamp((int)MathF.Floor(centre + reach), first, from - 1);
                float[] values = new float[last - first + 1];
                float sum = 0;
                for (int k = 0; k < values.Length; k++) sum += values[k] = Math.Max(1e-6f, 1 - MathF.Abs(first + k - centre) / reach);
                for (int k = 0; k < values.Length; k++) values[k] /= sum;
                all[i] = new(first, values);
            }
            return all;
        }
    }
}
