using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>The meaning of every graph primitive.</summary>
internal static class Interpreter
{
    /// <summary>All outputs of a node from its operands; Float32 results keep float64 precision.</summary>
    public static Cells[] Evaluate(Node n, IReadOnlyList<Cells> x)
    {
        Cells[] y = n.Op switch
        {
            GraphOp.TopK => Reductions.TopK(x[0], (Arg.TopK)n.Arg!, n.Shape),
            GraphOp.Pool => Pooling.Pool(x[0], (Arg.Pool)n.Arg!, n.Shape),
            GraphOp.Rnn => Recurrence.Run(x, (Arg.Rnn)n.Arg!, n),
            GraphOp.Host => Hosting.Run(((Arg.Host)n.Arg!).Function, x, n),
            _ => [One(n, x)],
        };
        foreach (Cells c in y) Rounding.Stored(c);
        return y;
    }

    private static Cells One(Node n, IReadOnlyList<Cells> x) => n.Op switch
    {
        GraphOp.Input or GraphOp.Part or GraphOp.TopK or GraphOp.Pool or GraphOp.Rnn or GraphOp.Host => throw new TesseraException(ErrorCode.Internal, $"{n.Op} is resolved elsewhere."),
        GraphOp.Const => CellsIo.Read(n.Constant!),
        GraphOp.Random => Draws.Random((Arg.Random)n.Arg!),
        GraphOp.Neg => UnaryOps.Neg(x[0]),
        GraphOp.Abs => UnaryOps.Abs(x[0]),
        GraphOp.Sign => UnaryOps.Sign(x[0]),
        GraphOp.Floor => UnaryOps.Floats(Rounding.Decided(x[0]), Math.Floor),
        GraphOp.Ceil => UnaryOps.Floats(Rounding.Decided(x[0]), Math.Ceiling),
        GraphOp.Round => UnaryOps.Floats(Rounding.Decided(x[0]), v => Math.Round(v, MidpointRounding.ToEven)),
        GraphOp.Sqrt => UnaryOps.Floats(x[0], Math.Sqrt),
        GraphOp.Exp => UnaryOps.Floats(x[0], Math.Exp),
        GraphOp.Log => UnaryOps.Floats(x[0], Math.Log),
        GraphOp.Sin => UnaryOps.Floats(x[0], Math.Sin),
        GraphOp.Cos => UnaryOps.Floats(x[0], Math.Cos),
        GraphOp.Tan => UnaryOps.Floats(x[0], Math.Tan),
        GraphOp.Asin => UnaryOps.Floats(x[0], Math.Asin),
        GraphOp.Acos => UnaryOps.Floats(x[0], Math.Acos),
        GraphOp.Atan => UnaryOps.Floats(x[0], Math.Atan),
        GraphOp.Sinh => UnaryOps.Floats(x[0], Math.Sinh),
        GraphOp.Cosh => UnaryOps.Floats(x[0], Math.Cosh),
        GraphOp.Tanh => UnaryOps.Floats(x[0], Math.Tanh),
        GraphOp.Asinh => UnaryOps.Floats(x[0], Math.Asinh),
        GraphOp.Acosh => UnaryOps.Floats(x[0], Math.Acosh),
        GraphOp.Atanh => UnaryOps.Floats(x[0], Math.Atanh),
        GraphOp.Erf => UnaryOps.Floats(x[0], ErrorFunction.Of),
        GraphOp.Sigmoid => UnaryOps.Floats(x[0], UnaryOps.Sigmoid),
        GraphOp.Not => UnaryOps.Not(x[0]),
        GraphOp.IsNaN => UnaryOps.Test(x[0], double.IsNaN),
        GraphOp.IsInf => UnaryOps.IsInf(x[0], (Arg.Infinity)n.Arg!),
        GraphOp.Cast => Casts.To(x[0], ((Arg.To)n.Arg!).Type, ((Arg.To)n.Arg).Saturate),
        GraphOp.Add => BinaryOps.Numbers(x[0], x[1], (a, b) => a + b, (a, b) => a + b),
        GraphOp.Sub => BinaryOps.Numbers(x[0], x[1], (a, b) => a - b, (a, b) => a - b),
        GraphOp.Mul => BinaryOps.Numbers(x[0], x[1], (a, b) => a * b, (a, b) => a * b),
        GraphOp.Div => BinaryOps.Numbers(x[0], x[1], (a, b) => a / b, Arithmetic.Div, Arithmetic.Div),
        GraphOp.Mod => BinaryOps.Numbers(Rounding.Decided(x[0]), Rounding.Decided(x[1]), Arithmetic.Mod, Arithmetic.Mod, Arithmetic.Rem),
        GraphOp.Rem => BinaryOps.Numbers(Rounding.Decided(x[0]), Rounding.Decided(x[1]), (a, b) => a % b, Arithmetic.Rem, Arithmetic.Rem),
        GraphOp.Pow => BinaryOps.Numbers(x[0], x[1], Math.Pow, Arithmetic.Pow, Arithmetic.Pow),
        GraphOp.Min => BinaryOps.Numbers(x[0], x[1], Math.Min, Math.Min, Math.Min),
        GraphOp.Max => BinaryOps.Numbers(x[0], x[1], Math.Max, Math.Max, Math.Max),
        GraphOp.And => BinaryOps.Bits(x[0], x[1], (a, b) => a & b),
        GraphOp.Or => BinaryOps.Bits(x[0], x[1], (a, b) => a | b),
        GraphOp.Xor => BinaryOps.Bits(x[0], x[1], (a, b) => a ^ b),
        GraphOp.Shl => BinaryOps.Bits(x[0], x[1], (a, b) => Arithmetic.Shl(n.Type, a, b)),
        GraphOp.Shr => BinaryOps.Bits(x[0], x[1], (a, b) => Arithmetic.Shr(n.Type, a, b)),
        GraphOp.Eq => BinaryOps.Compare(x[0], x[1], (a, b) => a == b, (a, b) => a == b, (a, b) => a == b, (a, b) => a == b),
        GraphOp.Lt => BinaryOps.Compare(x[0], x[1], (a, b) => a < b, (a, b) => a < b, (a, b) => a < b, (a, b) => string.CompareOrdinal(a, b) < 0),
        GraphOp.Le => BinaryOps.Compare(x[0], x[1], (a, b) => a <= b, (a, b) => a <= b, (a, b) => a <= b, (a, b) => string.CompareOrdinal(a, b) <= 0),
        GraphOp.Where => BinaryOps.Where(x[0], x[1], x[2]),
        GraphOp.Reshape => x[0].Reshaped(n.Shape),
        GraphOp.Transpose => Movement.Transpose(x[0], (Arg.Permutation)n.Arg!, n.Shape),
        GraphOp.Broadcast => Movement.Broadcast(x[0], n.Shape),
        GraphOp.Slice => Movement.Slice(x[0], (Arg.Slice)n.Arg!, n.Shape),
        GraphOp.Pad => Movement.Pad(x[0], x[1], (Arg.Pad)n.Arg!, n.Shape),
        GraphOp.Concat => Movement.Concat(x, ((Arg.Along)n.Arg!).Axis, n.Shape),
        GraphOp.ReduceSum => Reductions.Reduce(x[0], (Arg.Reduce)n.Arg!, n.Shape, 0, (a, b) => a + b, 0, (a, b) => a + b),
        GraphOp.ReduceProd => Reductions.Reduce(x[0], (Arg.Reduce)n.Arg!, n.Shape, 1, (a, b) => a * b, 1, (a, b) => a * b),
        GraphOp.ReduceMax => Reductions.Reduce(x[0], (Arg.Reduce)n.Arg!, n.Shape, double.NegativeInfinity, Math.Max, Reductions.Least(n.Type), Math.Max, Math.Max),
        GraphOp.ReduceMin => Reductions.Reduce(x[0], (Arg.Reduce)n.Arg!, n.Shape, double.PositiveInfinity, Math.Min, Reductions.Greatest(n.Type), Math.Min, Math.Min),
        GraphOp.ArgMax => Reductions.ArgBest(x[0], (Arg.ArgReduce)n.Arg!, n.Shape, smallest: false),
        GraphOp.ArgMin => Reductions.ArgBest(x[0], (Arg.ArgReduce)n.Arg!, n.Shape, smallest: true),
        GraphOp.CumSum => Reductions.CumSum(x[0], (Arg.Scan)n.Arg!),
        GraphOp.MatMul => Contractions.MatMul(x[0], x[1], n.Shape),
        GraphOp.Conv => Convolutions.Conv(x[0], x[1], (Arg.Conv)n.Arg!, n.Shape),
        GraphOp.ConvTranspose => Convolutions.ConvTranspose(x[0], x[1], (Arg.ConvTranspose)n.Arg!, n.Shape),
        GraphOp.Gather => Indexing.Gather(x[0], x[1], ((Arg.Along)n.Arg!).Axis, n.Shape),
        GraphOp.GatherElements => Indexing.GatherElements(x[0], x[1], ((Arg.Along)n.Arg!).Axis, n.Shape),
        GraphOp.GatherNd => Indexing.GatherNd(x[0], x[1], ((Arg.Along)n.Arg!).Axis, n.Shape),
        GraphOp.ScatterElements => Indexing.ScatterElements(x[0], x[1], x[2], (Arg.Scatter)n.Arg!),
        GraphOp.ScatterNd => Indexing.ScatterNd(x[0], x[1], x[2], (Arg.Scatter)n.Arg!),
        GraphOp.Softmax => Normalizations.Softmax(x[0], ((Arg.Along)n.Arg!).Axis, log: false),
        GraphOp.LogSoftmax => Normalizations.Softmax(x[0], ((Arg.Along)n.Arg!).Axis, log: true),
        GraphOp.Norm => Normalizations.Norm(x[0], (Arg.Norm)n.Arg!),
        GraphOp.Attention => AttentionScores.Attention(x[0], x[1], x[2], x.Count > 3 ? x[3] : null, (Arg.Attention)n.Arg!, n.Shape),
        GraphOp.Resample => Resampling.Resample(x[0], x[1], x[2], ((Arg.Along)n.Arg!).Axis, n.Shape),
        GraphOp.Fft => Fourier.Transform(x[0], (Arg.Fft)n.Arg!, n.Shape),
    };
}
