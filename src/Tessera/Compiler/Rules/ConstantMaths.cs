using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Arithmetic on small constants of Float32 and Float64, so that rules that need a constant get one whatever the engine folds.</summary>
internal static class ConstantMaths
{
    // Biases and their factors: more elements than any layer has channels are no bias.
    private const long MaxCount = 1 << 20;

    /// <summary>a op b as a constant, broadcast, computed in Float64 and rounded once; null when the operands are of other types, too large, or give what is not finite.</summary>
    public static Node? Combined(GraphBuilder g, GraphOp op, Node a, Node b)
    {
        if (a.Constant is not { } x || b.Constant is not { } y || a.Type != b.Type || a.Type is not (DType.Float32 or DType.Float64)) return null;
        Shape s = Shape.Broadcast(a.Shape, b.Shape);
        if (s.Count > MaxCount) return null;
        double[] p = Spread(x, s), q = Spread(y, s), z = new double[p.Length];
        bool finite = true;
        for (int i = 0; i < z.Length; i++)
        {
            z[i] = op switch { GraphOp.Add => p[i] + q[i], GraphOp.Mul => p[i] * q[i], GraphOp.Div => p[i] / q[i], _ => throw new TesseraException(ErrorCode.Internal, $"{op} of constants.") };
            finite &= double.IsFinite(a.Type == DType.Float32 ? (float)z[i] : z[i]);
        }
        return finite ? g.Const(Of(a.Type, z, s)) : null;
    }

    public static Node? Negated(GraphBuilder g, Node a) =>
        a.Type is DType.Float32 or DType.Float64 && a.Shape.Count <= MaxCount ? g.Const(Of(a.Type, Array.ConvertAll(Scalars.ToFloat64(a.Constant!), v => -v), a.Shape)) : null;

    private static double[] Spread(Tensor t, Shape s)
    {
        if (t.Shape == s) return Scalars.ToFloat64(t);
        using Tensor wide = t.Broadcast(s);
        return Scalars.ToFloat64(wide);
    }

    private static Tensor Of(DType type, double[] v, Shape s) => type == DType.Float64 ? Tensor.From(v, s) : Tensor.From(Array.ConvertAll(v, e => (float)e), s);
}
