using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Elementwise functions of two and more operands, comparisons and selection.</summary>
internal static class BinaryMaths
{
    public static OpDef[] All =>
    [
        Direct("Add", GraphOp.Add, 14), Direct("Sub", GraphOp.Sub, 14), Direct("Mul", GraphOp.Mul, 14), Direct("Div", GraphOp.Div, 14),
        Direct("And", GraphOp.And, 7), Direct("Or", GraphOp.Or, 7), Direct("Xor", GraphOp.Xor, 7),
        Direct("BitwiseAnd", GraphOp.And, 18), Direct("BitwiseOr", GraphOp.Or, 18), Direct("BitwiseXor", GraphOp.Xor, 18),
        Direct("Equal", GraphOp.Eq, 19), Direct("Less", GraphOp.Lt, 13), Direct("LessOrEqual", GraphOp.Le, 16),
        new("Greater", c => [c.G.Gt(c[0], Right(c))], "ONNX Greater-13"),
        new("GreaterOrEqual", c => [c.G.Ge(c[0], Right(c))], "ONNX GreaterOrEqual-16"),
        new("Pow", c => [Pow(c.G, c[0], Right(c))], "ONNX Pow-15"),
        new("Mod", c => [Mod(c)], "ONNX Mod-13", Since: 10),
        new("BitShift", c => [c.String("direction", "") switch
        {
            "LEFT" => c.G.Binary(GraphOp.Shl, c[0], c[1]),
            "RIGHT" => c.G.Binary(GraphOp.Shr, c[0], c[1]),
            var d => throw c.Error(ErrorCode.InvalidArgument, $"direction is '{d}'; the choices are LEFT and RIGHT."),
        }], "ONNX BitShift-11", Since: 11),
        Variadic("Sum", GraphOp.Add, 13), Variadic("Max", GraphOp.Max, 13), Variadic("Min", GraphOp.Min, 13),
        new("Mean", Mean, "ONNX Mean-13"),
        new("Where", c => [c.G.Where(c[0], c[1], c[2])], "ONNX Where-16", Since: 9),
    ];

    /// <summary>aᵇ with the type of a; an integer to the power of a fraction is computed in Float64.</summary>
    public static Node Pow(GraphBuilder g, Node a, Node b)
    {
        if (a.Type.IsFloat() || !b.Type.IsFloat()) return g.Pow(a, g.Cast(b, a.Type));
        return g.Cast(g.Pow(g.Cast(a, DType.Float64), g.Cast(b, DType.Float64)), a.Type);
    }

    private static OpDef Direct(string name, GraphOp op, int version) => new(name, c => [c.G.Binary(op, c[0], Right(c))], $"ONNX {name}-{version}");

    private static OpDef Variadic(string name, GraphOp op, int version) => new(name, c => [Chain(c, c.All(), op)], $"ONNX {name}-{version}");

    private static Node Chain(Lowering c, Node[] x, GraphOp op)
    {
        if (x.Length == 0) throw c.Error(ErrorCode.MalformedModel, "it needs at least one input.");
        Node y = x[0];
        for (int i = 1; i < x.Length; i++) y = c.G.Binary(op, y, x[i]);
        return y;
    }

    private static Lowered[] Mean(Lowering c)
    {
        Node[] x = c.All();
        bool narrow = x.Length > 0 && x[0].Type is DType.Float16 or DType.BFloat16;
        Node sum = Chain(c, narrow ? Array.ConvertAll(x, n => c.G.Cast(n, DType.Float32)) : x, GraphOp.Add);
        return [c.G.Cast(c.G.Div(sum, x.Length), x[0].Type)];
    }

    private static Node Mod(Lowering c)
    {
        bool truncated = c.Flag("fmod");
        if (c[0].Type.IsFloat() && !truncated) throw c.Error(ErrorCode.InvalidArgument, "fmod must be 1 for floating operands.");
        return truncated ? c.G.Rem(c[0], c[1]) : c.G.Mod(c[0], c[1]);
    }

    /// <summary>Operand 1; before version 7 its axes are those of operand 0 from attribute axis on.</summary>
    private static Node Right(Lowering c)
    {
        Node a = c[0], b = c[1];
        if (c.Opset >= 7 || !c.Flag("broadcast") || !c.HasAttribute("axis")) return b;
        int trailing = a.Shape.Rank - a.Shape.Axis(c.Int("axis", 0)) - b.Shape.Rank;
        if (trailing < 0) throw c.Error(ErrorCode.ShapeMismatch, $"{b.Shape} from axis {c.Int("axis", 0)} on leaves {a.Shape}.");
        return c.G.Reshape(b, Shape.Of([.. b.Shape.Span, .. Enumerable.Repeat(1L, trailing)]));
    }
}
