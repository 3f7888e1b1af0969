using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>A Float32 node that is (Values − Zero) · Scale, with one scale and zero point.</summary>
/// <param name="Values">UInt8 or Int8.</param>
/// <param name="Zero">A value of their type.</param>
/// <param name="Scale">Positive and finite.</param>
internal sealed record Dequantized(Node Values, int Zero, double Scale)
{
    /// <summary>Largest absolute value of Values − Zero.</summary>
    public long Size => Values.Type == DType.UInt8 ? Math.Max(Zero, 255 - Zero) : Math.Max(Zero + 128, 127 - Zero);

    /// <summary>The form that <paramref name="x"/> has, in front of movement operators or behind them.</summary>
    public static Dequantized? Of(GraphBuilder g, Node x)
    {
        Node inner = x;
        while (Moves(inner)) inner = inner.In[0];
        return Find(inner) is { } d ? d with { Values = Replay(g, x, inner, d.Values) } : null;
    }

    /// <summary>The form of <paramref name="x"/> itself.</summary>
    public static Dequantized? Find(Node x)
    {
        if (x is not { Op: GraphOp.Mul, Type: DType.Float32 } || Constants.Split(x) is not var (s, off) || Number(s) is not ({ } scale and > 0) || !double.IsFinite(scale) || off.Shape != x.Shape) return null;
        double zero = 0;
        if (off is { Op: GraphOp.Sub, In: [var wide, var z] } && wide.Shape == x.Shape && Number(z) is { } number) (off, zero) = (wide, number);
        if (off is not { Op: GraphOp.Cast, In: [{ Type: DType.UInt8 or DType.Int8 } values] }) return null;
        (int least, int most) = values.Type == DType.UInt8 ? (0, 255) : (-128, 127);
        return zero == Math.Round(zero) && zero >= least && zero <= most ? new(values, (int)zero, scale) : null;
    }

    /// <summary>Values − Zero in Int32.</summary>
    public Node Centred(GraphBuilder g) => Zero == 0 ? g.Cast(Values, DType.Int32) : g.Sub(g.Cast(Values, DType.Int32), Zero);

    /// <summary>Whether <paramref name="n"/> moves elements of one operand and makes none.</summary>
    public static bool Moves(Node n) => n.Op is GraphOp.Reshape or GraphOp.Transpose or GraphOp.Slice or GraphOp.Broadcast;

    /// <summary>The movement between <paramref name="inner"/> and <paramref name="x"/>, done to <paramref name="to"/> instead.</summary>
    public static Node Replay(GraphBuilder g, Node x, Node inner, Node to) => x == inner ? to : g.Emit(x.Op, [Replay(g, x.In[0], inner, to)], x.Arg);

    private static double? Number(Node n) => n.Constant is { Count: 1 } c && c.Type == DType.Float32 ? Scalars.ToFloat64(c)[0] : null;
}
