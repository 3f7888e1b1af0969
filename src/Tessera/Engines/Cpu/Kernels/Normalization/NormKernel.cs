using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Norm of Float32 and Float64 over any axes; axes apart from each other are brought together by a transpose.</summary>
internal static class NormKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        if (y[0].Count == 0) return;
        Arg.Norm a = (Arg.Norm)n.Arg!;
        int[] axes = [.. a.Axes.Select(v => (int)v).Order()];
        Shape s = y[0].Shape;
        if (Together(s, axes))
        {
            AxisLayout l = axes.Length == 0 ? new(s.Count, 1, 1) : AxisLayout.Of(s, axes[0], axes[^1]);
            b.Add(Step(b, l, a, b.Contiguous(x[0]), y[0]), n);
            return;
        }
        int[] order = [.. Enumerable.Range(0, s.Rank).Except(axes), .. axes];
        Shape turned = Shape.Of([.. order.Select(i => s[i])]);
        Operand data = b.Contiguous(new(x[0].Slot, x[0].Type, turned, new([.. order.Select(i => x[0].Strides[i])]), x[0].Offset));
        Operand result = b.Temporary(y[0].Type, turned);
        b.Add(Step(b, AxisLayout.Of(turned, s.Rank - axes.Length, s.Rank - 1), a, data, result), n);
        long[] back = new long[s.Rank];
        for (int i = 0; i < order.Length; i++) back[order[i]] = result.Strides[i];
        b.Add(Movement.CopyStep.Create(new(result.Slot, result.Type, s, new(back), result.Offset), y[0]), n);
    }

    /// <summary>Whether all axes between the first and the last one take part, or are of extent 1.</summary>
    private static bool Together(Shape s, int[] axes)
    {
        for (int i = 1; i < axes.Length; i++)
            for (int k = axes[i - 1] + 1; k < axes[i]; k++) if (s[k] != 1) return false;
        return true;
    }

    private static Step Step(StepBuilder b, AxisLayout l, Arg.Norm a, Operand x, Operand y) => y.Type switch
    {
        DType.Float32 => new NormStep<float>(b, l, a.Epsilon, a.Centered, x, y),
        DType.Float64 => new NormStep<double>(b, l, a.Epsilon, a.Centered, x, y),
        _ => throw new TesseraException(ErrorCode.Unsupported, $"The CPU engine normalises no {y.Type}; cast {x.Shape} to Float32 first."),
    };
}
