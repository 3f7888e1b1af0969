using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Chooses how a convolution runs.</summary>
internal static class ConvKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        if (y[0].Count == 0) return;
        ConvGeometry g = ConvGeometry.Of((Arg.Conv)n.Arg!, x[0].Shape, x[1].Shape, y[0].Shape).WithoutUnits();
        Operand data = b.Contiguous(x[0]), weights = b.Contiguous(x[1]);
        Step step = y[0].Type switch
        {
            DType.Float32 => PlaneBands.Takes(g) ? new PlaneStep(b, g, data, weights, y[0]) : g is { Channels: 1, Filters: <= 4, Taps: <= 4096 } ? new DepthwiseStep(b, g, data, weights, y[0]) : Dense(b, g, data, weights, y[0], ((Arg.Conv)n.Arg!).Exact),
            DType.Float64 => new ConvStep<double>(b, g, data, weights, y[0]),
            DType.Int64 => new ConvStep<long>(b, g, data, weights, y[0]),
            DType.UInt64 => new ConvStep<ulong>(b, g, data, weights, y[0]),
            DType.Int32 => new ConvStep<int>(b, g, data, weights, y[0]),
            DType.UInt32 => new ConvStep<uint>(b, g, data, weights, y[0]),
            _ => throw new TesseraException(ErrorCode.Unsupported, $"The CPU engine convolves no {y[0].Type}; cast the operands of Conv {x[0].Shape} with {x[1].Shape} to Float32 first."),
        };
        b.Add(step, n);
    }

    /// <param name="exact">Only plain sums of products will do.</param>
    private static Step Dense(StepBuilder b, ConvGeometry g, Operand x, Operand w, Operand y, bool exact)
    {
        if (!b.IsKnown(w)) return new ConvStep(b, g, x, w, y);
        if (!exact && WinogradPlan.Of(g, Sgemm.Lanes, b.Workers) is { } p) return p.Size == 2 ? new WinogradStep<Winograd2>(b, g, p, x, w, y) : new WinogradStep<Winograd4>(b, g, p, x, w, y);
        return FewPixelsStep.Takes(g) ? new FewPixelsStep(b, g, x, w, y) : new ConvStep(b, g, x, w, y);
    }
}
