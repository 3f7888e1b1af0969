using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Attention of Float32 and Float64.</summary>
internal static class AttentionKernel
{
    /// <summary>Up to this many query rows per packed key, packing costs more than it saves.</summary>
    private const long FewQueries = 4;

    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        if (y[0].Count == 0) return;
        // Query rows are read in place, which needs their elements side by side.
        Operand[] operands = [x[0].Strides[3] == 1 || x[0].Shape[3] == 1 ? x[0] : b.Contiguous(x[0]), .. x.AsSpan(1)];
        AttentionPlan p = new((Arg.Attention)n.Arg!, operands);
        b.Add(y[0].Type switch
        {
            DType.Float32 => p.Queries * (p.Heads / p.Groups) <= FewQueries ? new AttentionStep<float>(b, p, operands, y[0]) : new AttentionStep(b, p, operands, y[0]),
            DType.Float64 => new AttentionStep<double>(b, p, operands, y[0]),
            _ => throw new TesseraException(ErrorCode.Unsupported, $"The CPU engine has no attention of {y[0].Type}; cast {x[0].Shape} to Float32 first."),
        }, n);
    }
}
