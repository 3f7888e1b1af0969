using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Linear quantisation: q = saturate(round(x ÷ scale) + zero), x = (q − zero) · scale. Rounding is half to even.</summary>
internal static class Quantization
{
    public static OpDef[] All =>
    [
        new("QuantizeLinear", c => [Quantize(c)], "ONNX QuantizeLinear-23", Since: 10),
        new("QuantizeLinear", c => [Quantize(c)], "com.microsoft QuantizeLinear-1", Domain: "com.microsoft"),
        new("DequantizeLinear", c => [Dequantize(c)], "ONNX DequantizeLinear-23", Since: 10),
        new("DequantizeLinear", c => [Dequantize(c)], "com.microsoft DequantizeLinear-1", Domain: "com.microsoft"),
        new("DynamicQuantizeLinear", c => Dynamic(c), "ONNX DynamicQuantizeLinear-11", Since: 11),
    ];

    /// <summary>Smallest and largest value of an integer type of at most 16 bits.</summary>
    public static (double Low, double High) Range(Attributes c, DType type) => type switch
    {
        DType.UInt8 => (0, 255),
        DType.Int8 => (-128, 127),
        DType.UInt16 => (0, 65535),
        DType.Int16 => (-32768, 32767),
        DType.UInt4 => (0, 15),
        DType.Int4 => (-8, 7),
        _ => throw c.Error(ErrorCode.TypeMismatch, $"{type} is no quantised type; 4-, 8- and 16-bit integers and 8-bit floats are."),
    };

    /// <summary>saturate(round(scaled) + zero) as <paramref name="type"/>; <paramref name="scaled"/> is Float32 or Float64.</summary>
    public static Node Saturate(Lowering c, Node scaled, Node? zero, DType type)
    {
        GraphBuilder g = c.G;
        if (type is DType.Float8E4M3FN or DType.Float8E4M3FNUZ or DType.Float8E5M2 or DType.Float8E5M2FNUZ)
            return g.Cast(zero is null ? scaled : g.Add(scaled, g.Cast(zero, scaled.Type)), type, c.Flag("saturate", true));
        (double low, double high) = Range(c, type);
        Node q = g.Unary(GraphOp.Round, scaled);
        if (zero is not null) q = g.Add(q, g.Cast(zero, q.Type));
        return g.Cast(g.Min(g.Max(q, low), high), type);
    }

    /// <summary>(q − zero) · scale in the type of <paramref name="scale"/>, at least Float32; scale and zero already broadcast to q.</summary>
    public static Node Dequantized(GraphBuilder g, Node q, Node scale, Node? zero)
    {
        Node s = g.Widen(scale);
        if (zero is null) return g.Mul(g.Cast(q, s.Type), s);
        // Differences of 32-bit integers are exact only as integers; all narrower types are exact in Float32.
        Node off = q.Type == DType.Int32 ? g.Cast(g.Sub(q, zero), s.Type) : g.Sub(g.Cast(q, s.Type), g.Cast(zero, s.Type));
        return g.Mul(off, s);
    }

    private static Node Quantize(Lowering c)
    {
        GraphBuilder g = c.G;
        Node x = c[0].Type == DType.Float64 ? c[0] : g.Cast(c[0], DType.Float32);
        DType type = c.Maybe(2)?.Type ?? (DType)c.Int32("output_dtype", 0);
        if (type == 0) type = DType.UInt8;
        if (!Enum.IsDefined(type)) throw c.Unsupported($"output_dtype {(int)type} is unknown; 4-, 8- and 16-bit integers and 8-bit floats are supported.");
        Node scale = Spread(c, g.Cast(c[1], x.Type), x.Shape);
        Node? zero = c.Maybe(2) is { } z ? Spread(c, z.Type.IsInteger() || z.Type.IsFloat() ? g.Cast(z, x.Type) : throw c.Error(ErrorCode.TypeMismatch, $"zero point of {z.Type}."), x.Shape) : null;
        return Saturate(c, g.Div(x, scale), zero, type);
    }

