using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Cutting, joining and padding.</summary>
internal static class Pieces
{
    public static OpDef[] All =>
    [
        new("Concat", c => [Concat(c)], "ONNX Concat-13"),
        new("Split", Split, "ONNX Split-18"),
        new("Slice", c => [Slice(c, Required(c, "starts"), Required(c, "ends"), c.Ints("axes"), null)], "ONNX Slice-1"),
        new("Slice", c => [Slice(c, c.ConstantInts(1), c.ConstantInts(2), c.Has(3) ? c.ConstantInts(3) : null, c.Has(4) ? c.ConstantInts(4) : null)], "ONNX Slice-13", Since: 10),
        new("Pad", c => [Pad(c, Required(c, "paddings"), null, c.G.Scalar(c[0], c.Float("value", 0)))], "ONNX Pad-1"),
        new("Pad", c => [Pad(c, Required(c, "pads"), null, c.G.Scalar(c[0], c.Float("value", 0)))], "ONNX Pad-2", Since: 2),
        new("Pad", c => [Pad(c, c.ConstantInts(1), c.Has(3) ? c.ConstantInts(3) : null, c.Maybe(2))], "ONNX Pad-23", Since: 11),
        new("CenterCropPad", c => [CenterCropPad(c)], "ONNX CenterCropPad-18", Since: 18),
    ];

    private static long[] Required(Lowering c, string name) => c.Ints(name) ?? throw c.Error(ErrorCode.MalformedModel, $"attribute '{name}' is missing.");

    private static Node Concat(Lowering c)
    {
        if (c.Count == 0) throw c.Error(ErrorCode.MalformedModel, "it needs at least one input.");
        if (c.Opset >= 4 && !c.HasAttribute("axis")) throw c.Error(ErrorCode.MalformedModel, "attribute 'axis' is missing.");
        return c.G.Concat(c[0].Shape.Axis(c.Int("axis", 1)), c.All());
    }

    private static Lowered[] Split(Lowering c)
    {
        Node x = c[0];
        int axis = x.Shape.Axis(c.Int("axis", 0));
        long extent = x.Shape[axis];
        long[] sizes = c.IntsAt(1, "split") ?? Equal(c, extent);
        if (sizes.Any(s => s < 0) || sizes.Sum() != extent) throw c.Error(ErrorCode.ShapeMismatch, $"parts [{string.Join(", ", sizes)}] do not add up to the extent {extent} of axis {axis} of {x.Shape}.");
        if (sizes.Length != c.OutputCount) throw c.Error(ErrorCode.ShapeMismatch, $"{sizes.Length} parts for {c.OutputCount} outputs.");
        return [.. Cut(c.G, x, axis, sizes).Select(Lowered.From)];
    }

    /// <summary>x cut along an axis into parts of the given extents.</summary>
    public static Node[] Cut(GraphBuilder g, Node x, int axis, ReadOnlySpan<long> sizes)
    {
        Node[] parts = new Node[sizes.Length];
        long at = 0;
        for (int i = 0; i < parts.Length; at += sizes[i++]) parts[i] = g.Slice(x, axis, sizes[i] == 0 ? 0 : at, sizes[i]);
        return parts;
    }

    /// <summary>Equal parts; from version 18 on the last one may be smaller.</summary>
    private static long[] Equal(Lowering c, long extent)
    {
        long n = c.Int("num_outputs", c.OutputCount);
        if (n != c.OutputCount) throw c.Error(ErrorCode.ShapeMismatch, $"num_outputs is {n} and there are {c.OutputCount} outputs.");
        if (n < 1 || (c.Opset < 18 && extent % n != 0)) throw c.Error(ErrorCode.ShapeMismatch, $"an extent of {extent} does not split into {n} equal parts; give the sizes as 'split'.");
        long chunk = (extent + n - 1) / n;
        return [.. Enumerable.Range(0, (int)n).Select(i => Math.Clamp(extent - i * chunk, 0, chunk))];
    }

