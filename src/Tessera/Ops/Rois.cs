using System.Numerics;
using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Pooling over regions of interest, computed on the CPU.</summary>
internal static class Rois
{
    public static OpDef[] All =>
    [
        new("RoiAlign", c => [Align(c, false)], "ONNX RoiAlign-10; arXiv:1703.06870", Since: 10),
        new("RoiAlign", c => [Align(c, c.String("coordinate_transformation_mode", "half_pixel") == "half_pixel")], "ONNX RoiAlign-22; arXiv:1703.06870", Since: 16),
        new("MaxRoiPool", c => [MaxPool(c)], "ONNX MaxRoiPool-22; arXiv:1504.08083"),
    ];

    private sealed record Plan(Shape X, Shape Y, double Scale, int Sampling, bool HalfPixel, bool Max);

    /// <summary>One sample point: four elements and their weights.</summary>
    private readonly record struct Point<T>(int A, int B, int C, int D, T Wa, T Wb, T Wc, T Wd);

    private static Node Align(Lowering c, bool half)
    {
        GraphBuilder g = c.G;
        (Shape x, Shape rois) = (c[0].Shape, c[1].Shape);
        if (x.Rank != 4 || rois.Rank != 2 || rois[1] != 4 || c[2].Shape != Shape.Of(rois[0])) throw c.Error(ErrorCode.ShapeMismatch, $"input {x}, rois {rois} and batch_indices {c[2].Shape} must be [N, C, H, W], [R, 4] and [R].");
        string mode = c.String("mode", "avg");
        if (mode is not ("avg" or "max")) throw c.Error(ErrorCode.MalformedModel, $"mode '{mode}' is neither avg nor max.");
        Shape y = Shape.Of(rois[0], x[1], c.Int("output_height", 1), c.Int("output_width", 1));
        long samples = Math.Max(1, c.Int("sampling_ratio", 0));
        TableSize.Of(c, y[2], y[3], samples, samples);
        Plan p = new(x, y, c.Float("spatial_scale", 1), c.Int32("sampling_ratio", 0), half, mode == "max");
        DType type = c[0].Type == DType.Float64 ? DType.Float64 : DType.Float32;
        Node result = g.Host("RoiAlign", [g.Cast(c[0], type), g.Cast(c[1], type), g.Cast(c[2], DType.Int64)], [new(type, y)], t => [type == DType.Float64 ? Align<double>(p, t) : Align<float>(p, t)]);
        return g.Cast(result, c[0].Type);
    }

