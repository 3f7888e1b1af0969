using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>One block of a Float32 matrix product: C[Rows, Cols] = A·B + From over K terms, all operands in cache.</summary>
internal unsafe struct GemmBlock
{
    public long Rows, Cols, K;

    /// <summary>Packed: panels of <see cref="Sgemm.Rows"/> rows, <see cref="AStep"/> apart, k outermost inside; the last panel holds only its rows. Direct: row-major rows, AStep apart.</summary>
    public float* A;
    public long AStep;
    public bool Direct;

    /// <summary>Panels of <see cref="Sgemm.Columns"/> columns, <see cref="BStep"/> apart, k outermost inside; the last panel is filled up.</summary>
    public float* B;
    public long BStep;

    /// <summary>Rows of an unpacked B are this far apart, and BStep is <see cref="Sgemm.Columns"/>; its Cols must be a multiple of half of Columns. 0 for packed panels.</summary>
    public long BRow;
    public float* C;
    public long Ldc;

    /// <summary>Values added: rows FromStep apart (0 for one row for all), null for none; C itself to accumulate.</summary>
    public float* From;
    public long FromStep;

    /// <summary>Added to every element of a row; null for none.</summary>
    public float* RowBias;
}

/// <summary>Float32 matrix products on the widest tile of the machine.</summary>
internal static unsafe class Sgemm
{
    private static bool Has512 => Vector512.IsHardwareAccelerated;

    private static bool Has256 => Vector256.IsHardwareAccelerated;

    /// <summary>Rows of a packed panel of A.</summary>
    public static int Rows => Has512 ? Tile512.Rows : Has256 ? Tile256.Rows : Vector128.IsHardwareAccelerated ? Tile128.Rows : TileScalar.Rows;

    /// <summary>Columns of a packed panel of B.</summary>
    public static int Columns => Has512 ? Tile512.Columns : Has256 ? Tile256.Columns : Vector128.IsHardwareAccelerated ? Tile128.Columns : TileScalar.Columns;

    /// <summary>Floats of the widest vector that the machine has.</summary>
    public static int Lanes => Has512 ? 16 : Has256 ? 8 : 4;

