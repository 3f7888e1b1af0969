using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Operators that move blocks between axes.</summary>
internal static class Blocks
{
    public static OpDef[] All =>
    [
        new("DepthToSpace", c => [DepthToSpace(c)], "ONNX DepthToSpace-13"),
        new("SpaceToDepth", c => [SpaceToDepth(c)], "ONNX SpaceToDepth-13"),
        new("ReverseSequence", c => [ReverseSequence(c)], "ONNX ReverseSequence-10", Since: 10),
        new("Col2Im", c => [Col2Im(c)], "ONNX Col2Im-18", Since: 18),
    ];

    private static (Shape Shape, long Block) Image(Lowering c)
    {
        Shape s = c[0].Shape;
        long b = c.Int("blocksize", 0);
        if (b < 1) throw c.Error(ErrorCode.InvalidArgument, $"blocksize is {b}; it must be positive.");
        return s.Rank == 4 ? (s, b) : throw c.Error(ErrorCode.ShapeMismatch, $"the input has shape {s}; it must be [N, C, H, W].");
    }

    private static Node DepthToSpace(Lowering c)
    {
        (Shape s, long b) = Image(c);
        if (s[1] % (b * b) != 0) throw c.Error(ErrorCode.ShapeMismatch, $"{s[1]} channels are no multiple of the block's {b * b} elements.");
        long depth = s[1] / (b * b);
        Node x = c.String("mode", "DCR") switch
        {
            "DCR" => c.G.Transpose(c.G.Reshape(c[0], [s[0], b, b, depth, s[2], s[3]]), 0, 3, 4, 1, 5, 2),
            "CRD" => c.G.Transpose(c.G.Reshape(c[0], [s[0], depth, b, b, s[2], s[3]]), 0, 1, 4, 2, 5, 3),
            var m => throw c.Error(ErrorCode.InvalidArgument, $"mode is '{m}'; the choices are DCR and CRD."),
        };
        return c.G.Reshape(x, [s[0], depth, s[2] * b, s[3] * b]);
    }

    private static Node SpaceToDepth(Lowering c)
    {
        (Shape s, long b) = Image(c);
        if (s[2] % b != 0 || s[3] % b != 0) throw c.Error(ErrorCode.ShapeMismatch, $"a picture of {s[2]}×{s[3]} does not divide into blocks of {b}×{b}.");
        Node x = c.G.Transpose(c.G.Reshape(c[0], [s[0], s[1], s[2] / b, b, s[3] / b, b]), 0, 3, 5, 1, 2, 4);
        return c.G.Reshape(x, [s[0], s[1] * b * b, s[2] / b, s[3] / b]);
    }

    /// <summary>Row t of sequence b becomes row length[b] − 1 − t while t &lt; length[b]: one gather over the rows of all sequences.</summary>
    private static Node ReverseSequence(Lowering c)
    {
        GraphBuilder g = c.G;
        Shape s = c[0].Shape;
        if (s.Rank < 2) throw c.Error(ErrorCode.ShapeMismatch, $"the input has shape {s}; it must have rank 2 at least.");
        int batch = s.Axis(c.Int("batch_axis", 1)), time = s.Axis(c.Int("time_axis", 0));
        if (batch == time || c[1].Shape != Shape.Of(s[batch])) throw c.Error(ErrorCode.ShapeMismatch, $"lengths {c[1].Shape} must be one per element of batch axis {batch} of {s}, which must not be time axis {time}.");
        int[] order = [time, batch, .. Enumerable.Range(0, s.Rank).Where(i => i != batch && i != time)], back = new int[s.Rank];
        for (int i = 0; i < order.Length; i++) back[order[i]] = i;
        Node x = g.Transpose(c[0], order), t = g.Iota(s[time], 0, 2), length = g.Cast(g.Reshape(c[1], [1, s[batch]]), DType.Int64);
        Node from = g.Where(g.Lt(t, length), g.Sub(g.Sub(length, t), 1), t);
        Node row = g.Add(g.Mul(from, s[batch]), g.Iota(s[batch], 1, 2));
        Node rows = g.Reshape(x, Shape.Of([s[time] * s[batch], .. x.Shape.Span[2..]]));
        return g.Transpose(g.Reshape(g.Gather(rows, g.Reshape(row, [s[time] * s[batch]]), 0), x.Shape), back);
    }

    /// <summary>Sums the columns' elements at their places in the padded picture, then cuts the padding off.</summary>
    private static Node Col2Im(Lowering c)
    {
        long[] image = c.ConstantInts(1), block = c.ConstantInts(2);
        int n = image.Length;
        long[] ones = [.. Enumerable.Repeat(1L, n)], dilations = c.Ints("dilations") ?? ones, strides = c.Ints("strides") ?? ones, pads = c.Ints("pads") ?? new long[2 * n];
        Shape s = c[0].Shape;
        if (block.Length != n || dilations.Length != n || strides.Length != n || pads.Length != 2 * n || n == 0) throw c.Error(ErrorCode.ShapeMismatch, $"image, block, dilations, strides and pads do not name the same {n} axes.");
        long[] padded = new long[n], steps = new long[n];
        for (int i = 0; i < n; i++)
        {
            padded[i] = image[i] + pads[i] + pads[i + n];
            long room = padded[i] - (block[i] - 1) * dilations[i] - 1;
            if (strides[i] < 1 || dilations[i] < 1 || block[i] < 1 || room < 0) throw c.Error(ErrorCode.InvalidArgument, $"a block of {block[i]} does not fit axis {i} of the picture.");
            steps[i] = room / strides[i] + 1;
        }
        long elements = Shape.Of(block).Count, columns = Shape.Of(steps).Count, pixels = Shape.Of(padded).Count;
        if (s.Rank != 3 || s[1] % elements != 0 || s[2] != columns) throw c.Error(ErrorCode.ShapeMismatch, $"columns {s} do not fit {elements} block elements and {columns} block positions.");
        long channels = s[1] / elements, planes = s[0] * channels;
        long[] places = Places(block, steps, dilations, strides, padded);
        GraphBuilder g = c.G;
        Node updates = g.Transpose(g.Reshape(c[0], [planes, elements * columns]), 1, 0);
        Node sum = g.ScatterNd(g.Full(c[0].Type, [pixels, planes], 0), g.Const(Tensor.From(places, [places.Length, 1])), updates, ScatterReduction.Add);
        Node y = g.Reshape(g.Transpose(sum, 1, 0), Shape.Of([s[0], channels, .. padded]));
        for (int i = 0; i < n; i++) y = g.Slice(y, i + 2, pads[i], image[i]);
        return y;
    }

    /// <summary>The flat place in the padded picture of each block element (major) at each block position.</summary>
    private static long[] Places(long[] block, long[] steps, long[] dilations, long[] strides, long[] padded)
    {
        long[] places = [0];
        for (int kind = 0; kind < 2; kind++)
        {
            (long[] counts, long[] by) = kind == 0 ? (block, dilations) : (steps, strides);
            for (int i = 0; i < counts.Length; i++)
            {
                long stride = Shape.Of(padded).CountOf(i + 1, padded.Length);
                int axis = i;
                places = [.. places.SelectMany(p => Enumerable.Range(0, (int)counts[axis]).Select(j => p + j * by[axis] * stride))];
            }
        }
        return places;
    }
}
