using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Products of 8-bit integers with exact 32-bit sums (which wrap). Both sides are widened to 16 bits when packed, so that a pair of products is added with
/// no saturation: vpmaddubsw, which takes bytes, saturates at 16 bits and would be wrong for large values.
/// </summary>
/// <remarks>A: rows of 16-bit pairs. B: panels of <see cref="Columns"/> columns; for each pair of k the two elements of every column side by side.</remarks>
internal static unsafe class Igemm
{
    /// <summary>Rows of a tile.</summary>
    private const int Height = 6;

    /// <summary>Columns of a packed panel: two vectors of 32-bit sums.</summary>
    public static int Columns => Avx512BW.IsSupported && Vector512.IsHardwareAccelerated ? 32 : Avx2.IsSupported ? 16 : 8;

    /// <summary>16-bit elements of a packed B [k, n].</summary>
    public static long PackedB(long k, long n) => (n + Columns - 1) / Columns * Columns * Even(k);

    /// <summary>16-bit elements of a packed A [m, k].</summary>
    public static long PackedA(long m, long k) => m * Even(k);

    /// <summary>Terms rounded up to whole pairs.</summary>
    public static long Even(long k) => (k + 1) & ~1L;

    /// <summary>Row-major 16-bit rows, minus <paramref name="zero"/>, an odd last term followed by 0.</summary>
    public static void PackA<T>(T* a, long rowStep, long kStep, long rows, long k, int zero, short* to) where T : unmanaged
    {
        for (long i = 0; i < rows; i++, a += rowStep, to += Even(k))
        {
            for (long p = 0; p < k; p++) to[p] = (short)(Wide(a[p * kStep]) - zero);
            if ((k & 1) != 0) to[k] = 0;
        }
    }

