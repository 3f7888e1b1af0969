using System.Numerics;

namespace Tessera.Examples.Ocr.Geometry;

/// <summary>A rectangle, turned any way, in pixels with y down; corners run clockwise from the one where its text would begin.</summary>
public readonly record struct Quad(Vector2 TopLeft, Vector2 TopRight, Vector2 BottomRight, Vector2 BottomLeft)
{
    public float Width => Vector2.Distance(TopLeft, TopRight);

    public float Height => Vector2.Distance(TopLeft, BottomLeft);

    public Vector2 Centre => (TopLeft + BottomRight) / 2;

    public Vector2[] Corners => [TopLeft, TopRight, BottomRight, BottomLeft];

    /// <summary>The same rectangle with every edge moved outwards by <paramref name="distance"/> pixels.</summary>
    public Quad Grow(float distance)
    {
        Vector2 right = Direction(TopRight - TopLeft) * distance, down = Direction(BottomLeft - TopLeft) * distance;
        return new(TopLeft - right - down, TopRight + right - down, BottomRight + right + down, BottomLeft - right + down);
    }

    public Quad Scale(Vector2 by) => new(TopLeft * by, TopRight * by, BottomRight * by, BottomLeft * by);

    /// <summary>The same rectangle read from the opposite end.</summary>
    public Quad TurnAround() => new(BottomRight, BottomLeft, TopLeft, TopRight);

    /// <summary>Whether a point lies inside or on the edge.</summary>
    public bool Contains(Vector2 p)
    {
        Vector2 right = TopRight - TopLeft, down = BottomLeft - TopLeft, to = p - TopLeft;
        float along = Vector2.Dot(to, right), across = Vector2.Dot(to, down);
        return along >= 0 && along <= right.LengthSquared() && across >= 0 && across <= down.LengthSquared();
    }

    /// <summary>The rectangle with these corners, begun at the corner that makes its text run most nearly to the right.</summary>
    public static Quad Upright(Vector2 corner, Vector2 along, Vector2 across)
    {
        // A turn of the corner frame: (along, across) → (across, −along) …, until along points right of both diagonals.
        for (int turn = 0; turn < 4 && (along.X < MathF.Abs(along.Y) || along.X <= 0); turn++)
            (corner, along, across) = (corner + along, across, -along);
        return along.X * across.Y - along.Y * across.X >= 0
            ? new(corner, corner + along, corner + along + across, corner + across)
            : new(corner + across, corner + along + across, corner + along, corner);
    }

    private static Vector2 Direction(Vector2 v) => v == Vector2.Zero ? v : Vector2.Normalize(v);
}
