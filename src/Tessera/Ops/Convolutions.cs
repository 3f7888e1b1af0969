using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Convolutions over [N, C, D1, …].</summary>
internal static class Convolutions
{
    public static OpDef[] All =>
    [
        new("Conv", c => [Biased(c.G, Conv(c, c[0], c[1]), c.Maybe(2))], "ONNX Conv-22"),
        new("ConvTranspose", c => [Biased(c.G, Transposed(c), c.Maybe(2))], "ONNX ConvTranspose-22"),
        new("ConvInteger", c => [Integers(c)], "ONNX ConvInteger-10"),
        new("DeformConv", DeformedConvolution.Lower, "ONNX DeformConv-22; arXiv:1811.11168", Since: 19),
    ];

    /// <summary>Convolution by the attributes of <paramref name="c"/>, without bias.</summary>
    public static Node Conv(Lowering c, Node x, Node w)
    {
        Window v = Window.Of(c, x.Shape, Kernel(c, x, w));
        long group = c.Int("group", 1);
        if (group < 1 || x.Shape[1] != w.Shape[1] * group || w.Shape[0] % group != 0)
            throw c.Error(ErrorCode.ShapeMismatch, $"weights {w.Shape} in {group} groups do not fit input {x.Shape}: input channels must be groups × weights' axis 1, output channels a multiple of groups.");
        v.Out(c, x.Shape, false);
        return c.G.Conv(x, w, new Arg.Conv(Ints.Of(v.Strides), Ints.Of(v.Dilations), Ints.Of(v.Before), Ints.Of(v.After), group));
    }

    /// <summary>y + bias along axis 1.</summary>
    public static Node Biased(GraphBuilder g, Node y, Node? bias)
    {
        if (bias is null) return y;
        if (bias.Shape.Count != y.Shape[1]) throw new TesseraException(ErrorCode.ShapeMismatch, $"bias {bias.Shape} needs one element for each of {y.Shape[1]} output channels.");
        return g.Add(y, g.AlongAxis(bias, 1, y.Shape.Rank));
    }

    /// <summary>x − zero point as Int32; a vector of zero points lies along <paramref name="axis"/>.</summary>
    public static Node Centered(GraphBuilder g, Node x, Node? zero, int axis)
    {
        Node wide = g.Cast(x, DType.Int32);
        if (zero is null) return wide;
        Node z = g.Cast(zero, DType.Int32);
        return g.Sub(wide, z.Shape.Count == 1 ? g.Reshape(z, Shape.Scalar) : z.Shape.Rank == 1 ? g.AlongAxis(z, axis, x.Shape.Rank) : z);
    }

    private static long[] Kernel(Lowering c, Node x, Node w)
    {
        if (w.Shape.Rank != x.Shape.Rank) throw c.Error(ErrorCode.ShapeMismatch, $"weights {w.Shape} need the rank of the input {x.Shape}.");
        long[] kernel = w.Shape.Span[2..].ToArray();
        if (c.Ints("kernel_shape") is { } k && !k.AsSpan().SequenceEqual(kernel))
            throw c.Error(ErrorCode.ShapeMismatch, $"kernel_shape [{string.Join(", ", k)}] is not that of the weights {w.Shape}.");
        return kernel;
    }

    private static Node Integers(Lowering c)
    {
        GraphBuilder g = c.G;
        return Conv(c, Centered(g, c[0], c.Maybe(2), 1), Centered(g, c[1], c.Maybe(3), 0));
    }

    private static Node Transposed(Lowering c)
    {
        (Node x, Node w) = (c[0], c[1]);
        long[] kernel = Kernel(c, x, w);
        int n = Window.Rank(c, x.Shape);
        long group = c.Int("group", 1);
        if (group < 1 || x.Shape[1] != w.Shape[0] || x.Shape[1] % group != 0)
            throw c.Error(ErrorCode.ShapeMismatch, $"weights {w.Shape} in {group} groups do not fit input {x.Shape}: weights' axis 0 must be the input channels, a multiple of groups.");
        long[] strides = Window.PerAxis(c, "strides", n, 1), dilations = Window.PerAxis(c, "dilations", n, 1), extra = Window.PerAxis(c, "output_padding", n, 0);
        long[] before = new long[n], size = new long[n];
        long[]? pads = c.Ints("pads"), wanted = c.Ints("output_shape");
        if (pads is not null && pads.Length != 2 * n) throw c.Error(ErrorCode.ShapeMismatch, $"pads [{string.Join(", ", pads)}] must have {2 * n} entries.");
        if (wanted?.Length > n) wanted = wanted[^n..];
        if (wanted is not null && (wanted.Length != n || wanted.Any(v => v < 1))) throw c.Error(ErrorCode.ShapeMismatch, $"output_shape needs {n} positive extents.");
        string auto = c.String("auto_pad", "NOTSET");
        for (int i = 0; i < n; i++)
        {
            long full = strides[i] * (x.Shape[i + 2] - 1) + extra[i] + (kernel[i] - 1) * dilations[i] + 1;
            long? target = wanted is not null ? wanted[i] : auto is "SAME_UPPER" or "SAME_LOWER" ? x.Shape[i + 2] * strides[i] : null;
            if (target is { } t)
            {
                long total = Math.Max(0, full - t);
                (before[i], size[i]) = (auto == "SAME_UPPER" ? total / 2 : total - total / 2, t);
            }
            else if (auto == "VALID" || pads is null) size[i] = full;
            else (before[i], size[i]) = (pads[i], full - pads[i] - pads[i + n]);
            if (before[i] < 0 || size[i] < 0) throw c.Error(ErrorCode.ShapeMismatch, $"padding leaves spatial axis {i} of {x.Shape} with {size[i]} outputs after cropping {before[i]}.");
        }
        return c.G.ConvTranspose(x, w, new Arg.ConvTranspose(Ints.Of(strides), Ints.Of(dilations), Ints.Of(before), Ints.Of(size), group));
    }
}
