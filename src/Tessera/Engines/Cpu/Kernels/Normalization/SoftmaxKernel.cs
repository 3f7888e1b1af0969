using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Softmax and LogSoftmax of Float32 and Float64.</summary>
internal static class SoftmaxKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        if (y[0].Count == 0) return;
        int axis = ((Arg.Along)n.Arg!).Axis;
        bool log = n.Op == GraphOp.LogSoftmax;
        Operand data = b.Contiguous(x[0]);
        AxisLayout l = AxisLayout.Of(y[0].Shape, axis, axis);
        b.Add(y[0].Type switch
        {
            DType.Float32 => new SoftmaxStep<float>(b, l, log, data, y[0]),
            DType.Float64 => new SoftmaxStep<double>(b, l, log, data, y[0]),
            _ => throw new TesseraException(ErrorCode.Unsupported, $"The CPU engine has no {n.Op} of {y[0].Type}; cast {x[0].Shape} to Float32 first."),
        }, n);
    }
}
