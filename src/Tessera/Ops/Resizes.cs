using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Resampling to another size: Resize and Upsample.</summary>
internal static class Resizes
{
    public static OpDef[] All =>
    [
        new("Resize", c => [Scaled(c, c.ConstantFloats(1), new(c.String("mode", "nearest"), CoordinateMode.Asymmetric, NearestMode.Simple))], "ONNX Resize-10", Since: 10),
        new("Resize", c => [Resize(c)], "ONNX Resize-19", Since: 11),
        new("Upsample", c => [Scaled(c, [1, 1, c.Float("height_scale", 1), c.Float("width_scale", 1)], Up(c))], "ONNX Upsample-1"),
        new("Upsample", c => [Scaled(c, c.Floats("scales") ?? throw c.Error(ErrorCode.MalformedModel, "attribute scales is missing."), Up(c))], "ONNX Upsample-7", Since: 7),
        new("Upsample", c => [Scaled(c, c.ConstantFloats(1), Up(c))], "ONNX Upsample-9", Since: 9),
    ];

    private static Resampling Up(Attributes c) => new(c.String("mode", "nearest"), CoordinateMode.Asymmetric, NearestMode.Simple);

    private static Node Scaled(Lowering c, double[] scales, Resampling how)
    {
        Shape x = c[0].Shape;
        if (scales.Length != x.Rank || scales.Any(s => !(s > 0))) throw c.Error(ErrorCode.ShapeMismatch, $"scales [{string.Join(", ", scales)}] must have {x.Rank} positive entries for input {x}.");
        return Apply(c, how, [.. Enumerable.Range(0, x.Rank).Select(i => new AxisResize(i, x[i], Floor(x[i], scales[i]), (float)scales[i], 0, 1))]);
    }

    private static long Floor(long extent, double scale) => checked((long)Math.Floor(extent * (double)(float)scale));

    private static Node Resize(Lowering c)
    {
        Shape x = c[0].Shape;
        long[]? given = c.Ints("axes");
        int[] axes = new int[given?.Length ?? x.Rank];
        for (int i = 0; i < axes.Length; i++) axes[i] = given is null ? i : x.Axis(given[i]);
        double[]? scales = c.Has(2) && c[2].Shape.Count > 0 ? c.ConstantFloats(2) : null;
        long[]? sizes = scales is null && c.Has(3) && c[3].Shape.Count > 0 ? c.ConstantInts(3) : null;
        if ((scales?.Length ?? sizes?.Length) != axes.Length) throw c.Error(ErrorCode.ShapeMismatch, $"exactly one of scales and sizes must be given, with {axes.Length} entries for input {x}.");
        if (scales?.Any(s => !(s > 0)) ?? sizes!.Any(s => s < 0)) throw c.Error(ErrorCode.InvalidArgument, "scales must be positive and sizes not negative.");
        Resampling how = Read(c);
        double[] roi = how.Coordinates == CoordinateMode.CropAndResize ? c.ConstantFloats(1) : Whole(axes.Length);
        if (roi.Length != 2 * axes.Length) throw c.Error(ErrorCode.ShapeMismatch, $"roi needs {2 * axes.Length} entries, starts before ends; it has {roi.Length}.");
        float[] factors = new float[axes.Length];
        for (int i = 0; i < factors.Length; i++) factors[i] = scales is not null ? (float)scales[i] : (float)sizes![i] / x[axes[i]];
        if (sizes is not null) Keep(c, x, axes, factors, sizes);
        AxisResize[] plan = new AxisResize[axes.Length];
        for (int i = 0; i < plan.Length; i++)
        {
            long extent = x[axes[i]];
            plan[i] = new(axes[i], extent, sizes is null ? Floor(extent, factors[i]) : sizes[i], factors[i], (float)roi[i], (float)roi[i + axes.Length]);
        }
        return Apply(c, how, plan);
    }

    /// <summary>The region that is all of the input: from 0 to 1 along each axis.</summary>
    private static double[] Whole(int axes)
    {
        double[] roi = new double[2 * axes];
        Array.Fill(roi, 1, axes, axes);
        return roi;
    }