    private static Node Dequantize(Lowering c)
    {
        GraphBuilder g = c.G;
        Node q = c[0];
        DType result = (DType)c.Int32("output_dtype", 0);
        if (result == 0) result = c[1].Type;
        if (!result.IsFloat()) throw c.Error(ErrorCode.TypeMismatch, $"{result} is no floating result type.");
        Node scale = Spread(c, g.Widen(c[1]), q.Shape);
        // 4-bit and 8-bit float zero points have no arithmetic of their own.
        Node? zero = c.Maybe(2) is { } z ? Spread(c, z.Type == DType.Int32 ? z : g.Cast(z, DType.Float32), q.Shape) : null;
        Node y = g.Cast(Dequantized(g, q, scale, zero), result);
        if (y.Constant is { } real && q.Constant is { } values) Note(c, values, real);
        return y;
    }

    /// <summary>Remembers what 8-bit weights were, unless they have scales of blocks.</summary>
    private static void Note(Lowering c, Tensor values, Tensor real)
    {
        if (values.Type is not (DType.UInt8 or DType.Int8) || real.Type != DType.Float32 || c[1].Shape.Rank > 1 || c[1].Constant is not { } scale) return;
        double[] scales = Scalars.ToFloat64(scale), zeros = c.Maybe(2) is { Constant: { } z } ? Scalars.ToFloat64(z) : new double[scales.Length];
        if (zeros.Length == scales.Length && Array.TrueForAll(scales, double.IsFinite))
            QuantizedConstant.Note(real, new(values, scales, Array.ConvertAll(zeros, v => (int)v), scales.Length == 1 ? 0 : values.Shape.Axis(c.Int("axis", 1))));
    }

    /// <summary>A scale or zero point so that it broadcasts to x: a scalar, a vector along axis, or one value per block along axis.</summary>
    private static Node Spread(Lowering c, Node p, Shape x)
    {
        GraphBuilder g = c.G;
        if (p.Shape.Count == 1) return g.Reshape(p, Shape.Scalar);
        int axis = x.Axis(c.Int("axis", 1));
        if (p.Shape.Rank == 1)
            return p.Shape[0] == x[axis] ? g.AlongAxis(p, axis, x.Rank) : throw c.Error(ErrorCode.ShapeMismatch, $"{p.Shape[0]} scales or zero points for the {x[axis]} elements of axis {axis} of {x}.");
        long block = c.Int("block_size", 0);
        if (block == 0 && p.Shape.Rank == x.Rank && p.Shape[axis] > 0) block = (x[axis] + p.Shape[axis] - 1) / p.Shape[axis];
        if (p.Shape.Rank != x.Rank || block < 1 || p.Shape[axis] != (x[axis] + block - 1) / block || p.Shape.With(axis, x[axis]) != x)
            throw c.Error(ErrorCode.ShapeMismatch, $"scales or zero points {p.Shape} in blocks of {block} along axis {axis} do not fit {x}.");
        return Repeat(g, p, axis, block, x[axis]);
    }

    /// <summary>Every element <paramref name="times"/> times in a row along <paramref name="axis"/>, cut to <paramref name="extent"/>.</summary>
    public static Node Repeat(GraphBuilder g, Node p, int axis, long times, long extent)
    {
        Node wide = g.Unsqueeze(p, axis + 1);
        wide = g.Broadcast(wide, wide.Shape.With(axis + 1, times));
        wide = g.Reshape(wide, p.Shape.With(axis, p.Shape[axis] * times));
        return g.Slice(wide, axis, 0, extent);
    }

    private static Lowered[] Dynamic(Lowering c)
    {
        (Node y, Node scale, Node zero) = DynamicUInt8(c, c[0]);
        return [y, scale, zero];
    }

    /// <summary>x in UInt8 with the scale and zero point that cover its values and 0.</summary>
    public static (Node Y, Node Scale, Node Zero) DynamicUInt8(Lowering c, Node x)
    {
        GraphBuilder g = c.G;
        if (x.Type != DType.Float32) throw c.Error(ErrorCode.TypeMismatch, $"{x.Type} input; Float32 is needed.");
        Node low = g.Min(g.Reduce(GraphOp.ReduceMin, x, false), 0), high = g.Max(g.Reduce(GraphOp.ReduceMax, x, false), 0);
        Node range = g.Sub(high, low);
        Node scale = g.Where(g.Eq(range, 0), g.Scalar(x, 1), g.Div(range, 255));
        Node zero = g.Unary(GraphOp.Round, g.Min(g.Max(g.Div(g.Neg(low), scale), 0), 255));
        Node y = g.Cast(g.Min(g.Max(g.Add(g.Unary(GraphOp.Round, g.Div(x, scale)), zero), 0), 255), DType.UInt8);
        return (y, scale, g.Cast(zero, DType.UInt8));
    }
}
