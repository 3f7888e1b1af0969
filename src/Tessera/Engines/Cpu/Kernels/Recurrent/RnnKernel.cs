using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>RNN, GRU and LSTM of Float32 and Float64.</summary>
internal static class RnnKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        Arg.Rnn a = (Arg.Rnn)n.Arg!;
        if (y[1].Count == 0) return;
        Operand[] operands = [.. x.Select(b.Contiguous)];
        b.Add(y[0].Type switch
        {
            DType.Float32 => new RnnStep<float>(b, a, operands, y),
            DType.Float64 => new RnnStep<double>(b, a, operands, y),
            _ => throw new TesseraException(ErrorCode.Unsupported, $"The CPU engine has no {a.Kind} of {y[0].Type}; cast {x[0].Shape} to Float32 first."),
        }, n);
    }
}
