using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Chooses how a transposed convolution runs.</summary>
internal static class ConvTransposeKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        if (y[0].Count == 0) return;
        Arg.ConvTranspose c = (Arg.ConvTranspose)n.Arg!;
        Shape s = x[0].Shape, w = x[1].Shape;
        ConvGeometry g = new()
        {
            Batch = s[0], Groups = c.Group, Channels = s[1] / c.Group, Filters = w[1], In = s.Span[2..].ToArray(), Out = c.Out.Span.ToArray(), Kernel = w.Span[2..].ToArray(),
            Strides = c.Strides.Span.ToArray(), Dilations = c.Dilations.Span.ToArray(), Before = c.Before.Span.ToArray(),
        };
        Operand data = b.Contiguous(x[0]), weights = b.Contiguous(x[1]);
        Step step = y[0].Type switch
        {
            DType.Float32 => new TransposedConvStep(b, g, data, weights, y[0]),
            DType.Float64 => new TransposedConvStep<double>(b, g, data, weights, y[0]),
            DType.Int64 => new TransposedConvStep<long>(b, g, data, weights, y[0]),
            DType.Int32 => new TransposedConvStep<int>(b, g, data, weights, y[0]),
            _ => throw new TesseraException(ErrorCode.Unsupported, $"The CPU engine convolves no {y[0].Type}; cast the operands of ConvTranspose {s} with {w} to Float32 first."),
        };
        b.Add(step, n);
    }
}
