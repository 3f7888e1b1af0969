using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>Output types of every primitive, and the refusal of operands that do not fit it.</summary>
public static class ShapeRules
{
    public static ImmutableArray<TensorType> Infer(GraphOp op, ReadOnlySpan<Node> x, Arg? arg) => op switch
    {
        GraphOp.Input => arg is Arg.Input i ? [new(i.Type, i.Shape)] : throw Bad(op, x),
        GraphOp.Const => arg is Arg.Const c ? [new(c.Value.Type, c.Value.Shape)] : throw Bad(op, x),
        GraphOp.Random => arg is Arg.Random r ? [new(r.Type, r.Shape)] : throw Bad(op, x),
        GraphOp.Neg or GraphOp.Abs or GraphOp.Sign => Same(op, x, t => t != DType.Bool && t != DType.String),
        GraphOp.Floor or GraphOp.Ceil or GraphOp.Round or GraphOp.Sqrt or GraphOp.Exp or GraphOp.Log or GraphOp.Sin or GraphOp.Cos or GraphOp.Tan
            or GraphOp.Asin or GraphOp.Acos or GraphOp.Atan or GraphOp.Sinh or GraphOp.Cosh or GraphOp.Tanh or GraphOp.Asinh or GraphOp.Acosh
            or GraphOp.Atanh or GraphOp.Erf or GraphOp.Sigmoid => Same(op, x, DTypes.IsFloat),
        GraphOp.Not => Same(op, x, t => t == DType.Bool || t.IsInteger()),
        GraphOp.IsNaN or GraphOp.IsInf => Same(op, x, DTypes.IsFloat) is var t ? [new(DType.Bool, t[0].Shape)] : default,
        GraphOp.Cast => x.Length == 1 && arg is Arg.To to ? [new(to.Type, x[0].Shape)] : throw Bad(op, x),
        GraphOp.Add or GraphOp.Sub or GraphOp.Mul or GraphOp.Div or GraphOp.Mod or GraphOp.Rem or GraphOp.Pow or GraphOp.Min or GraphOp.Max
            => Elementwise(op, x, t => t.IsFloat() || t.IsInteger()),
        GraphOp.And or GraphOp.Or or GraphOp.Xor => Elementwise(op, x, t => t == DType.Bool || t.IsInteger()),
        GraphOp.Shl or GraphOp.Shr => Elementwise(op, x, DTypes.IsInteger),
        GraphOp.Eq or GraphOp.Lt or GraphOp.Le => [new(DType.Bool, Elementwise(op, x, t => op == GraphOp.Eq || t != DType.String)[0].Shape)],
        GraphOp.Where => x.Length == 3 && x[0].Type == DType.Bool && x[1].Type == x[2].Type
            ? [new(x[1].Type, Shape.Broadcast(x[0].Shape, Shape.Broadcast(x[1].Shape, x[2].Shape)))] : throw Bad(op, x),
        GraphOp.Reshape => x.Length == 1 && arg is Arg.Shaped s && s.Shape.Count == x[0].Shape.Count ? [new(x[0].Type, s.Shape)] : throw Bad(op, x),
        GraphOp.Broadcast => x.Length == 1 && arg is Arg.Shaped s && Shape.Broadcast(x[0].Shape, s.Shape) == s.Shape ? [new(x[0].Type, s.Shape)] : throw Bad(op, x),
        GraphOp.Transpose => MovementRules.Transpose(x, (Arg.Permutation)arg!),
        GraphOp.Slice => MovementRules.Slice(x, (Arg.Slice)arg!),
        GraphOp.Pad => MovementRules.Pad(x, (Arg.Pad)arg!),
        GraphOp.Concat => MovementRules.Concat(x, ((Arg.Along)arg!).Axis),
        GraphOp.ReduceSum or GraphOp.ReduceProd or GraphOp.ReduceMax or GraphOp.ReduceMin => [new(x[0].Type, Reduced(x[0].Shape, ((Arg.Reduce)arg!).Axes, ((Arg.Reduce)arg).KeepDims))],
        GraphOp.ArgMax or GraphOp.ArgMin => [new(DType.Int64, Reduced(x[0].Shape, [((Arg.ArgReduce)arg!).Axis], ((Arg.ArgReduce)arg).KeepDims))],
        GraphOp.CumSum => Same(op, x, t => t.IsFloat() || t.IsInteger()),
        GraphOp.MatMul => ContractionRules.MatMul(x),
        GraphOp.Conv => ContractionRules.Conv(x, (Arg.Conv)arg!),
        GraphOp.ConvTranspose => ContractionRules.ConvTranspose(x, (Arg.ConvTranspose)arg!),
        GraphOp.Gather => IndexRules.Gather(x, ((Arg.Along)arg!).Axis),
        GraphOp.GatherElements => x[0].Shape.Rank == x[1].Shape.Rank ? [new(x[0].Type, x[1].Shape)] : throw Bad(op, x),
        GraphOp.GatherNd => IndexRules.GatherNd(x, ((Arg.Along)arg!).Axis),
        GraphOp.ScatterElements => x[1].Shape == x[2].Shape && x[0].Type == x[2].Type && x[0].Shape.Rank == x[1].Shape.Rank ? [x[0].Outputs[0]] : throw Bad(op, x),
        GraphOp.ScatterNd => IndexRules.ScatterNd(x),
        GraphOp.TopK => IndexRules.TopK(x, (Arg.TopK)arg!),
        GraphOp.Softmax or GraphOp.LogSoftmax or GraphOp.Norm => Same(op, x, DTypes.IsFloat),
        GraphOp.Attention => CompositeRules.Attention(x),
        GraphOp.Rnn => CompositeRules.Rnn(x, (Arg.Rnn)arg!),
        GraphOp.Pool => CompositeRules.Pool(x, (Arg.Pool)arg!),
        GraphOp.Resample => [new(x[0].Type, x[0].Shape.With(((Arg.Along)arg!).Axis, x[1].Shape[0]))],
        GraphOp.Fft => CompositeRules.Fft(x, (Arg.Fft)arg!),
        GraphOp.Host => ((Arg.Host)arg!).Function.Outputs,
        GraphOp.Part => [x[0].Outputs[((Arg.Part)arg!).Index]],
    };