    private static Node Slice(Lowering c, long[] starts, long[] ends, long[]? axes, long[]? steps)
    {
        Shape s = c[0].Shape;
        if (ends.Length != starts.Length || axes is not null && axes.Length != starts.Length || steps is not null && steps.Length != starts.Length || starts.Length > s.Rank)
            throw c.Error(ErrorCode.ShapeMismatch, $"starts, ends, axes and steps must be lists of one length, at most the rank of {s}.");
        long[] first = new long[s.Rank], count = s.ToArray(), step = [.. Enumerable.Repeat(1L, s.Rank)];
        HashSet<int> seen = [];
        for (int i = 0; i < starts.Length; i++)
        {
            int a = axes is null ? i : s.Axis(axes[i]);
            if (!seen.Add(a)) throw c.Error(ErrorCode.InvalidArgument, $"axis {a} is named twice.");
            step[a] = steps is null ? 1 : steps[i];
            if (step[a] == 0) throw c.Error(ErrorCode.InvalidArgument, $"the step along axis {a} is 0.");
            (first[a], count[a]) = Clamp(starts[i], ends[i], step[a], s[a]);
        }
        return c.G.Slice(c[0], Ints.Of(first), Ints.Of(count), Ints.Of(step));
    }

    /// <summary>Python's reading of start:end:step on an extent: the first element and how many.</summary>
    private static (long First, long Count) Clamp(long start, long end, long step, long extent)
    {
        if (start < 0) start = start < -extent ? -1 : start + extent;
        if (end < 0) end = end < -extent ? -1 : end + extent;
        (long low, long high) = step > 0 ? (0L, extent) : (-1L, extent - 1);
        start = Math.Clamp(start, low, Math.Max(low, high));
        end = Math.Clamp(end, low, Math.Max(low, high));
        // Steps are compared by magnitude; that of the smallest integer does not exist.
        long reach = step > 0 ? end - start : start - end, stride = step == long.MinValue ? long.MaxValue : Math.Abs(step);
        return reach <= 0 || extent == 0 ? (0, 0) : (start, (reach - 1) / stride + 1);
    }

    /// <summary>Crops by the negative amounts, then pads by the positive ones.</summary>
    private static Node Pad(Lowering c, long[] pads, long[]? axes, Node? value)
    {
        Shape s = c[0].Shape;
        int[] along = axes is null ? [.. Enumerable.Range(0, s.Rank)] : [.. axes.Select(a => s.Axis(a))];
        if (pads.Length != 2 * along.Length || along.Distinct().Count() != along.Length)
            throw c.Error(ErrorCode.ShapeMismatch, $"pads [{string.Join(", ", pads)}] must name a begin and an end for each of {along.Length} distinct axes of {s}.");
        long[] before = new long[s.Rank], after = new long[s.Rank];
        for (int i = 0; i < along.Length; i++) (before[along[i]], after[along[i]]) = (pads[i], pads[i + along.Length]);
        PadMode mode = c.String("mode", "constant") switch
        {
            "constant" => PadMode.Constant,
            "reflect" => PadMode.Reflect,
            "edge" => PadMode.Edge,
            "wrap" => PadMode.Wrap,
            var m => throw c.Error(ErrorCode.InvalidArgument, $"mode is '{m}'; the choices are constant, reflect, edge and wrap."),
        };
        Node x = Crop(c, c[0], before, after);
        return c.G.Pad(x, mode, Ints.Of(before.Select(v => Math.Max(0, v))), Ints.Of(after.Select(v => Math.Max(0, v))), value is null ? null : c.G.Reshape(value, Shape.Scalar));
    }

    private static Node Crop(Lowering c, Node x, long[] before, long[] after)
    {
        for (int i = 0; i < before.Length; i++)
        {
            long from = Math.Max(0, -before[i]), n = x.Shape[i] - from - Math.Max(0, -after[i]);
            if (n < 0) throw c.Error(ErrorCode.ShapeMismatch, $"pads crop more than axis {i} of {c[0].Shape} holds.");
            x = c.G.Slice(x, i, n == 0 ? 0 : from, n);
        }
        return x;
    }

    private static Node CenterCropPad(Lowering c)
    {
        Shape s = c[0].Shape;
        long[] target = c.ConstantInts(1);
        int[] axes = c.Ints("axes") is { } a ? [.. a.Select(v => s.Axis(v))] : [.. Enumerable.Range(0, s.Rank)];
        if (target.Length != axes.Length) throw c.Error(ErrorCode.ShapeMismatch, $"{target.Length} extents for {axes.Length} axes.");
        long[] before = new long[s.Rank], after = new long[s.Rank];
        for (int i = 0; i < axes.Length; i++)
        {
            long more = target[i] - s[axes[i]];
            // Of an odd difference the end takes the larger half, when cropping and when padding.
            (before[axes[i]], after[axes[i]]) = (more / 2, more - more / 2);
        }
        Node x = Crop(c, c[0], before, after);
        return c.G.Pad(x, PadMode.Constant, Ints.Of(before.Select(v => Math.Max(0, v))), Ints.Of(after.Select(v => Math.Max(0, v))));
    }
}