    /// <summary>One factor for all axes when the aspect ratio is to be kept.</summary>
    private static void Keep(Attributes c, Shape x, int[] axes, float[] factors, long[] sizes)
    {
        float one;
        switch (c.String("keep_aspect_ratio_policy", "stretch"))
        {
            case "stretch": return;
            case "not_larger": one = factors.Min(); break;
            case "not_smaller": one = factors.Max(); break;
            case var other: throw c.Error(ErrorCode.MalformedModel, $"keep_aspect_ratio_policy '{other}' is none of stretch, not_larger, not_smaller.");
        }
        for (int i = 0; i < axes.Length; i++) (factors[i], sizes[i]) = (one, (long)MathF.Floor(one * x[axes[i]] + 0.5f));
    }

    private static Resampling Read(Attributes c) => new(c.String("mode", "nearest"),
        c.String("coordinate_transformation_mode", "half_pixel") switch
        {
            "half_pixel" => CoordinateMode.HalfPixel,
            "half_pixel_symmetric" => CoordinateMode.HalfPixelSymmetric,
            "pytorch_half_pixel" => CoordinateMode.PytorchHalfPixel,
            "align_corners" => CoordinateMode.AlignCorners,
            "asymmetric" => CoordinateMode.Asymmetric,
            "tf_half_pixel_for_nn" => CoordinateMode.HalfPixelForNearest,
            "tf_crop_and_resize" => CoordinateMode.CropAndResize,
            var other => throw c.Error(ErrorCode.MalformedModel, $"coordinate_transformation_mode '{other}' is unknown."),
        },
        c.String("nearest_mode", "round_prefer_floor") switch
        {
            "round_prefer_floor" => NearestMode.RoundPreferFloor,
            "round_prefer_ceil" => NearestMode.RoundPreferCeil,
            "floor" => NearestMode.Floor,
            "ceil" => NearestMode.Ceil,
            var other => throw c.Error(ErrorCode.MalformedModel, $"nearest_mode '{other}' is unknown."),
        })
    {
        CubicA = c.Float("cubic_coeff_a", -0.75),
        ExcludeOutside = c.Flag("exclude_outside"),
        Antialias = c.Flag("antialias"),
    };

    private static Node Apply(Lowering c, Resampling how, AxisResize[] plan)
    {
        GraphBuilder g = c.G;
        Node x = c[0];
        plan = Sorted(plan, how);
        foreach (AxisResize a in plan)
            if (TableSize.Of(c, a.Out, a.Taps(how)) > 0 && a.In == 0) throw c.Error(ErrorCode.ShapeMismatch, $"axis {a.Axis} of {x.Shape} is empty and cannot grow to {a.Out}.");
        Node y = how.Mode switch
        {
            "nearest" => plan.Aggregate(x, (v, a) => g.Gather(v, g.Vector(a.Nearest(how.Nearest, how.Coordinates)), a.Axis)),
            "linear" or "bilinear" => Weighted(g, x, plan, a => a.Linear(how)),
            "cubic" => Weighted(g, x, plan, a => a.Cubic(how)),
            var other => throw c.Error(ErrorCode.MalformedModel, $"mode '{other}' is none of nearest, linear, cubic."),
        };
        if (how.Coordinates != CoordinateMode.CropAndResize) return y;
        Node outside = g.Scalar(y, c.Float("extrapolation_value", 0));
        foreach (AxisResize a in plan)
        {
            bool[] inside = a.Inside(how.Coordinates);
            if (!inside.All(v => v)) y = g.Where(g.AlongAxis(g.Const(Tensor.From(inside, Shape.Of(inside.Length))), a.Axis, y.Shape.Rank), y, outside);
        }
        return y;
    }

    /// <summary>The axes that change, those that shrink most first.</summary>
    private static AxisResize[] Sorted(AxisResize[] plan, Resampling how)
    {
        List<AxisResize> sorted = [];
        foreach (AxisResize a in plan)
        {
            if (a.IsIdentity(how)) continue;
            int at = sorted.Count;
            while (at > 0 && sorted[at - 1].Scale > a.Scale) at--;
            sorted.Insert(at, a);
        }
        return [.. sorted];
    }

    private static Node Weighted(GraphBuilder g, Node x, AxisResize[] plan, Func<AxisResize, Taps> taps)
    {
        if (plan.Length == 0) return x;
        Node y = x.Type == DType.Float64 ? x : g.Cast(x, DType.Float32);
        foreach (AxisResize a in plan)
        {
            Taps t = taps(a);
            y = g.Resample(y, a.Axis, t.Indices, t.Weights, t.Count);
        }
        return g.Cast(y, x.Type);
    }
}