    private static Tensor Align<T>(Plan p, IReadOnlyList<Tensor> t) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor y = Tensor.Empty(t[0].Type, p.Y);
        (int channels, int h, int w, int bins) = ((int)p.X[1], (int)p.X[2], (int)p.X[3], (int)(p.Y[2] * p.Y[3]));
        ReadOnlySpan<T> x = t[0].Span<T>(), rois = t[1].Span<T>();
        ReadOnlySpan<long> batches = t[2].Span<long>();
        Span<T> to = y.Span<T>();
        for (int r = 0; r < p.Y[0]; r++)
        {
            if (batches[r] < 0 || batches[r] >= p.X[0]) throw new TesseraException(ErrorCode.InvalidArgument, $"RoiAlign: batch index {batches[r]} of region {r} lies outside the batch of {p.X[0]}.");
            Point<T>[] points = Points(p, rois.Slice(r * 4, 4));
            int per = points.Length / Math.Max(1, bins);
            for (int ch = 0; ch < channels; ch++)
            {
                ReadOnlySpan<T> image = x.Slice(((int)batches[r] * channels + ch) * h * w, h * w);
                for (int bin = 0; bin < bins; bin++) to[(r * channels + ch) * bins + bin] = Pool(p, image, points.AsSpan(bin * per, per));
            }
        }
        return y;
    }

    // The maximum is taken over the weighted corners, as the operator's reference and other runtimes do.
    private static T Pool<T>(Plan p, ReadOnlySpan<T> image, ReadOnlySpan<Point<T>> points) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T value = T.Zero;
        for (int i = 0; i < points.Length; i++)
        {
            Point<T> q = points[i];
            (T a, T b, T c, T d) = (q.Wa * image[q.A], q.Wb * image[q.B], q.Wc * image[q.C], q.Wd * image[q.D]);
            if (!p.Max) value += a + b + c + d;
            else
            {
                T most = T.Max(T.Max(a, b), T.Max(c, d));
                value = i == 0 ? most : T.Max(value, most);
            }
        }
        return p.Max || points.Length == 0 ? value : value / T.CreateChecked(points.Length);
    }

    private static Point<T>[] Points<T>(Plan p, ReadOnlySpan<T> roi) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T scale = T.CreateChecked(p.Scale), offset = T.CreateChecked(p.HalfPixel ? 0.5 : 0);
        T x0 = roi[0] * scale - offset, y0 = roi[1] * scale - offset, width = roi[2] * scale - offset - x0, height = roi[3] * scale - offset - y0;
        if (!p.HalfPixel) (width, height) = (T.Max(width, T.One), T.Max(height, T.One));
        (int rows, int columns) = ((int)p.Y[2], (int)p.Y[3]);
        T binH = height / T.CreateChecked(rows), binW = width / T.CreateChecked(columns);
        int gh = p.Sampling > 0 ? p.Sampling : Samples(binH), gw = p.Sampling > 0 ? p.Sampling : Samples(binW), at = 0;
        Point<T>[] points = new Point<T>[checked(rows * columns * gh * gw)];
        T half = T.CreateChecked(0.5);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                for (int u = 0; u < gh; u++)
                    for (int v = 0; v < gw; v++)
                        points[at++] = At(p, y0 + T.CreateChecked(i) * binH + (T.CreateChecked(u) + half) * binH / T.CreateChecked(gh), x0 + T.CreateChecked(j) * binW + (T.CreateChecked(v) + half) * binW / T.CreateChecked(gw));
        return points;
    }

    private static int Samples<T>(T bin) where T : unmanaged, IFloatingPointIeee754<T> =>
        bin <= T.CreateChecked(1 << 14) ? Math.Max(0, int.CreateChecked(T.Ceiling(bin))) : throw new TesseraException(ErrorCode.InvalidArgument, $"RoiAlign: a bin of {bin} elements is too large or no number.");

    private static Point<T> At<T>(Plan p, T y, T x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        (int h, int w) = ((int)p.X[2], (int)p.X[3]);
        if (!(y >= -T.One && y <= T.CreateChecked(h) && x >= -T.One && x <= T.CreateChecked(w))) return default;
        (y, x) = (T.Max(y, T.Zero), T.Max(x, T.Zero));
        int y0 = Math.Min(int.CreateTruncating(y), h - 1), x0 = Math.Min(int.CreateTruncating(x), w - 1), y1 = Math.Min(y0 + 1, h - 1), x1 = Math.Min(x0 + 1, w - 1);
        T fy = y0 == h - 1 ? T.Zero : y - T.CreateChecked(y0), fx = x0 == w - 1 ? T.Zero : x - T.CreateChecked(x0);
        return new(y0 * w + x0, y0 * w + x1, y1 * w + x0, y1 * w + x1, (T.One - fy) * (T.One - fx), (T.One - fy) * fx, fy * (T.One - fx), fy * fx);
    }

    private static Node MaxPool(Lowering c)
    {
        GraphBuilder g = c.G;
        (Shape x, Shape rois) = (c[0].Shape, c[1].Shape);
        long[]? pooled = c.Ints("pooled_shape");
        if (x.Rank != 4 || rois.Rank != 2 || rois[1] != 5 || pooled?.Length != 2 || pooled.Any(v => v < 1))
            throw c.Error(ErrorCode.ShapeMismatch, $"input {x}, rois {rois} and pooled_shape must be [N, C, H, W], [R, 5] and two positive extents.");
        Plan p = new(x, Shape.Of(rois[0], x[1], pooled[0], pooled[1]), c.Float("spatial_scale", 1), 0, false, true);
        DType type = c[0].Type == DType.Float64 ? DType.Float64 : DType.Float32;
        Node y = g.Host("MaxRoiPool", [g.Cast(c[0], type), g.Cast(c[1], DType.Float64)], [new(type, p.Y)], t => [type == DType.Float64 ? MaxPool<double>(p, t) : MaxPool<float>(p, t)]);
        return g.Cast(y, c[0].Type);
    }

    private static Tensor MaxPool<T>(Plan p, IReadOnlyList<Tensor> t) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor y = Tensor.Empty(t[0].Type, p.Y);
        (int channels, int h, int w, int rows, int columns) = ((int)p.X[1], (int)p.X[2], (int)p.X[3], (int)p.Y[2], (int)p.Y[3]);
        ReadOnlySpan<T> x = t[0].Span<T>();
        ReadOnlySpan<double> rois = t[1].Span<double>();
        Span<T> to = y.Span<T>();
        int at = 0;
        for (int r = 0; r < p.Y[0]; r++)
        {
            ReadOnlySpan<double> roi = rois.Slice(r * 5, 5);
            if (!(roi[0] >= 0 && roi[0] < p.X[0])) throw new TesseraException(ErrorCode.InvalidArgument, $"MaxRoiPool: batch index {roi[0]} of region {r} lies outside the batch of {p.X[0]}.");
            int x0 = Pixel(roi[1] * p.Scale), y0 = Pixel(roi[2] * p.Scale), width = Math.Max(Pixel(roi[3] * p.Scale) - x0 + 1, 1), height = Math.Max(Pixel(roi[4] * p.Scale) - y0 + 1, 1);
            for (int ch = 0; ch < channels; ch++)
            {
                ReadOnlySpan<T> image = x.Slice(((int)roi[0] * channels + ch) * h * w, h * w);
                for (int i = 0; i < rows; i++)
                    for (int j = 0; j < columns; j++)
                        to[at++] = Largest(image, w, Bin(i, rows, height, y0, h), Bin(j, columns, width, x0, w));
            }
        }
        return y;
    }

    private static int Pixel(double v) => (int)Math.Clamp(Math.Round(v, MidpointRounding.AwayFromZero), -1e9, 1e9);

    private static (int From, int To) Bin(int i, int bins, int extent, int start, int limit)
    {
        double size = (double)extent / bins;
        return ((int)Math.Clamp(Math.Floor(i * size) + start, 0, limit), (int)Math.Clamp(Math.Ceiling((i + 1) * size) + start, 0, limit));
    }

    /// <summary>Maximum over a rectangle, 0 when it is empty.</summary>
    private static T Largest<T>(ReadOnlySpan<T> image, int w, (int From, int To) rows, (int From, int To) columns) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (rows.To <= rows.From || columns.To <= columns.From) return T.Zero;
        T most = T.NegativeInfinity;
        for (int i = rows.From; i < rows.To; i++)
            for (int j = columns.From; j < columns.To; j++) most = T.Max(most, image[i * w + j]);
        return most;
    }
}
