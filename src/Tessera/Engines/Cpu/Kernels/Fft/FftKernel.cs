using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Fourier transforms of Float32 and Float64.</summary>
internal static class FftKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        if (y[0].Count == 0) return;
        Arg.Fft a = (Arg.Fft)n.Arg!;
        Operand data = b.Contiguous(x[0]);
        b.Add(y[0].Type switch
        {
            DType.Float32 => new FftStep<float>(b, a.Axis, a.Inverse, data, y[0]),
            DType.Float64 => new FftStep<double>(b, a.Axis, a.Inverse, data, y[0]),
            _ => throw new TesseraException(ErrorCode.Unsupported, $"The CPU engine transforms no {y[0].Type}; cast {x[0].Shape} to Float32 first."),
        }, n);
    }
}
