using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Operators that give the same elements another shape, order or multiplicity, and those that tell shapes.</summary>
internal static class Reshapes
{
    public static OpDef[] All =>
    [
        new("Identity", c => [c.Any(0)], "ONNX Identity-23"),
        new("Reshape", c => [c.G.Reshape(c[0], Target(c, c.Ints("shape") ?? throw c.Error(ErrorCode.MalformedModel, "attribute 'shape' is missing.")))], "ONNX Reshape-1"),
        new("Reshape", c => [c.G.Reshape(c[0], Target(c, c.ConstantInts(1)))], "ONNX Reshape-23", Since: 5),
        new("Flatten", c => [Flatten(c)], "ONNX Flatten-23"),
        new("Squeeze", c => [Squeeze(c)], "ONNX Squeeze-23"),
        new("Unsqueeze", c => [Unsqueeze(c)], "ONNX Unsqueeze-23"),
        new("Transpose", c => [Transpose(c)], "ONNX Transpose-23"),
        new("Expand", c => [c.G.Broadcast(c[0], Shape.Broadcast(c[0].Shape, Shape.Of(c.ConstantInts(1))))], "ONNX Expand-13", Since: 8),
        new("Tile", c => [TileAlong(c)], "ONNX Tile-1"),
        new("Tile", c => [Tile(c, c[0], c.ConstantInts(1))], "ONNX Tile-13", Since: 6),
        new("Shape", c => [ShapeOf(c)], "ONNX Shape-23"),
        new("Size", c => [c.G.Const(Tensor.Scalar(c[0].Shape.Count))], "ONNX Size-23"),
    ];

    /// <summary>The shape asked for, with 0 taken from the input (unless allowzero) and −1 from what is left.</summary>
    private static Shape Target(Lowering c, long[] asked)
    {
        Shape x = c[0].Shape;
        long[] e = [.. asked];
        int open = -1;
        // Without the axes taken over, so that −1 is known for empty tensors too: an empty batch keeps its features.
        long given = 1, left = 1;
        for (int i = 0; i < x.Rank; i++)
            if (!Copied(i)) left = checked(left * x[i]);
        for (int i = 0; i < e.Length; i++)
        {
            if (Copied(i)) e[i] = i < x.Rank ? x[i] : throw Misfit(c, asked);
            else if (e[i] == -1 && open < 0) open = i;
            else given = e[i] >= 0 ? checked(given * e[i]) : throw Misfit(c, asked);
        }
        if (open >= 0) e[open] = given > 0 && left % given == 0 ? left / given : given == 0 && left == 0 ? 0 : throw Misfit(c, asked);
        Shape y = Shape.Of(e);
        return y.Count == x.Count ? y : throw Misfit(c, asked);

        bool Copied(int i) => i < asked.Length && asked[i] == 0 && !c.Flag("allowzero");
    }

    private static TesseraException Misfit(Lowering c, long[] asked) =>
        c.Error(ErrorCode.ShapeMismatch, $"{c[0].Shape} ({c[0].Shape.Count} elements) cannot become [{string.Join(", ", asked)}]; use extents with the same product, with −1 at most once.");

    private static Node Flatten(Lowering c)
    {
        Shape s = c[0].Shape;
        long axis = c.Int("axis", 1);
        if (axis < 0) axis += s.Rank;
        if (axis < 0 || axis > s.Rank) throw c.Error(ErrorCode.ShapeMismatch, $"axis {c.Int("axis", 1)} does not exist in {s}.");
        return c.G.Reshape(c[0], Shape.Of(s.CountOf(0, (int)axis), s.CountOf((int)axis, s.Rank)));
    }

    private static Node Squeeze(Lowering c)
    {
        Shape s = c[0].Shape;
        HashSet<int>? axes = c.IntsAt(1, "axes") is { } a ? [.. a.Select(v => s.Axis(v))] : null;
        List<long> e = [];
        for (int i = 0; i < s.Rank; i++)
        {
            if (axes is null ? s[i] != 1 : !axes.Contains(i)) e.Add(s[i]);
            else if (s[i] != 1) throw c.Error(ErrorCode.ShapeMismatch, $"axis {i} of {s} has extent {s[i]}; only an extent of 1 can be removed.");
        }
        return c.G.Reshape(c[0], Shape.Of([.. e]));
    }

    private static Node Unsqueeze(Lowering c)
    {
        Shape s = c[0].Shape;
        long[] axes = c.IntsAt(1, "axes") ?? throw c.Error(ErrorCode.MalformedModel, "the axes are missing.");
        int rank = s.Rank + axes.Length;
        long[] e = new long[rank];
        foreach (long a in axes)
        {
            long at = a < 0 ? a + rank : a;
            // An axis that was met before has its 1 already.
            if (at < 0 || at >= rank || e[at] != 0) throw c.Error(ErrorCode.ShapeMismatch, $"axes [{string.Join(", ", axes)}] are not distinct axes of a result of rank {rank}.");
            e[at] = 1;
        }
        for (int i = 0, from = 0; i < rank; i++)
            if (e[i] == 0) e[i] = s[from++];
        return c.G.Reshape(c[0], Shape.Of(e));
    }

    private static Node Transpose(Lowering c)
    {
        int rank = c[0].Shape.Rank;
        return c.G.Transpose(c[0], c.Ints("perm") is { } p ? Array.ConvertAll(p, v => checked((int)v)) : Backwards(rank));
    }

    private static int[] Backwards(int rank)
    {
        int[] axes = new int[rank];
        for (int i = 0; i < rank; i++) axes[i] = rank - 1 - i;
        return axes;
    }

    private static Node Tile(Lowering c, Node x, long[] repeats)
    {
        if (repeats.Length != x.Shape.Rank || repeats.Any(r => r < 0))
            throw c.Error(ErrorCode.ShapeMismatch, $"repeats [{string.Join(", ", repeats)}] must name one count (≥ 0) for each axis of {x.Shape}.");
        for (int i = 0; i < repeats.Length; i++) x = Repeat(c.G, x, i, repeats[i]);
        return x;
    }

    /// <summary>x after itself, <paramref name="times"/> times along one axis, as a broadcast of an axis put before it.</summary>
    public static Node Repeat(GraphBuilder g, Node x, int axis, long times)
    {
        if (times == 1) return x;
        Shape s = x.Shape;
        long before = s.CountOf(0, axis), after = s.CountOf(axis, s.Rank);
        Node y = g.Broadcast(g.Reshape(x, Shape.Of(before, 1, after)), Shape.Of(before, times, after));
        return g.Reshape(y, s.With(axis, checked(s[axis] * times)));
    }

    /// <summary>Version 1: a count and an axis, both scalars.</summary>
    private static Node TileAlong(Lowering c)
    {
        if (c.Count == 2) return Tile(c, c[0], c.ConstantInts(1));
        long[] repeats = [.. Enumerable.Repeat(1L, c[0].Shape.Rank)];
        repeats[c[0].Shape.Axis(c.ConstantInts(2)[0])] = c.ConstantInts(1)[0];
        return Tile(c, c[0], repeats);
    }

    private static Node ShapeOf(Lowering c)
    {
        Shape s = c[0].Shape;
        long start = c.Int("start", 0), end = c.Int("end", s.Rank);
        start = Math.Clamp(start < 0 ? start + s.Rank : start, 0, s.Rank);
        end = Math.Clamp(end < 0 ? end + s.Rank : end, start, s.Rank);
        return c.G.Vector(s.Span[(int)start..(int)end]);
    }
}
