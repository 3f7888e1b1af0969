using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Chooses how a batched matrix product runs.</summary>
internal static class MatMulKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        if (y[0].Count == 0) return;
        b.Add(Step(b, Plan(x[0], x[1], y[0].Shape), x, y[0]), n);
    }

    private static Step Step(StepBuilder b, MatMulPlan p, Operand[] x, Operand y)
    {
        if (y.Type == DType.Float32) return p.N == 1 && p.KA == 1 || p.M == 1 && p.KB == 1 ? new DotStep(p, x, y) : new MatMulStep(b, p, x, y);
        return y.Type switch
        {
            DType.Float64 => new MatMulStep<double>(b, p, x, y),
            DType.Int64 => new MatMulStep<long>(b, p, x, y),
            DType.UInt64 => new MatMulStep<ulong>(b, p, x, y),
            DType.Int32 => new MatMulStep<int>(b, p, x, y),
            DType.UInt32 => new MatMulStep<uint>(b, p, x, y),
            DType.Int16 => new MatMulStep<short>(b, p, x, y),
            DType.UInt16 => new MatMulStep<ushort>(b, p, x, y),
            DType.Int8 => new MatMulStep<sbyte>(b, p, x, y),
            DType.UInt8 => new MatMulStep<byte>(b, p, x, y),
            _ => throw new TesseraException(ErrorCode.Unsupported, $"The CPU engine multiplies no matrices of {y.Type}; cast the operands of MatMul {x[0].Shape} · {x[1].Shape} to Float32 first."),
        };
    }

    /// <summary>Offsets per batch and strides; the batches of A become rows where B is the same for all and A's rows go on evenly.</summary>
    public static MatMulPlan Plan(Operand a, Operand b, Shape y)
    {
        int batchAxes = y.Rank - 2;
        long m = y[-2], n = y[-1], k = a.Shape[-1];
        long[] offsetsA = Offsets(a, y, batchAxes), offsetsB = Offsets(b, y, batchAxes);
        long rowA = a.Strides[a.Shape.Rank - 2], kA = a.Strides[a.Shape.Rank - 1], kB = b.Strides[b.Shape.Rank - 2], columnB = b.Strides[b.Shape.Rank - 1];
        // A matrix of one row, or of one term, may claim any stride.
        if (m == 1) rowA = offsetsA.Length > 1 ? offsetsA[1] - offsetsA[0] : kA * k;
        if (k == 1) kA = kB = 1;
        if (n == 1) columnB = 1;
        bool merges = offsetsA.Length > 1;
        for (int i = 0; i < offsetsA.Length && merges; i++) merges = offsetsB[i] == offsetsB[0] && offsetsA[i] == offsetsA[0] + i * m * rowA;
        return merges ? new(m * offsetsA.Length, n, k, [offsetsA[0]], [offsetsB[0]], rowA, kA, kB, columnB) : new(m, n, k, offsetsA, offsetsB, rowA, kA, kB, columnB);
    }

    private static long[] Offsets(Operand x, Shape y, int batchAxes)
    {
        long[] offsets = new long[y.CountOf(0, batchAxes)];
        int shift = batchAxes - (x.Shape.Rank - 2);
        for (long i = 0; i < offsets.Length; i++)
        {
            long rest = i;
            for (int axis = batchAxes - 1; axis >= 0; axis--)
            {
                (rest, long at) = Math.DivRem(rest, y[axis]);
                if (axis >= shift && x.Shape[axis - shift] != 1) offsets[i] += at * x.Strides[axis - shift];
            }
        }
        return offsets;
    }
}
