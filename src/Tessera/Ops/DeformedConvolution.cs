using System.Numerics;
using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>DeformConv: a host function samples the input into columns, a matrix product does the rest.</summary>
internal static class DeformedConvolution
{
    private sealed record Plan(Window Window, Shape X, long Groups, long Height, long Width);

    public static Lowered[] Lower(Lowering c)
    {
        GraphBuilder g = c.G;
        (Node x, Node w, Node offset) = (g.Widen(c[0]), g.Widen(c[1]), g.Widen(c[2]));
        if (x.Shape.Rank != 4 || w.Shape.Rank != 4) throw c.Unsupported($"only two spatial axes are supported, not input {x.Shape} with weights {w.Shape}.");
        long group = c.Int("group", 1), groups = c.Int("offset_group", 1), m = w.Shape[0], depth = w.Shape[1];
        Window v = Window.Of(c, x.Shape, w.Shape.Span[2..].ToArray());
        Ints size = v.Out(c, x.Shape, false);
        long taps = v.Kernel[0] * v.Kernel[1], pixels = size[0] * size[1], n = x.Shape[0];
        if (group < 1 || groups < 1 || x.Shape[1] != depth * group || m % group != 0 || x.Shape[1] % groups != 0)
            throw c.Error(ErrorCode.ShapeMismatch, $"input {x.Shape}, weights {w.Shape}, group {group} and offset_group {groups} do not fit.");
        if (offset.Shape != Shape.Of(n, groups * taps * 2, size[0], size[1])) throw c.Error(ErrorCode.ShapeMismatch, $"offset {offset.Shape} must be [{n}, {groups * taps * 2}, {size[0]}, {size[1]}].");
        List<Node> operands = [x, offset];
        if (c.Maybe(4) is { } mask)
        {
            if (mask.Shape != Shape.Of(n, groups * taps, size[0], size[1])) throw c.Error(ErrorCode.ShapeMismatch, $"mask {mask.Shape} must be [{n}, {groups * taps}, {size[0]}, {size[1]}].");
            operands.Add(g.Widen(mask));
        }
        Plan plan = new(v, x.Shape, groups, size[0], size[1]);
        Shape columns = Shape.Of(n, group, depth * taps, pixels);
        Node cols = g.Host("DeformConv columns", operands.ToArray(), [new(x.Type, columns)], t => [x.Type == DType.Float64 ? Columns<double>(plan, t, columns) : Columns<float>(plan, t, columns)]);
        Node y = g.MatMul(g.Reshape(w, Shape.Of(1, group, m / group, depth * taps)), cols);
        y = g.Reshape(y, Shape.Of(n, m, size[0], size[1]));
        if (c.Maybe(3) is { } b) y = Convolutions.Biased(g, y, g.Widen(b));
        return [g.Cast(y, c[0].Type)];
    }

    private static Tensor Columns<T>(Plan p, IReadOnlyList<Tensor> t, Shape columns) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor y = Tensor.Empty(t[0].Type, columns);
        ReadOnlySpan<T> x = t[0].Span<T>(), offsets = t[1].Span<T>(), mask = t.Count > 2 ? t[2].Span<T>() : default;
        Span<T> to = y.Span<T>();
        (int n, int channels, int h, int w) = ((int)p.X[0], (int)p.X[1], (int)p.X[2], (int)p.X[3]);
        (int kh, int kw, int oh, int ow, int groups) = ((int)p.Window.Kernel[0], (int)p.Window.Kernel[1], (int)p.Height, (int)p.Width, (int)p.Groups);
        int taps = kh * kw, pixels = oh * ow, at = 0;
        for (int b = 0; b < n; b++)
            for (int ch = 0; ch < channels; ch++)
                for (int tap = 0; tap < taps; tap++)
                {
                    int og = ch / (channels / groups), o = (b * groups + og) * taps + tap;
                    ReadOnlySpan<T> image = x.Slice((b * channels + ch) * h * w, h * w);
                    for (int i = 0; i < oh; i++)
                        for (int j = 0; j < ow; j++, at++)
                        {
                            int pixel = i * ow + j;
                            T yy = T.CreateChecked(i * p.Window.Strides[0] - p.Window.Before[0] + tap / kw * p.Window.Dilations[0]) + offsets[2 * o * pixels + pixel];
                            T xx = T.CreateChecked(j * p.Window.Strides[1] - p.Window.Before[1] + tap % kw * p.Window.Dilations[1]) + offsets[(2 * o + 1) * pixels + pixel];
                            T value = Bilinear(image, h, w, yy, xx);
                            to[at] = mask.IsEmpty ? value : value * mask[o * pixels + pixel];
                        }
                }
        return y;
    }

    /// <summary>Value at (y, x), zero outside the image.</summary>
    private static T Bilinear<T>(ReadOnlySpan<T> image, int h, int w, T y, T x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (!(y > -T.One && x > -T.One && y < T.CreateChecked(h) && x < T.CreateChecked(w))) return T.Zero;
        int y0 = int.CreateChecked(T.Floor(y)), x0 = int.CreateChecked(T.Floor(x));
        T fy = y - T.CreateChecked(y0), fx = x - T.CreateChecked(x0), sum = T.Zero;
        if (y0 >= 0 && x0 >= 0) sum += (T.One - fy) * (T.One - fx) * image[y0 * w + x0];
        if (y0 >= 0 && x0 + 1 < w) sum += (T.One - fy) * fx * image[y0 * w + x0 + 1];
        if (y0 + 1 < h && x0 >= 0) sum += fy * (T.One - fx) * image[(y0 + 1) * w + x0];
        if (y0 + 1 < h && x0 + 1 < w) sum += fy * fx * image[(y0 + 1) * w + x0 + 1];
        return sum;
    }
}
