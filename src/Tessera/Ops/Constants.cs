using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Operators that make tensors from attributes and shapes.</summary>
internal static class Constants
{
    public static OpDef[] All =>
    [
        new("Constant", c => [c.G.Const(Constant(c))], "ONNX Constant-23"),
        new("ConstantOfShape", c => [ConstantOfShape(c)], "ONNX ConstantOfShape-23", Since: 9),
        new("Range", c => [c.G.Const(Range(c))], "ONNX Range-11", Since: 11),
        new("EyeLike", c => [EyeLike(c)], "ONNX EyeLike-22", Since: 9),
        new("Trilu", c => [Trilu(c)], "ONNX Trilu-14", Since: 14),
        new("Trilu", c => [Trilu(c)], "com.microsoft Trilu-1", Domain: "com.microsoft"),
    ];

    private static Tensor Constant(Lowering c)
    {
        if (c.Tensor("value") is { } t) return t;
        if (c.Tensor("sparse_value") is { } sparse) return sparse;
        if (c.HasAttribute("value_float")) return Tensor.Scalar((float)c.Float("value_float", 0));
        if (c.HasAttribute("value_int")) return Tensor.Scalar(c.Int("value_int", 0));
        if (c.HasAttribute("value_string")) return Tensor.FromStrings([c.String("value_string", "")], Shape.Scalar);
        if (c.Floats("value_floats") is { } f) return Tensor.From(Array.ConvertAll(f, v => (float)v), Shape.Of(f.Length));
        if (c.Ints("value_ints") is { } n) return Tensor.From(n, Shape.Of(n.Length));
        if (c.Strings("value_strings") is { } s) return Tensor.FromStrings(s, Shape.Of(s.Length));
        throw c.Error(ErrorCode.MalformedModel, "it has none of the attributes value, sparse_value, value_float(s), value_int(s), value_string(s).");
    }

    private static Node ConstantOfShape(Lowering c)
    {
        Tensor value = c.Tensor("value") ?? Scalars.Zero(DType.Float32);
        if (value.Count != 1) throw c.Error(ErrorCode.ShapeMismatch, $"the value has shape {value.Shape}; it must be one element.");
        return c.G.Broadcast(c.G.Reshape(c.G.Const(value), Shape.Scalar), Shape.Of(c.ConstantInts(0)));
    }

    /// <summary>start, start + delta, …, max(⌈(limit − start) ÷ delta⌉, 0) of them.</summary>
    private static Tensor Range(Lowering c)
    {
        DType type = c[0].Type;
        if (c[1].Type != type || c[2].Type != type) throw c.Error(ErrorCode.TypeMismatch, $"start, limit and delta are {type}, {c[1].Type} and {c[2].Type}; they must be one type.");
        if (c[0].Shape.Count != 1 || c[1].Shape.Count != 1 || c[2].Shape.Count != 1) throw c.Error(ErrorCode.ShapeMismatch, "start, limit and delta must be scalars.");
        if (type.IsInteger()) return Count(c, type);
        double start = c.ConstantFloats(0)[0], limit = c.ConstantFloats(1)[0], delta = c.ConstantFloats(2)[0], n = Math.Ceiling((limit - start) / delta);
        if (!double.IsFinite(n)) throw c.Error(ErrorCode.InvalidArgument, $"the range from {start} to {limit} by {delta} does not end.");
        double[] v = new double[TableSize.Of(c, (long)Math.Max(0, n))];
        for (int i = 0; i < v.Length; i++) v[i] = start + i * delta;
        return Vectors.Of(type, v);
    }

    private static Tensor Count(Lowering c, DType type)
    {
        long start = c.ConstantInts(0)[0], limit = c.ConstantInts(1)[0], delta = c.ConstantInts(2)[0];
        if (delta == 0) throw c.Error(ErrorCode.InvalidArgument, "delta is 0.");
        // Differences of 64-bit integers fit 64 bits without a sign.
        ulong span = delta > 0 == limit > start ? unchecked(delta > 0 ? (ulong)limit - (ulong)start : (ulong)start - (ulong)limit) : 0;
        ulong step = unchecked(delta > 0 ? (ulong)delta : 0 - (ulong)delta), n = span == 0 ? 0 : (span - 1) / step + 1;
        long[] v = new long[TableSize.Of(c, (long)Math.Min(n, long.MaxValue))];
        for (int i = 0; i < v.Length; i++) v[i] = start + i * delta;
        return Vectors.Of(type, v);
    }

    /// <summary>1 where column = row + k, 0 elsewhere.</summary>
    private static Node EyeLike(Lowering c)
    {
        Shape s = c[0].Shape;
        if (s.Rank != 2) throw c.Error(ErrorCode.ShapeMismatch, $"the input has shape {s}; it must be a matrix.");
        GraphBuilder g = c.G;
        Node on = g.Eq(g.Iota(s[1], 1, 2), g.Add(g.Iota(s[0], 0, 2), g.Const(Tensor.Scalar(c.Int("k", 0)))));
        return g.Cast(on, c.Type("dtype", c[0].Type));
    }

    /// <summary>The upper (column − row ≥ k) or lower (≤ k) triangle of each matrix; zeros elsewhere.</summary>
    private static Node Trilu(Lowering c)
    {
        GraphBuilder g = c.G;
        Node x = c[0];
        if (x.Shape.Rank < 2) throw c.Error(ErrorCode.ShapeMismatch, $"the input has shape {x.Shape}; it must have rank 2 at least.");
        Node k = c.Has(1) ? g.Reshape(c[1], Shape.Scalar) : g.Const(Tensor.Scalar(0L));
        Node column = g.Iota(x.Shape[-1], 1, 2), edge = g.Add(g.Iota(x.Shape[-2], 0, 2), k);
        return g.Where(c.Flag("upper", true) ? g.Ge(column, edge) : g.Le(column, edge), x, g.Const(Scalars.Zero(x.Type)));
    }
}
