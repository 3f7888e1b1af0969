using Tessera.Engines.Cpu.Indexing;
using Tessera.Engines.Cpu.Kernels;
using Tessera.Engines.Cpu.Movement;
using Tessera.Engines.Cpu.Reduce;
using Tessera.Ir;

namespace Tessera.Engines.Cpu;

/// <summary>The kernels of every primitive that is no view and no elementwise operator.</summary>
internal static class KernelTable
{
    public static KernelFactory Factory(GraphOp op) => op switch
    {
        GraphOp.Random => RandomKernel.Build,
        GraphOp.Pad => PadKernel.Build,
        GraphOp.Concat => ConcatKernel.Build,
        GraphOp.ReduceSum or GraphOp.ReduceProd or GraphOp.ReduceMax or GraphOp.ReduceMin => ReduceKernel.Build,
        GraphOp.ArgMax or GraphOp.ArgMin => ArgReduceKernel.Build,
        GraphOp.CumSum => CumSumKernel.Build,
        GraphOp.Gather => GatherKernel.Build,
        GraphOp.GatherElements => GatherElementsKernel.Build,
        GraphOp.GatherNd => GatherNdKernel.Build,
        GraphOp.ScatterElements or GraphOp.ScatterNd => ScatterKernel.Build,
        GraphOp.TopK => TopKKernel.Build,
        GraphOp.Host => HostKernel.Build,
        GraphOp.MatMul => MatMulKernel.Build,
        GraphOp.Conv => ConvKernel.Build,
        GraphOp.ConvTranspose => ConvTransposeKernel.Build,
        GraphOp.Pool => PoolKernel.Build,
        GraphOp.Softmax or GraphOp.LogSoftmax => SoftmaxKernel.Build,
        GraphOp.Norm => NormKernel.Build,
        GraphOp.Attention => AttentionKernel.Build,
        GraphOp.Rnn => RnnKernel.Build,
        GraphOp.Resample => ResampleKernel.Build,
        GraphOp.Fft => FftKernel.Build,
        GraphOp.Input or GraphOp.Const or GraphOp.Part or GraphOp.Reshape or GraphOp.Transpose or GraphOp.Broadcast or GraphOp.Slice => throw NoKernel(op),
        GraphOp.Neg or GraphOp.Abs or GraphOp.Sign or GraphOp.Floor or GraphOp.Ceil or GraphOp.Round or GraphOp.Sqrt or GraphOp.Exp or GraphOp.Log
            or GraphOp.Sin or GraphOp.Cos or GraphOp.Tan or GraphOp.Asin or GraphOp.Acos or GraphOp.Atan or GraphOp.Sinh or GraphOp.Cosh or GraphOp.Tanh
            or GraphOp.Asinh or GraphOp.Acosh or GraphOp.Atanh or GraphOp.Erf or GraphOp.Sigmoid or GraphOp.Not or GraphOp.IsNaN or GraphOp.IsInf or GraphOp.Cast
            or GraphOp.Add or GraphOp.Sub or GraphOp.Mul or GraphOp.Div or GraphOp.Mod or GraphOp.Rem or GraphOp.Pow or GraphOp.Min or GraphOp.Max
            or GraphOp.And or GraphOp.Or or GraphOp.Xor or GraphOp.Shl or GraphOp.Shr or GraphOp.Eq or GraphOp.Lt or GraphOp.Le or GraphOp.Where => throw NoKernel(op),
    };

    /// <summary>Whether the kernel does arithmetic, so that 16-bit floats must be widened for it; others only move elements.</summary>
    public static bool ComputesFloats(Node n) => n.Op switch
    {
        GraphOp.Concat or GraphOp.Pad or GraphOp.Gather or GraphOp.GatherElements or GraphOp.GatherNd or GraphOp.Host => false,
        GraphOp.ScatterElements or GraphOp.ScatterNd => ((Arg.Scatter)n.Arg!).Reduction != ScatterReduction.None,
        _ => true,
    };

    /// <summary>Whether the result depends on which elements are equal, so that operands must be rounded to their type.</summary>
    public static bool Ranks(GraphOp op) => op is GraphOp.ArgMax or GraphOp.ArgMin or GraphOp.TopK;

    private static TesseraException NoKernel(GraphOp op) => new(ErrorCode.Internal, $"{op} is a view or an elementwise operator; the compiler handles it.");
}