    /// <summary>Panels of B, minus <paramref name="zero"/>; columns and terms that do not exist are 0.</summary>
    public static void PackB<T>(T* b, long columnStep, long kStep, long columns, long k, int zero, short* to) where T : unmanaged
    {
        int width = Columns;
        for (long j = 0; j < columns; j += width)
            for (long p = 0; p < k; p += 2)
                for (int c = 0; c < width; c++, to += 2)
                {
                    T* x = b + (j + c) * columnStep + p * kStep;
                    bool exists = j + c < columns;
                    to[0] = exists ? (short)(Wide(*x) - zero) : (short)0;
                    to[1] = exists && p + 1 < k ? (short)(Wide(x[kStep]) - zero) : (short)0;
                }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Wide<T>(T x) where T : unmanaged => typeof(T) == typeof(byte) ? *(byte*)&x : *(sbyte*)&x;

    /// <summary>c[rows, columns] = A·B.</summary>
    public static void Run(long rows, long columns, long k, short* a, short* b, int* c, long ldc)
    {
        long pairs = Even(k) / 2;
        int width = Columns;
        int* tile = stackalloc int[Height * width];
        for (long j = 0; j < columns; j += width, b += 2 * pairs * width)
        {
            int n = (int)Math.Min(width, columns - j);
            for (long i = 0; i < rows; i += Height)
            {
                int m = (int)Math.Min(Height, rows - i);
                bool whole = n == width && m == Height;
                int* to = whole ? c + i * ldc + j : tile;
                long step = whole ? ldc : width;
                short* first = a + i * 2 * pairs;
                // Rows that do not exist repeat the last one; their sums are dropped.
                if (width == 32) Tile512(pairs, first, m, b, to, step);
                else if (width == 16) Tile256(pairs, first, m, b, to, step);
                else TileAny(pairs, first, m, b, to, step);
                if (whole) continue;
                for (int r = 0; r < m; r++) new ReadOnlySpan<int>(tile + r * width, n).CopyTo(new Span<int>(c + (i + r) * ldc + j, n));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Dot(Vector512<int> sum, Vector512<short> a, Vector512<short> b) => Avx512BW.MultiplyAddAdjacent(a, b) + sum;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile512(long pairs, short* a, int rows, short* b, int* c, long ldc)
    {
        int* p0 = (int*)a, p1 = p0 + Math.Min(1, rows - 1) * pairs, p2 = p0 + Math.Min(2, rows - 1) * pairs, p3 = p0 + Math.Min(3, rows - 1) * pairs, p4 = p0 + Math.Min(4, rows - 1) * pairs, p5 = p0 + (rows - 1) * pairs;
        Vector512<int> x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default, y0 = default, y1 = default, y2 = default, y3 = default, y4 = default, y5 = default;
        for (long k = 0; k < pairs; k++, b += 64)
        {
            Vector512<short> u = Vector512.Load(b), v = Vector512.Load(b + 32), s = Vector512.Create(p0[k]).AsInt16();
            x0 = Dot(x0, s, u);
            y0 = Dot(y0, s, v);
            s = Vector512.Create(p1[k]).AsInt16();
            x1 = Dot(x1, s, u);
            y1 = Dot(y1, s, v);
            s = Vector512.Create(p2[k]).AsInt16();
            x2 = Dot(x2, s, u);
            y2 = Dot(y2, s, v);
            s = Vector512.Create(p3[k]).AsInt16();
            x3 = Dot(x3, s, u);
            y3 = Dot(y3, s, v);
            s = Vector512.Create(p4[k]).AsInt16();
            x4 = Dot(x4, s, u);
            y4 = Dot(y4, s, v);
            s = Vector512.Create(p5[k]).AsInt16();
            x5 = Dot(x5, s, u);
            y5 = Dot(y5, s, v);
        }
        x0.Store(c);
        y0.Store(c + 16);
        x1.Store(c + ldc);
        y1.Store(c + ldc + 16);
        x2.Store(c + 2 * ldc);
        y2.Store(c + 2 * ldc + 16);
        x3.Store(c + 3 * ldc);
        y3.Store(c + 3 * ldc + 16);
        x4.Store(c + 4 * ldc);
        y4.Store(c + 4 * ldc + 16);
        x5.Store(c + 5 * ldc);
        y5.Store(c + 5 * ldc + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile256(long pairs, short* a, int rows, short* b, int* c, long ldc)
    {
        // Three rows at a time leave registers for the products.
        for (int r = 0; r < Height; r += 3, c += 3 * ldc)
        {
            int* p0 = (int*)a + Math.Min(r, rows - 1) * pairs, p1 = (int*)a + Math.Min(r + 1, rows - 1) * pairs, p2 = (int*)a + Math.Min(r + 2, rows - 1) * pairs;
            Vector256<int> x0 = default, x1 = default, x2 = default, y0 = default, y1 = default, y2 = default;
            short* q = b;
            for (long k = 0; k < pairs; k++, q += 32)
            {
                Vector256<short> u = Vector256.Load(q), v = Vector256.Load(q + 16), s = Vector256.Create(p0[k]).AsInt16();
                x0 += Avx2.MultiplyAddAdjacent(s, u);
                y0 += Avx2.MultiplyAddAdjacent(s, v);
                s = Vector256.Create(p1[k]).AsInt16();
                x1 += Avx2.MultiplyAddAdjacent(s, u);
                y1 += Avx2.MultiplyAddAdjacent(s, v);
                s = Vector256.Create(p2[k]).AsInt16();
                x2 += Avx2.MultiplyAddAdjacent(s, u);
                y2 += Avx2.MultiplyAddAdjacent(s, v);
            }
            x0.Store(c);
            y0.Store(c + 8);
            x1.Store(c + ldc);
            y1.Store(c + ldc + 8);
            x2.Store(c + 2 * ldc);
            y2.Store(c + 2 * ldc + 8);
        }
    }

    /// <summary>SSE2, or 16-bit products widened lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TileAny(long pairs, short* a, int rows, short* b, int* c, long ldc)
    {
        for (int r = 0; r < Height; r++, c += ldc)
        {
            int* p = (int*)a + Math.Min(r, rows - 1) * pairs;
            Vector128<int> x = default, y = default;
            short* q = b;
            for (long k = 0; k < pairs; k++, q += 16)
            {
                Vector128<short> s = Vector128.Create(p[k]).AsInt16();
                x += Pairs(s, Vector128.Load(q));
                y += Pairs(s, Vector128.Load(q + 8));
            }
            x.Store(c);
            y.Store(c + 4);
        }
    }

    /// <summary>a₀·b₀ + a₁·b₁ of each neighbouring two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Pairs(Vector128<short> a, Vector128<short> b)
    {
        if (Sse2.IsSupported) return Sse2.MultiplyAddAdjacent(a, b);
        // Even elements: shifted up and back they are their own sign extension.
        Vector128<int> low = Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(a.AsInt32(), 16), 16) * Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(b.AsInt32(), 16), 16);
        return low + Vector128.ShiftRightArithmetic(a.AsInt32(), 16) * Vector128.ShiftRightArithmetic(b.AsInt32(), 16);
    }
}
