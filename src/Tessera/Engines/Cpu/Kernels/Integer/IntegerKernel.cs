using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Makes the step of an 8-bit product.</summary>
internal static class IntegerKernel
{
    public static Operand Build(StepBuilder b, IntegerFusion f, Func<Node, Operand> value)
    {
        Operand a = value(f.Operands.A.Values), w = value(f.Operands.B.Values), y = b.Temporary(f.Result.Type, f.Result.Shape);
        Operand? zeroA = Vector(b, f.Operands.A.Zero, value), zeroB = Vector(b, f.Operands.B.Zero, value);
        IntegerOutput output = Output(b, f, value);
        Step step = f.Product.Op == GraphOp.Conv ? Convolution(b, Geometry(f.Product), b.Contiguous(a), w, zeroA, f.Operands.B.Shift, output, y)
            : new IntegerMatMulStep(b, MatMulKernel.Plan(a, w, y.Shape), a, w, zeroA, zeroB, f.Operands.B.Shift, output, y);
        b.Add(step, f.Nodes);
        return y;
    }

    private static Step Convolution(StepBuilder b, ConvGeometry g, Operand x, Operand w, Operand? zero, int shift, IntegerOutput output, Operand y) =>
        g.Channels == 1 ? new IntegerPlaneStep(b, g, x, w, zero, output, y)
        : IntegerWinogradPlan.Of(g, () => IntegerWinogradStep.LargestSum(b, g, w), b.Workers) is { } p ? new IntegerWinogradStep(b, g, p, x, w, zero, output, y)
        : new IntegerConvStep(b, g, x, w, zero, shift, output, y);

    /// <summary>Whether there is a kernel for an 8-bit product: only absurdly large convolutions have none.</summary>
    public static bool Takes(Node product) => product.Op != GraphOp.Conv || (Geometry(product) is var g && g.Channels == 1 ? IntegerPlaneStep.Takes(g) : IntegerConvStep.Takes(g));

    private static ConvGeometry Geometry(Node product)
    {
        ConvGeometry g = ConvGeometry.Of((Arg.Conv)product.Arg!, product.In[0].Shape, product.In[1].Shape, product.Shape);
        return g.Channels == 1 ? g : IntegerConvStep.Flat(g.WithoutUnits());
    }

    private static Operand? Vector(StepBuilder b, Node? n, Func<Node, Operand> value) => n is null ? null : b.Contiguous(value(n));

    private static IntegerOutput Output(StepBuilder b, IntegerFusion f, Func<Node, Operand> value)
    {
        if (f.Result == f.Product) return IntegerOutput.Sums;
        if (f.Quantized is { } q) return Quantized(b, f, q);
        return new(DType.Float32, f.Scale is null ? new(Number(b, 1), false, false) : Factor(b, f, f.Scale, value), f.Bias is null ? null : Factor(b, f, f.Bias, value), 0, 0, 0);
    }

    /// <summary>(sum · scale + bias) ÷ step as sum · (scale ÷ step) + bias ÷ step: the quotients are rounded once more, which moves a result to the neighbouring step only where it lies on the edge.</summary>
    private static IntegerOutput Quantized(StepBuilder b, IntegerFusion f, OutputQuantization q)
    {
        OutputOperand scale = f.Scale is null ? new(Number(b, (float)(1 / q.Scale)), false, false) : Divided(b, f, f.Scale, q.Scale);
        OutputOperand? bias = f.Bias is null ? null : Divided(b, f, f.Bias, q.Scale);
        double low = Math.Max(q.Low - q.Zero, q.Floor / q.Scale), high = Math.Min(q.High - q.Zero, q.Ceiling / q.Scale);
        return new(f.Result.Type, scale, bias, (float)low, (float)Math.Max(low, high), (int)q.Zero);
    }

    private static OutputOperand Factor(StepBuilder b, IntegerFusion f, Node factor, Func<Node, Operand> value)
    {
        int? axis = IntegerFusions.Axis(f.Product, factor);
        return new(b.Contiguous(value(factor)), axis == 1, axis == 2);
    }

    private static unsafe OutputOperand Divided(StepBuilder b, IntegerFusion f, Node factor, double by)
    {
        double[] values = Scalars.ToFloat64(factor.Constant!);
        nint to = b.Own(sizeof(float) * values.Length);
        for (int i = 0; i < values.Length; i++) ((float*)to)[i] = (float)(values[i] / by);
        int? axis = IntegerFusions.Axis(f.Product, factor);
        return new(b.Constant(DType.Float32, Shape.Of(values.Length), to), axis == 1, axis == 2);
    }

    private static unsafe Operand Number(StepBuilder b, float value)
    {
        nint to = b.Own(sizeof(float));
        *(float*)to = value;
        return b.Constant(DType.Float32, Shape.Scalar, to);
    }
}
