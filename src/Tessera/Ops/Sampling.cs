using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>GridSample and AffineGrid.</summary>
internal static class Sampling
{
    public static OpDef[] All =>
    [
        new("GridSample", c => [Grid(c)], "ONNX GridSample-20; arXiv:1506.02025", Since: 16),
        new("GridSample", c => [Grid(c)], "com.microsoft GridSample-1", Domain: "com.microsoft"),
        new("AffineGrid", c => [Affine(c)], "ONNX AffineGrid-20; arXiv:1506.02025", Since: 20),
        new("ImageDecoder", c => throw c.Unsupported("compressed pictures are not decoded inside a model. Decode the file before the run (Tessera reads PNG: Png.Read) and remove this node."), "ONNX ImageDecoder-20", Since: 20),
    ];

    private enum Interpolation { Nearest, Linear, Cubic }

    private enum Border { Zeros, Clamp, Reflect }

    private sealed record Plan(Interpolation Mode, Border Border, bool Align);

    private static Node Grid(Lowering c)
    {
        GraphBuilder g = c.G;
        (Shape x, Shape grid) = (c[0].Shape, c[1].Shape);
        int n = x.Rank - 2;
        if (n is < 2 or > 3 || grid.Rank != x.Rank || grid[0] != x[0] || grid[-1] != n)
            throw c.Error(ErrorCode.ShapeMismatch, $"input {x} and grid {grid} must be [N, C, H, W] with [N, h, w, 2], or [N, C, D, H, W] with [N, d, h, w, 3].");
        Interpolation mode = c.String("mode", "linear") switch
        {
            "nearest" => Interpolation.Nearest,
            "linear" or "bilinear" => Interpolation.Linear,
            "cubic" or "bicubic" when n == 2 => Interpolation.Cubic,
            var other => throw c.Unsupported($"mode '{other}' on {n} spatial axes; nearest, linear and (on two axes) cubic are supported."),
        };
        Border border = c.String("padding_mode", "zeros") switch
        {
            "zeros" => Border.Zeros,
            "border" => Border.Clamp,
            "reflection" => Border.Reflect,
            var other => throw c.Error(ErrorCode.MalformedModel, $"padding_mode '{other}' is none of zeros, border, reflection."),
        };
        DType type = c[0].Type == DType.Float64 ? DType.Float64 : DType.Float32;
        Plan p = new(mode, border, c.Flag("align_corners"));
        long batch = x[0], channels = x[1], points = grid.CountOf(1, grid.Rank - 1);
        // Elements of a place lie side by side, so that a tap reads one run of them.
        Node pixels = g.Transpose(g.Reshape(g.Cast(c[0], type), Shape.Of(batch, channels, x.CountOf(2, x.Rank))), 0, 2, 1);
        Node at = g.Reshape(g.Cast(c[1], type), Shape.Of(batch, points, n));
        // The grid lists x before y before z, the axes of the tensor the other way round.
        Tap[][] axes = [.. Enumerable.Range(0, n).Select(i => Taps(g, p, g.Slice(at, 2, n - 1 - i, 1), x[i + 2]))];
        Node? sum = null;
        foreach (Tap tap in axes.Skip(1).Aggregate(axes[0].AsEnumerable(), (taps, axis) => Crossed(g, taps, axis)))
        {
            Node value = g.GatherNd(pixels, tap.Place, batchAxes: 1);
            // A weight of 0 takes nothing, not even of what is infinite.
            Node part = g.Where(g.Eq(tap.Weight, 0), g.Scalar(type, 0), g.Mul(value, tap.Weight));
            sum = sum is null ? part : g.Add(sum, part);
        }
        return g.Cast(g.Reshape(g.Transpose(sum!, 0, 2, 1), Shape.Of([batch, channels, .. grid.Span[1..^1]])), c[0].Type);
    }

    /// <summary>Where a sample reads, as a number of an element (Int64), and what that counts for.</summary>
    private sealed record Tap(Node Place, Node Weight, long Size);

    /// <summary>Every tap of the axes so far with every tap of one more.</summary>
    private static IEnumerable<Tap> Crossed(GraphBuilder g, IEnumerable<Tap> taps, Tap[] axis) =>
        from t in taps
        from a in axis
        select new Tap(g.Add(g.Mul(t.Place, a.Size), a.Place), g.Mul(t.Weight, a.Weight), a.Size);