    /// <summary>Floats of a packed B of <paramref name="k"/> × <paramref name="n"/>.</summary>
    public static long PackedB(long k, long n) => (n + Columns - 1) / Columns * Columns * k;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in GemmBlock g)
    {
        if (Has512) Panels<Tile512>(g);
        else if (Has256) Panels<Tile256>(g);
        else if (Vector128.IsHardwareAccelerated) Panels<Tile128>(g);
        else Panels<TileScalar>(g);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Panels<T>(in GemmBlock g) where T : struct, ITile
    {
        float* b = g.B;
        for (long j = 0; j < g.Cols; j += T.Columns, b += g.BStep)
        {
            int n = (int)Math.Min(T.Columns, g.Cols - j);
            float* next = j + T.Columns < g.Cols && g.BRow == 0 ? b + g.BStep : null;
            if (2 * n > T.Columns) Panel<T, TwoVectors>(g, b, next, j, n, n == T.Columns);
            else Panel<T, OneVector>(g, b, next, j, n, 2 * n == T.Columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Panel<T, W>(in GemmBlock g, float* b, float* next, long j, int n, bool whole) where T : struct, ITile where W : struct, IWidth
    {
        // The tiles of this panel bring the next one near, each a part of it: it may come from far away, and only the first tile would wait for it.
        long bRow = g.BRow == 0 ? T.Columns : g.BRow;
        byte* ahead = (byte*)(next == null ? b : next);
        long aheadStep = next == null ? 0 : 4 * T.Columns * T.Rows / (g.Rows + T.Rows - 1);
        float* c = g.C + j, from = g.From == null ? null : g.From + j, a = g.A;
        float* edge = stackalloc float[whole ? 1 : T.Rows * T.Columns];
        for (long i = 0; i < g.Rows; i += T.Rows)
        {
            int m = (int)Math.Min(T.Rows, g.Rows - i);
            float* bias = g.RowBias == null ? null : g.RowBias + i;
            TileTarget t = new(c, g.Ldc, from, g.FromStep, bias, ahead, aheadStep);
            if (!whole)
            {
                // Columns beyond the matrix are computed in a buffer and left there.
                if (from != null) Copy(from, g.FromStep, edge, T.Columns, m, n);
                t = new(edge, T.Columns, from == null ? null : edge, T.Columns, bias, ahead, aheadStep);
            }
            if (g.Direct) Direct<T, W>(m, g.K, a, g.AStep, b, bRow, t);
            else Packed<T, W>(m, g.K, a, b, bRow, t);
            if (!whole) Copy(edge, T.Columns, c, g.Ldc, m, n);
            c += T.Rows * g.Ldc;
            ahead += g.K * aheadStep;
            a += g.Direct ? T.Rows * g.AStep : g.AStep;
            if (from != null) from += T.Rows * g.FromStep;
        }
    }

    private static void Copy(float* from, long fromStep, float* to, long toStep, int rows, int n)
    {
        for (int r = 0; r < rows; r++, from += fromStep, to += toStep) new ReadOnlySpan<float>(from, n).CopyTo(new Span<float>(to, n));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Packed<T, W>(int rows, long k, float* a, float* b, long bRow, in TileTarget t) where T : struct, ITile where W : struct, IWidth
    {
        if (rows == T.Rows)
        {
            if (T.Rows == 12) T.Packed<Rows12, W>(k, a, b, bRow, t);
            else if (T.Rows == 6) T.Packed<Rows6, W>(k, a, b, bRow, t);
            else T.Packed<Rows2, W>(k, a, b, bRow, t);
            return;
        }
        switch (rows)
        {
            case 1: T.Packed<Rows1, W>(k, a, b, bRow, t); break;
            case 2: T.Packed<Rows2, W>(k, a, b, bRow, t); break;
            case 3: T.Packed<Rows3, W>(k, a, b, bRow, t); break;
            case 4: T.Packed<Rows4, W>(k, a, b, bRow, t); break;
            case 5: T.Packed<Rows5, W>(k, a, b, bRow, t); break;
            case 6: T.Packed<Rows6, W>(k, a, b, bRow, t); break;
            case 7: T.Packed<Rows7, W>(k, a, b, bRow, t); break;
            case 8: T.Packed<Rows8, W>(k, a, b, bRow, t); break;
            case 9: T.Packed<Rows9, W>(k, a, b, bRow, t); break;
            case 10: T.Packed<Rows10, W>(k, a, b, bRow, t); break;
            default: T.Packed<Rows11, W>(k, a, b, bRow, t); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Direct<T, W>(int rows, long k, float* a, long lda, float* b, long bRow, in TileTarget t) where T : struct, ITile where W : struct, IWidth
    {
        if (rows == T.Rows)
        {
            if (T.Rows == 12) T.Direct<Rows12, W>(k, a, lda, b, bRow, t);
            else if (T.Rows == 6) T.Direct<Rows6, W>(k, a, lda, b, bRow, t);
            else T.Direct<Rows2, W>(k, a, lda, b, bRow, t);
            return;
        }
        switch (rows)
        {
            case 1: T.Direct<Rows1, W>(k, a, lda, b, bRow, t); break;
            case 2: T.Direct<Rows2, W>(k, a, lda, b, bRow, t); break;
            case 3: T.Direct<Rows3, W>(k, a, lda, b, bRow, t); break;
            case 4: T.Direct<Rows4, W>(k, a, lda, b, bRow, t); break;
            case 5: T.Direct<Rows5, W>(k, a, lda, b, bRow, t); break;
            case 6: T.Direct<Rows6, W>(k, a, lda, b, bRow, t); break;
            case 7: T.Direct<Rows7, W>(k, a, lda, b, bRow, t); break;
            case 8: T.Direct<Rows8, W>(k, a, lda, b, bRow, t); break;
            case 9: T.Direct<Rows9, W>(k, a, lda, b, bRow, t); break;
            case 10: T.Direct<Rows10, W>(k, a, lda, b, bRow, t); break;
            default: T.Direct<Rows11, W>(k, a, lda, b, bRow, t); break;
        }
    }
}