    internal static TesseraException Bad(GraphOp op, ReadOnlySpan<Node> x, string? why = null)
    {
        string operands = string.Join(", ", x.ToArray().Select(n => n.Outputs[0].ToString()));
        return new(ErrorCode.ShapeMismatch, $"{op} does not take ({operands}){(why is null ? "" : $": {why}")}.");
    }

    internal static Shape Reduced(Shape shape, Ints axes, bool keep)
    {
        List<long> e = [];
        for (int i = 0; i < shape.Rank; i++)
            if (!axes.Contains(i)) e.Add(shape[i]);
            else if (keep) e.Add(1);
        return Shape.Of([.. e]);
    }

    private static ImmutableArray<TensorType> Same(GraphOp op, ReadOnlySpan<Node> x, Func<DType, bool> allowed) =>
        x.Length == 1 && allowed(x[0].Type) ? [x[0].Outputs[0]] : throw Bad(op, x, "element type or number of operands");

    private static ImmutableArray<TensorType> Elementwise(GraphOp op, ReadOnlySpan<Node> x, Func<DType, bool> allowed) =>
        x.Length == 2 && x[0].Type == x[1].Type && allowed(x[0].Type) ? [new(x[0].Type, Shape.Broadcast(x[0].Shape, x[1].Shape))]
        : throw new TesseraException(ErrorCode.TypeMismatch, $"{op} takes two operands of one fitting type, not ({string.Join(", ", x.ToArray().Select(n => n.Outputs[0].ToString()))}).");
}
