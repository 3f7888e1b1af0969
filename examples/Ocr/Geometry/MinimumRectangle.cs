using System.Numerics;

namespace Tessera.Examples.Ocr.Geometry;

/// <summary>The rectangle of least area around a set of points: one of its sides lies on an edge of their convex hull (Freeman and Shapira 1975).</summary>
public static class MinimumRectangle
{
    public static Quad Around(ReadOnlySpan<Vector2> points)
    {
        if (points.IsEmpty) throw new ArgumentException("No rectangle surrounds no points.", nameof(points));
        Vector2[] hull = ConvexHull(points);
        if (hull.Length == 1) return new(hull[0], hull[0], hull[0], hull[0]);
        (float least, Quad best) = (float.PositiveInfinity, default);
        for (int i = 0; i < hull.Length; i++)
        {
            Vector2 axis = Vector2.Normalize(hull[(i + 1) % hull.Length] - hull[i]), normal = new(-axis.Y, axis.X);
            (Vector2 low, Vector2 high) = (new(float.PositiveInfinity), new(float.NegativeInfinity));
            foreach (Vector2 p in hull)
            {
                Vector2 q = new(Vector2.Dot(p, axis), Vector2.Dot(p, normal));
                (low, high) = (Vector2.Min(low, q), Vector2.Max(high, q));
            }
            Vector2 size = high - low;
            if (size.X * size.Y >= least) continue;
            least = size.X * size.Y;
            best = Quad.Upright(low.X * axis + low.Y * normal, size.X * axis, size.Y * normal);
        }
        return best;
    }

    /// <summary>Corners of the convex hull in order, without collinear ones (Andrew's monotone chain, 1979).</summary>
    public static Vector2[] ConvexHull(ReadOnlySpan<Vector2> points)
    {
        Vector2[] sorted = points.ToArray();
        Array.Sort(sorted, (a, b) => a.X != b.X ? a.X.CompareTo(b.X) : a.Y.CompareTo(b.Y));
        List<Vector2> hull = [];
        for (int side = 0, start = 0; side < 2; side++)
        {
            foreach (Vector2 p in sorted)
            {
                while (hull.Count - start >= 2 && Cross(hull[^2], hull[^1], p) <= 0) hull.RemoveAt(hull.Count - 1);
                if (hull.Count == start || hull[^1] != p) hull.Add(p);
            }
            // Each chain's last point begins the other one.
            if (hull.Count > start + 1 || side == 0) hull.RemoveAt(hull.Count - 1);
            if (hull.Count == 0) return [sorted[0]];
            start = hull.Count;
            Array.Reverse(sorted);
        }
        return [.. hull];
    }

    private static float Cross(Vector2 origin, Vector2 a, Vector2 b) =>
        (a.X - origin.X) * (b.Y - origin.Y) - (a.Y - origin.Y) * (b.X - origin.X);
}
