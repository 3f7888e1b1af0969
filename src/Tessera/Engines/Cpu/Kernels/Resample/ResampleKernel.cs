using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Resampling of Float32 and Float64 along one axis.</summary>
internal static class ResampleKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        if (y[0].Count == 0) return;
        AxisLayout l = AxisLayout.Of(x[0].Shape, ((Arg.Along)n.Arg!).Axis, ((Arg.Along)n.Arg).Axis);
        Operand[] operands = [b.Contiguous(x[0]), b.Contiguous(x[1]), b.Contiguous(x[2])];
        b.Add(y[0].Type switch
        {
            DType.Float32 => new ResampleStep<float>(b, l, operands, y[0]),
            DType.Float64 => new ResampleStep<double>(b, l, operands, y[0]),
            _ => throw new TesseraException(ErrorCode.Unsupported, $"The CPU engine resamples no {y[0].Type}; cast {x[0].Shape} to Float32 first."),
        }, n);
    }
}
