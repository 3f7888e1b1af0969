using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Random values and dropout. A node without a seed gets one of its own, equal from run to run.</summary>
internal static class Randoms
{
    public static OpDef[] All =>
    [
        new("RandomNormal", c => [Normal(c, Drawn(c), OfAttribute(c))], "ONNX RandomNormal-22"),
        new("RandomNormalLike", c => [Normal(c, Drawn(c), c[0].Shape)], "ONNX RandomNormalLike-22"),
        new("RandomUniform", c => [Uniform(c, Drawn(c), OfAttribute(c))], "ONNX RandomUniform-22"),
        new("RandomUniformLike", c => [Uniform(c, Drawn(c), c[0].Shape)], "ONNX RandomUniformLike-22"),
        new("Bernoulli", c => [Bernoulli(c)], "ONNX Bernoulli-22", Since: 15),
        new("Multinomial", c => [Multinomial(c)], "ONNX Multinomial-22", Since: 7),
        new("Dropout", c => c.Flag("is_test") ? Kept(c) : Dropped(c, c.G.Scalar(Wide(c[0].Type), c.Float("ratio", 0.5))), "ONNX Dropout-6"),
        new("Dropout", Kept, "ONNX Dropout-10", Since: 7),
        new("Dropout", Dropout, "ONNX Dropout-22; arXiv:1207.0580", Since: 12),
    ];

    private static DType Wide(DType type) => type == DType.Float64 ? DType.Float64 : DType.Float32;

    private static DType Drawn(Lowering c)
    {
        DType type = c.Type("dtype", c.Count > 0 ? c[0].Type : DType.Float32);
        return type.IsFloat() ? type : throw c.Error(ErrorCode.TypeMismatch, $"dtype is {type}; random values are floating.");
    }

    private static Shape OfAttribute(Lowering c) => Shape.Of(c.Ints("shape") ?? throw c.Error(ErrorCode.MalformedModel, "attribute 'shape' is missing."));

    /// <summary>Dropout's seed is an integer, that of the others a float.</summary>
    private static ulong Seed(Lowering c) => !c.HasAttribute("seed") ? c.G.NewSeed(c.NodeName) : c.OpType == "Dropout" ? (ulong)c.Int("seed", 0) : BitConverter.SingleToUInt32Bits((float)c.Float("seed", 0));

    private static Node Normal(Lowering c, DType type, Shape shape) =>
        c.G.Cast(c.G.Random(RandomKind.Normal, Wide(type), shape, c.Float("mean", 0), c.Float("scale", 1), Seed(c)), type);

    private static Node Uniform(Lowering c, DType type, Shape shape) =>
        c.G.Cast(c.G.Random(RandomKind.Uniform, Wide(type), shape, c.Float("low", 0), c.Float("high", 1), Seed(c)), type);

    private static Node Bernoulli(Lowering c)
    {
        DType wide = Wide(c[0].Type);
        Node u = c.G.Random(RandomKind.Uniform, wide, c[0].Shape, 0, 1, Seed(c));
        return c.G.Cast(c.G.Lt(u, c.G.Cast(c[0], wide)), c.Type("dtype", c[0].Type));
    }

    /// <summary>Draws classes by the Gumbel maximum: argmax over classes of logit − ln(−ln u) has the distribution softmax(logits).</summary>
    private static Node Multinomial(Lowering c)
    {
        GraphBuilder g = c.G;
        if (c[0].Shape.Rank != 2 || c[0].Shape[1] == 0) throw c.Error(ErrorCode.ShapeMismatch, $"the input has shape {c[0].Shape}; it must be [batch, classes].");
        DType type = c.Type("dtype", DType.Int32), wide = Wide(c[0].Type);
        if (type is not (DType.Int32 or DType.Int64)) throw c.Error(ErrorCode.TypeMismatch, $"dtype is {type}; it must be Int32 or Int64.");
        Node logits = g.Unsqueeze(g.Cast(c[0], wide), 1);
        Node u = g.Random(RandomKind.Uniform, wide, Shape.Of(c[0].Shape[0], c.Int("sample_size", 1), c[0].Shape[1]), 0, 1, Seed(c));
        return g.Cast(g.ArgMax(g.Sub(logits, g.Log(g.Neg(g.Log(u)))), 2, false), type);
    }

    private static Lowered[] Dropout(Lowering c)
    {
        if (!c.Has(2) || c.ConstantInts(2) is [0]) return Kept(c);
        return Dropped(c, c.Has(1) ? c.G.Cast(c.G.Reshape(c[1], Shape.Scalar), Wide(c[0].Type)) : c.G.Scalar(Wide(c[0].Type), 0.5));
    }

    /// <summary>Inference: x as it is, and a mask that keeps everything.</summary>
    private static Lowered[] Kept(Lowering c)
    {
        if (!c.Wants(1)) return [c[0]];
        return [c[0], c.G.Full(c.Opset < 10 ? c[0].Type : DType.Bool, c[0].Shape, 1)];
    }

    /// <summary>Training: each element is zero with probability ratio, else divided by 1 − ratio.</summary>
    private static Lowered[] Dropped(Lowering c, Node ratio)
    {
        GraphBuilder g = c.G;
        Node x = c[0], mask = g.Ge(g.Random(RandomKind.Uniform, ratio.Type, x.Shape, 0, 1, Seed(c)), ratio);
        Node scaled = g.Div(g.Cast(x, ratio.Type), g.Sub(1, ratio));
        Node y = g.Cast(g.Where(mask, scaled, g.Scalar(ratio, 0)), x.Type);
        return [y, c.Opset < 10 ? g.Cast(mask, x.Type) : mask];
    }
}
