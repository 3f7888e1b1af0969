using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Elementwise functions of one operand.</summary>
internal static class UnaryMaths
{
    public static OpDef[] All =>
    [
        Direct("Abs", GraphOp.Abs, 13), Direct("Neg", GraphOp.Neg, 13), Direct("Sign", GraphOp.Sign, 13), Direct("Floor", GraphOp.Floor, 13),
        Direct("Ceil", GraphOp.Ceil, 13), Direct("Round", GraphOp.Round, 22), Direct("Sqrt", GraphOp.Sqrt, 13), Direct("Exp", GraphOp.Exp, 13),
        Direct("Log", GraphOp.Log, 13), Direct("Sin", GraphOp.Sin, 22), Direct("Cos", GraphOp.Cos, 22), Direct("Tan", GraphOp.Tan, 22),
        Direct("Asin", GraphOp.Asin, 22), Direct("Acos", GraphOp.Acos, 22), Direct("Atan", GraphOp.Atan, 22), Direct("Sinh", GraphOp.Sinh, 22),
        Direct("Cosh", GraphOp.Cosh, 22), Direct("Asinh", GraphOp.Asinh, 22), Direct("Acosh", GraphOp.Acosh, 22), Direct("Atanh", GraphOp.Atanh, 22),
        Direct("Erf", GraphOp.Erf, 13), Direct("Not", GraphOp.Not, 1), Direct("BitwiseNot", GraphOp.Not, 18),
        new("Reciprocal", c => [c.G.Div(1, c[0])], "ONNX Reciprocal-13"),
        new("IsNaN", c => [c.G.IsNaN(Wide(c))], "ONNX IsNaN-20", Since: 9),
        new("IsInf", c => [c.G.IsInf(Wide(c), c.Flag("detect_positive", true), c.Flag("detect_negative", true))], "ONNX IsInf-20", Since: 10),
    ];

    private static OpDef Direct(string name, GraphOp op, int version) => new(name, c => [c.G.Unary(op, c[0])], $"ONNX {name}-{version}");

    /// <summary>8-bit floats as Float32, which holds all their values.</summary>
    private static Node Wide(Lowering c) => c[0].Type.IsFloat() && c[0].Type.Bits() == 8 ? c.G.Cast(c[0], DType.Float32) : c[0];
}
