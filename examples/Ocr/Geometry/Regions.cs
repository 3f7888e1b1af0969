using System.Numerics;

namespace Tessera.Examples.Ocr.Geometry;

/// <summary>Connected regions of a map of probabilities.</summary>
public static class Regions
{
    /// <summary>For each 8-connected region of values above <paramref name="threshold"/>, the left and right ends of its rows: enough for its hull.</summary>
    public static IEnumerable<Vector2[]> Outlines(float[] map, int width, int height, float threshold)
    {
        bool[] seen = new bool[map.Length];
        Stack<int> open = new();
        for (int first = 0; first < map.Length; first++)
        {
            if (seen[first] || !(map[first] > threshold)) continue;
            SortedDictionary<int, (int Left, int Right)> rows = [];
            seen[first] = true;
            open.Push(first);
            while (open.TryPop(out int at))
            {
                int x = at % width, y = at / width;
                rows[y] = rows.TryGetValue(y, out (int Left, int Right) row) ? (Math.Min(row.Left, x), Math.Max(row.Right, x)) : (x, x);
                for (int v = Math.Max(0, y - 1); v <= Math.Min(height - 1, y + 1); v++)
                {
                    for (int u = Math.Max(0, x - 1); u <= Math.Min(width - 1, x + 1); u++)
                    {
                        int next = v * width + u;
                        if (seen[next] || !(map[next] > threshold)) continue;
                        seen[next] = true;
                        open.Push(next);
                    }
                }
            }
            yield return [.. rows.SelectMany(r => new Vector2[] { new(r.Value.Left, r.Key), new(r.Value.Right, r.Key) })];
        }
    }

    /// <summary>Mean of the map over the pixels inside a rectangle; 0 when it holds none.</summary>
    public static float Mean(float[] map, int width, int height, Quad box)
    {
        (Vector2 low, Vector2 high) = (box.TopLeft, box.TopLeft);
        foreach (Vector2 c in box.Corners) (low, high) = (Vector2.Min(low, c), Vector2.Max(high, c));
        double sum = 0;
        int count = 0;
        for (int y = Math.Max(0, (int)low.Y); y <= Math.Min(height - 1, (int)MathF.Ceiling(high.Y)); y++)
        {
            for (int x = Math.Max(0, (int)low.X); x <= Math.Min(width - 1, (int)MathF.Ceiling(high.X)); x++)
            {
                if (!box.Contains(new Vector2(x, y))) continue;
                sum += map[y * width + x];
                count++;
            }
        }
        return count == 0 ? 0 : (float)(sum / count);
    }
}
