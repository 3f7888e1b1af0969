using System.Numerics;
using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Matrix products of doubles and integers (which wrap): a packed panel of B, two vectors wide, against rows of A in any order.</summary>
internal static unsafe class Gemm<T>
{
    /// <summary>Columns of a packed panel.</summary>
    public static int Columns => 2 * Vector<T>.Count;

    /// <summary>One panel of B: for each k <see cref="Columns"/> elements, zeros after the first <paramref name="columns"/>.</summary>
    public static void Pack(T* b, long columnStep, long kStep, int columns, long k, T* to)
    {
        for (; k > 0; k--, b += kStep, to += Columns)
        {
            for (int j = 0; j < columns; j++) to[j] = b[j * columnStep];
            for (int j = columns; j < Columns; j++) to[j] = default!;
        }
    }

    /// <summary>C[rows, columns] = A · panel, or C + A · panel.</summary>
    public static void Panel(long rows, int columns, long k, T* a, long rowStep, long kStep, T* b, T* c, long ldc, bool add)
    {
        byte* room = stackalloc byte[4 * Columns * sizeof(T)];
        T* tile = (T*)room;
        for (long i = 0; i < rows; i += 4, a += 4 * rowStep, c += 4 * ldc)
        {
            int m = (int)Math.Min(4, rows - i);
            // Rows that do not exist repeat the last one that does; their results are dropped.
            Four(k, a, a + Math.Min(1, m - 1) * rowStep, a + Math.Min(2, m - 1) * rowStep, a + (m - 1) * rowStep, kStep, b, tile);
            for (int r = 0; r < m; r++) Put(tile + r * Columns, c + r * ldc, columns, add);
        }
    }

    private static void Put(T* tile, T* c, int columns, bool add)
    {
        if (!add) new ReadOnlySpan<T>(tile, columns).CopyTo(new Span<T>(c, columns));
        else for (int j = 0; j < columns; j++) c[j] += (Scalar<T>)tile[j];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(long k, T* a0, T* a1, T* a2, T* a3, long kStep, T* b, T* tile)
    {
        Vector<T> x0 = default, x1 = default, x2 = default, x3 = default, y0 = default, y1 = default, y2 = default, y3 = default;
        int lanes = Vector<T>.Count;
        for (long p = 0, at = 0; p < k; p++, at += kStep, b += 2 * lanes)
        {
            Vector<T> u = Vector.Load(b), v = Vector.Load(b + lanes);
            Vector<T> s = Vector.Create(a0[at]);
            x0 = Add(s, u, x0);
            y0 = Add(s, v, y0);
            s = Vector.Create(a1[at]);
            x1 = Add(s, u, x1);
            y1 = Add(s, v, y1);
            s = Vector.Create(a2[at]);
            x2 = Add(s, u, x2);
            y2 = Add(s, v, y2);
            s = Vector.Create(a3[at]);
            x3 = Add(s, u, x3);
            y3 = Add(s, v, y3);
        }
        x0.Store(tile);
        y0.Store(tile + lanes);
        x1.Store(tile + 2 * lanes);
        y1.Store(tile + 3 * lanes);
        x2.Store(tile + 4 * lanes);
        y2.Store(tile + 5 * lanes);
        x3.Store(tile + 6 * lanes);
        y3.Store(tile + 7 * lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Add(Vector<T> a, Vector<T> b, Vector<T> c) => typeof(T) == typeof(double)
        ? Vector.MultiplyAddEstimate(a.As<T, double>(), b.As<T, double>(), c.As<T, double>()).As<double, T>() : a * b + c;
}

/// <summary>Batched product of doubles or integers.</summary>
internal sealed unsafe class MatMulStep<T> : Step
{
    private readonly MatMulPlan _p;
    private readonly long _panels;
    private readonly long _rowsPerPart;
    private readonly long _rowParts;
    private readonly Scratch _packed;

    public MatMulStep(StepBuilder b, MatMulPlan p, Operand[] x, Operand y)
        : base($"matmul {y.Type}", x, [y], 2 * p.M * p.N * p.K * p.Batch, $"{(p.Batch > 1 ? p.Batch + " × " : "")}{p.M}×{p.K}·{p.K}×{p.N}, tiles 4×{Gemm<T>.Columns}")
    {
        _p = p;
        _panels = (p.N + Gemm<T>.Columns - 1) / Gemm<T>.Columns;
        // B is packed once per part, so parts have many rows unless workers would have nothing to do.
        _rowParts = Math.Clamp(4 * b.Workers / (p.Batch * _panels), 1, (p.M + 15) / 16);
        _rowsPerPart = (p.M + _rowParts - 1) / _rowParts;
        _packed = b.Scratch(p.K * Gemm<T>.Columns * sizeof(T));
    }

    public override bool TakesEpilogue => true;

    public override void Run(RunContext c)
    {
        int parts = checked((int)(_p.Batch * _panels * _rowParts));
        if (c.Workers(Flops * 0.1) > 1) c.Fork(this, 0, parts);
        else for (int i = 0; i < parts; i++) Part(c, 0, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        (long rest, long mi) = Math.DivRem(part, _rowParts);
        (long batch, long panel) = Math.DivRem(rest, _panels);
        long m0 = mi * _rowsPerPart, m = Math.Min(_rowsPerPart, _p.M - m0), n0 = panel * Gemm<T>.Columns;
        if (m <= 0) return;
        int n = (int)Math.Min(Gemm<T>.Columns, _p.N - n0);
        T* packed = c.Ptr<T>(_packed, worker), a = c.Ptr<T>(Reads[0]) + _p.A[batch] + m0 * _p.RowA;
        long start = (batch * _p.M + m0) * _p.N + n0;
        Gemm<T>.Pack(c.Ptr<T>(Reads[1]) + _p.B[batch] + n0 * _p.ColumnB, _p.ColumnB, _p.KB, n, _p.K, packed);
        Gemm<T>.Panel(m, n, _p.K, a, _p.RowA, _p.KA, packed, c.Ptr<T>(Writes[0]) + start, _p.N, false);
        if (Epilogue is not null) for (long r = 0; r < m; r++) Finish(c, start + r * _p.N, n, worker);
    }
}
