using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>An 8-bit node that is saturate(round(Real ÷ Scale) + Zero), with one scale and zero point and the whole range of its type.</summary>
internal sealed record Quantized(Node Real, DType Type, double Zero, double Scale)
{
    /// <summary>The form of <paramref name="n"/> itself.</summary>
    public static Quantized? Find(Node n)
    {
        if (n is not { Op: GraphOp.Cast, Type: DType.UInt8 or DType.Int8, In: [{ Op: GraphOp.Min, In: [{ Op: GraphOp.Max, In: [var shifted, var low] }, var high] }] }) return null;
        (double least, double most) = Range(n.Type);
        if (!Constants.Is(low, least) || !Constants.Is(high, most)) return null;
        double zero = 0;
        if (shifted is { Op: GraphOp.Add, In: [var rounded, var z] }) (shifted, zero) = (rounded, Constants.Uniform(z) ?? double.NaN);
        if (shifted is not { Op: GraphOp.Round, In: [{ Op: GraphOp.Div, In: [var real, var by] }] } || Constants.Uniform(by) is not { } scale) return null;
        return double.IsNaN(zero) ? null : new(real, n.Type, zero, scale);
    }

    /// <summary>Whether quantising <paramref name="d"/> this way gives its values.</summary>
    public bool Undoes(Dequantized d) => d.Values.Type == Type && d.Zero == Zero && d.Scale == Scale && d.Scale is > 1e-30 and < 1e30;

    /// <summary><paramref name="x"/>, of Float32, quantised the same way.</summary>
    public Node Of(GraphBuilder g, Node x)
    {
        (double least, double most) = Range(Type);
        Node y = g.Unary(GraphOp.Round, g.Div(x, g.Scalar(DType.Float32, Scale)));
        if (Zero != 0) y = g.Add(y, Zero);
        return g.Cast(g.Min(g.Max(y, least), most), Type);
    }

    private static (double Least, double Most) Range(DType type) => type == DType.UInt8 ? (0, 255) : (-128, 127);
}
