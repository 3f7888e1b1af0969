using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Chooses how a pooling runs.</summary>
internal static class PoolKernel
{
    /// <summary>Windows of more taps than this, other than the whole plane, are pooled element by element.</summary>
    private const long MostTaps = 4096;

    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        if (y[0].Count == 0) return;
        Arg.Pool p = (Arg.Pool)n.Arg!;
        Shape s = x[0].Shape;
        ConvGeometry g = new()
        {
            Batch = s[0] * s[1], Groups = 1, Channels = 1, Filters = 1, In = s.Span[2..].ToArray(), Out = p.Out.Span.ToArray(), Kernel = p.Kernel.Span.ToArray(),
            Strides = p.Strides.Span.ToArray(), Dilations = p.Dilations.Span.ToArray(), Before = p.Before.Span.ToArray(),
        };
        b.Add(Step(b, g, p, b.Contiguous(x[0]), y), n);
    }

    private static Step Step(StepBuilder b, ConvGeometry g, Arg.Pool p, Operand x, Operand[] y) => x.Type switch
    {
        DType.Float32 when !p.Indices => p.Kind switch
        {
            PoolKind.Max => Float32<MaxPool>(b, g, p, x, y),
            PoolKind.Average => Float32<AveragePool>(b, g, p, x, y),
            PoolKind.Lp => p.P == 1 ? Float32<AbsolutePool>(b, g, p, x, y) : p.P == 2 ? Float32<EuclideanPool>(b, g, p, x, y) : new PoolStepOf<float>(g, p, x, y),
        },
        DType.Float32 => new PoolStepOf<float>(g, p, x, y),
        DType.Int8 when p is { Kind: PoolKind.Max, Indices: false } && g.Taps <= MostTaps && g.Before[^1] >= 0 => new BytePoolStep<sbyte>(b, g, x, y[0]),
        DType.UInt8 when p is { Kind: PoolKind.Max, Indices: false } && g.Taps <= MostTaps && g.Before[^1] >= 0 => new BytePoolStep<byte>(b, g, x, y[0]),
        DType.Float64 => new PoolStepOf<double>(g, p, x, y),
        DType.Int8 => new PoolStepOf<sbyte>(g, p, x, y),
        DType.UInt8 => new PoolStepOf<byte>(g, p, x, y),
        DType.Int16 => new PoolStepOf<short>(g, p, x, y),
        DType.UInt16 => new PoolStepOf<ushort>(g, p, x, y),
        DType.Int32 => new PoolStepOf<int>(g, p, x, y),
        DType.UInt32 => new PoolStepOf<uint>(g, p, x, y),
        DType.Int64 => new PoolStepOf<long>(g, p, x, y),
        DType.UInt64 => new PoolStepOf<ulong>(g, p, x, y),
        _ => throw new TesseraException(ErrorCode.Unsupported, $"The CPU engine pools no {x.Type}; cast {x.Shape} to Float32 first."),
    };

    private static Step Float32<TOp>(StepBuilder b, ConvGeometry g, Arg.Pool p, Operand x, Operand[] y) where TOp : struct, IPoolOp =>
        g.OutSize == 1 && g.Kernel.AsSpan().SequenceEqual(g.In) && g.Before.All(v => v == 0) && p.After.All(v => v == 0) && g.Dilations.All(v => v == 1) ? new GlobalPoolStep<TOp>(g, p, x, y[0])
        : g.Taps <= MostTaps ? new PoolStep<TOp>(b, g, p, x, y[0]) : new PoolStepOf<float>(g, p, x, y);
}
