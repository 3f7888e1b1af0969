using System.Numerics;
using Tessera.Data;
using Tessera.Examples.Ocr.Drawing;

namespace Tessera.Examples.Ocr;

/// <summary>A picture of text drawn from code: several sizes and colours, a slanted line and two upside-down ones, on paper with a grain.</summary>
public static class SamplePicture
{
    private const int Width = 960, Height = 640;

    /// <summary>One line: its text, the baseline's start, the em in pixels, its colour and its turn in degrees clockwise.</summary>
    private sealed record Line(string Text, float X, float Y, float Size, Colour Colour, float Degrees = 0);

    private static readonly Line[] Lines =
    [
        new("Tessera Receipt", 60, 84, 54, new(28, 52, 110)),
        new("21 November 2026", 60, 150, 38, new(40, 40, 40)),
        new("Order 48173", 680, 150, 38, new(40, 40, 40)),
        new("Green tea, 250 g", 60, 222, 38, new(20, 84, 52)),
        new("$12.90", 760, 222, 38, new(20, 84, 52)),
        new("Coffee beans, 1 kg", 60, 284, 38, new(110, 52, 16)),
        new("$36.45", 760, 284, 38, new(110, 52, 16)),
        new("Total: $49.35", 60, 362, 46, new(150, 24, 30)),
        new("Thank you for your visit!", 470, 420, 36, new(70, 34, 120), -6),
        new("This line is upside down", 560, 462, 34, new(40, 40, 40), 180),
        new("So is number 27", 900, 530, 40, new(16, 70, 120), 180),
        new("Quick brown foxes jump over the lazy dog", 60, 606, 36, new(50, 50, 50)),
    ];

    /// <summary>What the picture says, top to bottom and left to right.</summary>
    public static IReadOnlyList<string> Text { get; } = [.. Lines.Select(l => l.Text)];

    public static Image Draw()
    {
        Image image = new(Width, Height, 3);
        Grain(image);
        Canvas canvas = new(image);
        foreach (Line line in Lines) canvas.Text(line.Text, new Vector2(line.X, line.Y), line.Size, line.Colour, degrees: line.Degrees);
        return image;
    }

    /// <summary>Laid paper: fine lines across, wider ones down, and specks that are the same on every machine.</summary>
    private static void Grain(Image image)
    {
        uint state = 0x9E3779B9;
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                int light = (y % 4 == 0 ? -4 : 0) + (x % 96 < 2 ? -7 : 0) + (state % 4096 == 0 ? (int)(state >> 28) - 12 : 0);
                Span<byte> pixel = image[x, y];
                (pixel[0], pixel[1], pixel[2]) = ((byte)(243 + light), (byte)(237 + light), (byte)(224 + light));
            }
        }
    }
}
