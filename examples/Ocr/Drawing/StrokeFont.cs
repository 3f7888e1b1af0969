using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;

namespace Tessera.Examples.Ocr.Drawing;

/// <summary>A round-nibbed alphabet made of pen strokes, so that text can be drawn on a machine without fonts.</summary>
public sealed class StrokeFont
{
    private const float Em = 100;
    private const float Gap = 15;
    private const float SpaceWidth = 48;
    private const float DegreesPerSegment = 12;

    private readonly FrozenDictionary<char, Glyph> _glyphs;

    /// <summary>A glyph: polylines in hundredths of an em, and its extent to the sides.</summary>
    private sealed record Glyph(Vector2[][] Strokes, float Left, float Right);

    private StrokeFont() => _glyphs = StrokeGlyphs.All.ToFrozenDictionary(s => s.Letter, s => Parse(s.Pen));

    public static StrokeFont Round { get; } = new();

    public bool Has(char letter) => letter == ' ' || _glyphs.ContainsKey(letter);

    /// <summary>Width of a line of text in pixels; <paramref name="size"/> is the em in pixels (capitals are 0.7 of it).</summary>
    public float Measure(string text, float size)
    {
        float pen = 0;
        foreach (char c in text) pen += Advance(c);
        return Math.Max(0, pen - Gap) * size / Em;
    }

    /// <summary>The strokes of a line of text in pixels, y down, with the baseline's left end at the origin.</summary>
    public IEnumerable<Vector2[]> Lay(string text, float size)
    {
        float pen = 0, scale = size / Em;
        foreach (char c in text)
        {
            if (c != ' ')
            {
                Glyph glyph = _glyphs[c];
                Vector2 origin = new(pen - glyph.Left, 0);
                foreach (Vector2[] stroke in glyph.Strokes)
                    yield return Array.ConvertAll(stroke, p => (p + origin) * new Vector2(scale, -scale));
            }
            pen += Advance(c);
        }
    }

    private float Advance(char letter)
    {
        if (letter == ' ') return SpaceWidth;
        if (!_glyphs.TryGetValue(letter, out Glyph? glyph)) throw new ArgumentException($"The alphabet has no '{letter}'.", nameof(letter));
        return glyph.Right - glyph.Left + Gap;
    }

    private static Glyph Parse(string pen)
    {
        List<Vector2[]> strokes = [];
        List<Vector2> stroke = [];
        string[] words = pen.Split(' ');
        int at = 0;
        float Number() => float.Parse(words[at++], CultureInfo.InvariantCulture);
        Vector2 Point() => new(Number(), Number());
        void Lift()
        {
            if (stroke.Count > 0) strokes.Add([.. stroke]);
            stroke.Clear();
        }
        while (at < words.Length)
        {
            switch (words[at++])
            {
                case "M": Lift(); stroke.Add(Point()); break;
                case "L": stroke.Add(Point()); break;
                case "Q": Curve(stroke, Point(), Point()); break;
                case "A": Arc(stroke, Point(), Point(), Number(), Number()); break;
                case "E": Lift(); Arc(stroke, Point(), Point(), 0, 360); Lift(); break;
                case "D": Lift(); stroke.Add(Point()); Lift(); break;
                default: throw new FormatException($"'{words[at - 1]}' is no pen movement.");
            }
        }
        Lift();
        return new([.. strokes], strokes.Min(s => s.Min(p => p.X)), strokes.Max(s => s.Max(p => p.X)));
    }

    private static void Curve(List<Vector2> stroke, Vector2 control, Vector2 end)
    {
        Vector2 start = stroke[^1];
        for (int i = 1; i <= 8; i++)
        {
            float t = i / 8f;
            stroke.Add((1 - t) * (1 - t) * start + 2 * t * (1 - t) * control + t * t * end);
        }
    }

    private static void Arc(List<Vector2> stroke, Vector2 centre, Vector2 radii, float from, float to)
    {
        int segments = Math.Max(2, (int)(Math.Abs(to - from) / DegreesPerSegment));
        for (int i = 0; i <= segments; i++)
        {
            (float sin, float cos) = MathF.SinCos(float.DegreesToRadians(from + (to - from) * i / segments));
            stroke.Add(centre + radii * new Vector2(cos, sin));
        }
    }
}
