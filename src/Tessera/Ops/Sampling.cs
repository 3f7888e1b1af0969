using System.Numerics;
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

    private sealed record Plan(Interpolation Mode, Border Border, bool Align, Shape X, Shape Y);

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
        Shape y = Shape.Of([x[0], x[1], .. grid.Span[1..^1]]);
        Plan p = new(mode, border, c.Flag("align_corners"), x, y);
        DType type = c[0].Type == DType.Float64 ? DType.Float64 : DType.Float32;
        Node sampled = g.Host("GridSample", [g.Cast(c[0], type), g.Cast(c[1], type)], [new(type, y)], t => [type == DType.Float64 ? Sample<double>(p, t) : Sample<float>(p, t)]);
        return g.Cast(sampled, c[0].Type);
    }

    private static Tensor Sample<T>(Plan p, IReadOnlyList<Tensor> t) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor y = Tensor.Empty(t[0].Type, p.Y);
        int n = p.X.Rank - 2, channels = (int)p.X[1], taps = p.Mode switch { Interpolation.Nearest => 1, Interpolation.Linear => 2, Interpolation.Cubic => 4 };
        int pixels = (int)p.Y.CountOf(2, p.Y.Rank), plane = (int)p.X.CountOf(2, p.X.Rank), all = (int)Math.Pow(taps, n);
        ReadOnlySpan<T> x = t[0].Span<T>(), grid = t[1].Span<T>();
        Span<T> to = y.Span<T>(), w = stackalloc T[4 * n], weights = stackalloc T[all];
        Span<int> at = stackalloc int[4 * n], offsets = stackalloc int[all];
        for (int b = 0; b < p.X[0]; b++)
            for (int pixel = 0; pixel < pixels; pixel++)
            {
                // The grid lists x before y before z, the axes of the tensor the other way round.
                for (int i = 0; i < n; i++) Place(p, grid[(b * pixels + pixel) * n + n - 1 - i], (int)p.X[i + 2], at[(i * taps)..], w[(i * taps)..]);
                for (int k = 0; k < all; k++)
                {
                    (offsets[k], weights[k]) = (0, T.One);
                    for (int i = 0, rest = all / taps, r = k; i < n; i++, rest /= taps)
                    {
                        int q = i * taps + r / rest;
                        r %= rest;
                        offsets[k] = offsets[k] * (int)p.X[i + 2] + Math.Max(0, at[q]);
                        weights[k] *= at[q] < 0 ? T.Zero : w[q];
                    }
                }
                for (int ch = 0; ch < channels; ch++)
                {
                    ReadOnlySpan<T> image = x.Slice((b * channels + ch) * plane, plane);
                    T sum = T.Zero;
                    for (int k = 0; k < all; k++) if (weights[k] != T.Zero) sum += weights[k] * image[offsets[k]];
                    to[(b * channels + ch) * pixels + pixel] = sum;
                }
            }
        return y;
    }

    /// <summary>Elements and weights that coordinate <paramref name="v"/> in [−1, 1] takes on an axis of <paramref name="size"/> elements; −1 where there is none.</summary>
    private static void Place<T>(Plan p, T v, int size, Span<int> at, Span<T> w) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T half = T.CreateChecked(0.5), n = T.CreateChecked(size);
        T x = p.Align ? (v + T.One) * half * (n - T.One) : ((v + T.One) * n - T.One) * half;
        T low = p.Align ? T.Zero : -half, high = p.Align ? n - T.One : n - half;
        if (!T.IsFinite(x)) x = low;
        if (p.Mode == Interpolation.Nearest) x = T.Round(x, MidpointRounding.ToEven);
        if (p.Border == Border.Clamp) x = T.Clamp(x, T.Zero, n - T.One);
        else if (p.Border == Border.Reflect) x = Reflect(x, low, high);
        // Far outside everything is zero; the bounds keep the conversion to an integer exact.
        T floor = T.Clamp(T.Floor(x), T.CreateChecked(-8), n + T.CreateChecked(8)), f = T.Clamp(x - floor, T.Zero, T.One);
        int first = int.CreateChecked(floor);
        switch (p.Mode)
        {
            case Interpolation.Nearest: (at[0], w[0]) = (Inside(p, first, size, low, high), T.One); break;
            case Interpolation.Linear:
                for (int k = 0; k < 2; k++) (at[k], w[k]) = (Inside(p, first + k, size, low, high), k == 0 ? T.One - f : f);
                break;
            case Interpolation.Cubic:
                for (int k = 0; k < 4; k++) (at[k], w[k]) = (Inside(p, first - 1 + k, size, low, high), Keys(T.Abs(T.CreateChecked(k - 1) - f)));
                break;
        }
    }

    private static int Inside<T>(Plan p, int i, int size, T low, T high) where T : unmanaged, IFloatingPointIeee754<T> => p.Border switch
    {
        Border.Zeros => i >= 0 && i < size ? i : -1,
        Border.Clamp => Math.Clamp(i, 0, size - 1),
        Border.Reflect => Math.Clamp(int.CreateChecked(T.Truncate(Reflect(T.CreateChecked(i), low, high))), 0, size - 1),
    };

    private static T Reflect<T>(T x, T low, T high) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T range = high - low;
        if (range <= T.Zero) return low;
        T d = x < low ? low - x : x > high ? x - high : T.Zero;
        if (d == T.Zero) return x;
        T turns = T.Floor(d / range), rest = d - turns * range;
        bool even = T.IsEvenInteger(turns);
        return x < low == even ? low + rest : high - rest;
    }

    private static T Keys<T>(T x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T a = T.CreateChecked(-0.75);
        return x <= T.One ? ((a + T.CreateChecked(2)) * x - (a + T.CreateChecked(3))) * x * x + T.One
            : x < T.CreateChecked(2) ? ((a * x - T.CreateChecked(5) * a) * x + T.CreateChecked(8) * a) * x - T.CreateChecked(4) * a : T.Zero;
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
