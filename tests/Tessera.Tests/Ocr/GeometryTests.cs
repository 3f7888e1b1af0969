using System.Numerics;
using Tessera.Data;
using Tessera.Examples.Ocr.Geometry;
using Tessera.Examples.Ocr.Stages;

namespace Tessera.Tests.Ocr;

public sealed class GeometryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-7)]
    [InlineData(30)]
    [InlineData(-44)]
    public void The_least_rectangle_of_a_turned_rectangle_is_itself(float degrees)
    {
        (float sin, float cos) = MathF.SinCos(float.DegreesToRadians(degrees));
        Vector2 right = new(cos, sin), down = new(-sin, cos), corner = new(40, 60);
        Random random = new(5);
        List<Vector2> points = [corner, corner + 90 * right, corner + 90 * right + 25 * down, corner + 25 * down];
        for (int i = 0; i < 200; i++) points.Add(corner + 90 * random.NextSingle() * right + 25 * random.NextSingle() * down);
        Quad box = MinimumRectangle.Around(points.ToArray());
        Near(corner, box.TopLeft);
        Near(corner + 90 * right, box.TopRight);
        Near(corner + 25 * down, box.BottomLeft);
    }

    [Fact]
    public void The_least_rectangle_of_a_triangle_lies_on_one_of_its_sides()
    {
        // On the hypotenuse: 5 × 2.4; on a leg: 3 × 4. Both have the area 12, less than any other side's turn.
        Quad box = MinimumRectangle.Around([new(0, 0), new(4, 0), new(0, 3)]);
        Assert.Equal(12, box.Width * box.Height, 1e-3);
    }

    [Fact]
    public void Points_and_lines_have_rectangles_too()
    {
        Assert.Equal(0, MinimumRectangle.Around([new(3, 4)]).Width);
        Assert.Equal(new(3, 4), MinimumRectangle.Around([new(3, 4), new(3, 4)]).TopLeft);
        Quad line = MinimumRectangle.Around([new(0, 0), new(3, 3), new(1, 1)]);
        Assert.Equal(3 * MathF.Sqrt(2), Math.Max(line.Width, line.Height), 1e-4);
    }

    [Fact]
    public void The_hull_leaves_inner_and_collinear_points_out()
    {
        Vector2[] hull = MinimumRectangle.ConvexHull([new(0, 0), new(1, 0), new(2, 0), new(2, 2), new(1, 1), new(0, 2), new(0, 1)]);
        Assert.Equal(new HashSet<Vector2> { new(0, 0), new(2, 0), new(2, 2), new(0, 2) }, [.. hull]);
    }

    [Fact]
    public void A_grown_rectangle_moves_its_edges()
    {
        Quad box = new Quad(new(10, 10), new(30, 10), new(30, 20), new(10, 20)).Grow(3);
        Assert.Equal(new Quad(new(7, 7), new(33, 7), new(33, 23), new(7, 23)), box);
        Assert.True(box.Contains(new(7, 23)));
        Assert.False(box.Contains(new(6.9f, 15)));
        Assert.Equal(new(33, 23), box.TurnAround().TopLeft);
    }

    [Fact]
    public void The_detector_boxes_what_the_map_marks()
    {
        float[] map = new float[80 * 60];
        Mark(map, 10, 5, 40, 8, 0.9f);
        Mark(map, 50, 30, 20, 10, 0.8f);
        // Too faint on the whole, and too thin.
        Mark(map, 5, 40, 20, 8, 0.5f);
        Mark(map, 5, 55, 20, 2, 0.9f);
        Quad[] boxes = [.. TextDetector.ReadingOrder(TextDetector.Boxes(map, 80, 60))];
        Assert.Equal(2, boxes.Length);
        // The core spans 39 × 7 pixel centres and grows by 39·7·2 ÷ (2·(39+7)) on every side.
        float distance = 39f * 7 * 2 / (2 * (39 + 7));
        Near(new Vector2(10.5f - distance, 5.5f - distance), boxes[0].TopLeft);
        Near(new Vector2(49.5f + distance, 12.5f + distance), boxes[0].BottomRight);
        Assert.InRange(boxes[1].Centre.X, 59, 61);
    }

    [Fact]
    public void Reading_goes_by_rows()
    {
        Quad Box(float x, float y) => new(new(x, y), new(x + 20, y), new(x + 20, y + 10), new(x, y + 10));
        Assert.Equal([Box(0, 2), Box(50, 0), Box(0, 30)], TextDetector.ReadingOrder([Box(50, 0), Box(0, 30), Box(0, 2)]));
    }

    [Fact]
    public void A_turned_cut_is_laid_flat()
    {
        Image image = new(40, 40, 3);
        for (int y = 0; y < 40; y++)
            for (int x = 0; x < 40; x++) (image[x, y][0], image[x, y][1]) = ((byte)(5 * x), (byte)(5 * y));
        Image flat = Resampling.Cut(image, new(new(5, 8), new(25, 8), new(25, 18), new(5, 18)));
        Assert.Equal((20, 10), (flat.Width, flat.Height));
        Assert.Equal([25, 40, 0], flat[0, 0].ToArray());
        Assert.Equal([120, 85, 0], flat[19, 9].ToArray());
        // Text that runs upwards: a tall box begun at its top left is turned.
        Image tall = Resampling.Cut(image, new(new(5, 8), new(15, 8), new(15, 28), new(5, 28)));
        Assert.Equal((20, 10), (tall.Width, tall.Height));
        Assert.Equal([70, 40, 0], tall[0, 0].ToArray());
        Assert.Equal(flat[0, 0].ToArray(), Resampling.TurnAround(flat)[19, 9].ToArray());
    }

    [Fact]
    public void Resizing_keeps_flat_colours_and_means()
    {
        Image flat = new(17, 9, 3);
        Array.Fill(flat.Pixels, (byte)77);
        Assert.All(Resampling.Resize(flat, 40, 5).Pixels, p => Assert.Equal(77, p));
        Image half = new(64, 4, 3);
        for (int y = 0; y < 4; y++)
            for (int x = 0; x < 64; x += 2) half[x, y].Fill(200);
        Assert.InRange(Resampling.Resize(half, 8, 4)[4, 2][0], 95, 105);
    }

    private static void Mark(float[] map, int x0, int y0, int width, int height, float value)
    {
        for (int y = y0; y < y0 + height; y++) map.AsSpan(y * 80 + x0, width).Fill(value);
    }

    private static void Near(Vector2 expected, Vector2 actual) => Assert.True(Vector2.Distance(expected, actual) < 0.01f, $"{actual} instead of {expected}");
}