    /// <summary>Elements and weights that coordinate <paramref name="v"/> in [−1, 1] takes on an axis of <paramref name="size"/> elements.</summary>
    private static Tap[] Taps(GraphBuilder g, Plan p, Node v, long size)
    {
        Node x = p.Align ? g.Mul(g.Add(v, 1), 0.5 * (size - 1)) : g.Mul(g.Sub(g.Mul(g.Add(v, 1), size), 1), 0.5);
        (double low, double high) = p.Align ? (0, size - 1) : (-0.5, size - 0.5);
        x = g.Where(g.Lt(g.Abs(x), double.PositiveInfinity), x, g.Scalar(x, low));
        if (p.Mode == Interpolation.Nearest) x = g.Unary(GraphOp.Round, x);
        x = p.Border switch
        {
            Border.Clamp => Clamped(g, x, 0, size - 1),
            Border.Reflect => Reflected(g, x, low, high),
            Border.Zeros => x,
        };
        // Far outside everything is zero; the bounds keep the conversion to an integer exact.
        Node floor = Clamped(g, g.Unary(GraphOp.Floor, x), -8, size + 8), f = Clamped(g, g.Sub(x, floor), 0, 1);
        return p.Mode switch
        {
            Interpolation.Nearest => [Inside(g, p, floor, g.Scalar(x, 1), size, low, high)],
            Interpolation.Linear => [Inside(g, p, floor, g.Sub(1, f), size, low, high), Inside(g, p, g.Add(floor, 1), f, size, low, high)],
            Interpolation.Cubic => [.. Enumerable.Range(-1, 4).Select(k => Inside(g, p, g.Add(floor, k), Keys(g, g.Abs(g.Sub(k, f)), isInner: k is 0 or 1), size, low, high))],
        };
    }

    private static Node Clamped(GraphBuilder g, Node x, double low, double high) => g.Min(g.Max(x, low), high);

    private static Tap Inside(GraphBuilder g, Plan p, Node i, Node weight, long size, double low, double high)
    {
        if (p.Border == Border.Zeros) weight = g.Where(g.And(g.Ge(i, g.Scalar(i, 0)), g.Lt(i, size)), weight, g.Scalar(i, 0));
        if (p.Border == Border.Reflect) i = Reflected(g, i, low, high);
        return new(g.Cast(Clamped(g, i, 0, size - 1), DType.Int64), weight, size);
    }

    /// <summary>Coordinates mirrored at both ends as often as it takes.</summary>
    private static Node Reflected(GraphBuilder g, Node x, double low, double high)
    {
        double range = high - low;
        if (range <= 0) return Clamped(g, x, low, low);
        Node isBelow = g.Lt(x, low), d = g.Max(g.Max(g.Sub(low, x), g.Sub(x, high)), 0);
        Node turns = g.Unary(GraphOp.Floor, g.Div(d, range)), rest = g.Sub(d, g.Mul(turns, range));
        Node isOdd = g.Lt(g.Mul(g.Unary(GraphOp.Floor, g.Mul(turns, 0.5)), 2), turns);
        return g.Where(g.Eq(d, 0), x, g.Where(g.Xor(isBelow, isOdd), g.Add(rest, low), g.Sub(high, rest)));
    }

    /// <summary>Keys' cubic kernel with a = −¾ at distance <paramref name="x"/>: the inner piece below 1, the outer one from 1 to 2.</summary>
    private static Node Keys(GraphBuilder g, Node x, bool isInner)
    {
        const double a = -0.75;
        return isInner
            ? g.Add(g.Mul(g.Mul(g.Sub(g.Mul(x, a + 2), a + 3), x), x), 1)
            : g.Sub(g.Mul(g.Add(g.Mul(g.Sub(g.Mul(x, a), 5 * a), x), 8 * a), x), 4 * a);
    }

    private static Node Affine(Lowering c)
    {
        GraphBuilder g = c.G;
        long[] size = c.ConstantInts(1);
        int n = size.Length - 2;
        Node theta = g.Widen(c[0]);
        if (n is < 2 or > 3 || theta.Shape != Shape.Of(size[0], n, n + 1)) throw c.Error(ErrorCode.ShapeMismatch, $"theta {theta.Shape} must be [N, 2, 3] for size [N, C, H, W] or [N, 3, 4] for [N, C, D, H, W].");
        bool align = c.Flag("align_corners");
        Shape spatial = Shape.Of(size.AsSpan(2));
        double[] points = new double[TableSize.Of(c, spatial.Count, n + 1)];
        for (long i = 0; i < spatial.Count; i++)
        {
            long rest = i;
            for (int axis = n - 1; axis >= 0; axis--)
            {
                long extent = spatial[axis], k = rest % extent;
                rest /= extent;
                points[i * (n + 1) + n - 1 - axis] = align ? extent == 1 ? 0 : 2.0 * k / (extent - 1) - 1 : (2.0 * k + 1) / extent - 1;
            }
            points[i * (n + 1) + n] = 1;
        }
        Node original = g.Cast(g.Const(Tensor.From(points, Shape.Of(1, spatial.Count, n + 1))), theta.Type);
        Node y = g.MatMul(original, g.TransposeLast(theta));
        return g.Cast(g.Reshape(y, Shape.Of([size[0], .. spatial.Span, n])), c[0].Type);
    }
}
