using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Rearranges strided matrices into the panels that tiles read.</summary>
internal static unsafe class Packing
{
    /// <summary>Panels of A: <see cref="Sgemm.Rows"/> rows each, <paramref name="panel"/> floats apart; the last one holds only its rows.</summary>
    public static void A(float* a, long rowStep, long kStep, long rows, long k, float* to, long panel)
    {
        int height = Sgemm.Rows;
        for (long i = 0; i < rows; i += height, to += panel)
        {
            int m = (int)Math.Min(height, rows - i);
            Panel(a + i * rowStep, rowStep, kStep, m, m, k, to);
        }
    }

    /// <summary>Panels of B: <see cref="Sgemm.Columns"/> columns each, <paramref name="panel"/> floats apart; the last one filled up.</summary>
    public static void B(float* b, long columnStep, long kStep, long columns, long k, float* to, long panel)
    {
        int width = Sgemm.Columns;
        for (long j = 0; j < columns; j += width, to += panel)
            Panel(b + j * columnStep, columnStep, kStep, (int)Math.Min(width, columns - j), width, k, to);
    }

    /// <summary>One panel: for each k the elements of <paramref name="count"/> lanes, then numbers that nobody uses up to <paramref name="width"/>.</summary>
    public static void Panel(float* x, long laneStep, long kStep, int count, int width, long k, float* to)
    {
        int filled = count;
        if (laneStep == 1) Rows(x, kStep, count, width, k, to);
        else if (kStep == 1) filled = Transposed(x, laneStep, count, width, k, to);
        else Strided(x, laneStep, kStep, 0, count, width, k, to);
        if (filled < width) Clear(to + filled, width - filled, width, k);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows(float* x, long kStep, int count, int width, long k, float* to)
    {
        if (count == 32) for (; k > 0; k--, x += kStep, to += width) { Vector512.Load(x).Store(to); Vector512.Load(x + 16).Store(to + 16); }
        else if (count == 16) for (; k > 0; k--, x += kStep, to += width) Vector512.Load(x).Store(to);
        else if (count >= 8)
        {
            // The last vector overlaps the one before it.
            int last = count - 8;
            for (; k > 0; k--, x += kStep, to += width)
            {
                for (int i = 0; i < last; i += 8) Vector256.Load(x + i).Store(to + i);
                Vector256.Load(x + last).Store(to + last);
            }
        }
        else for (; k > 0; k--, x += kStep, to += width) for (int i = 0; i < count; i++) to[i] = x[i];
    }

    /// <summary>Zeros in <paramref name="n"/> lanes of every row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Clear(float* to, int n, int width, long k)
    {
        int last = n - 8;
        if (last < 0) for (; k > 0; k--, to += width) for (int i = 0; i < n; i++) to[i] = 0;
        else for (; k > 0; k--, to += width)
        {
            for (int i = 0; i < last; i += 8) Vector256<float>.Zero.Store(to + i);
            Vector256<float>.Zero.Store(to + last);
        }
    }

    private static void Strided(float* x, long laneStep, long kStep, int first, int count, int width, long k, float* to)
    {
        for (int r = first; r < count; r++)
        {
            float* from = x + r * laneStep, y = to + r;
            for (long p = 0; p < k; p++, from += kStep, y += width) *y = *from;
        }
    }

    /// <summary>Blocks of 8 × 4 or 4 × 4 are turned in registers. Returns how many lanes were written: the last block may repeat the last lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Transposed(float* x, long laneStep, int count, int width, long k, float* to)
    {
        int r = 0;
        for (; r < count && r + 8 <= width && Avx.IsSupported; r += 8)
        {
            int most = count - 1 - r;
            float* p0 = x + r * laneStep, p1 = p0 + Math.Min(1, most) * laneStep, p2 = p0 + Math.Min(2, most) * laneStep, p3 = p0 + Math.Min(3, most) * laneStep;
            float* p4 = p0 + Math.Min(4, most) * laneStep, p5 = p0 + Math.Min(5, most) * laneStep, p6 = p0 + Math.Min(6, most) * laneStep, p7 = p0 + Math.Min(7, most) * laneStep, y = to + r;
            long p = 0;
            for (; p + 4 <= k; p += 4, y += 4 * width)
            {
                Vector256<float> a = Vector256.Create(Vector128.Load(p0 + p), Vector128.Load(p4 + p)), b = Vector256.Create(Vector128.Load(p1 + p), Vector128.Load(p5 + p));
                Vector256<float> c = Vector256.Create(Vector128.Load(p2 + p), Vector128.Load(p6 + p)), d = Vector256.Create(Vector128.Load(p3 + p), Vector128.Load(p7 + p));
                Vector256<float> ab = Avx.UnpackLow(a, b), cd = Avx.UnpackLow(c, d), ef = Avx.UnpackHigh(a, b), gh = Avx.UnpackHigh(c, d);
                Avx.Shuffle(ab, cd, 0x44).Store(y);
                Avx.Shuffle(ab, cd, 0xEE).Store(y + width);
                Avx.Shuffle(ef, gh, 0x44).Store(y + 2 * width);
                Avx.Shuffle(ef, gh, 0xEE).Store(y + 3 * width);
            }
            for (; p < k; p++, y += width) (y[0], y[1], y[2], y[3], y[4], y[5], y[6], y[7]) = (p0[p], p1[p], p2[p], p3[p], p4[p], p5[p], p6[p], p7[p]);
        }
        for (; r + 4 <= count && Vector128.IsHardwareAccelerated; r += 4)
        {
            float* p0 = x + r * laneStep, p1 = p0 + laneStep, p2 = p1 + laneStep, p3 = p2 + laneStep, y = to + r;
            long p = 0;
            for (; p + 4 <= k; p += 4, y += 4 * width)
            {
                Turn(Vector128.Load(p0 + p), Vector128.Load(p1 + p), Vector128.Load(p2 + p), Vector128.Load(p3 + p), y, width);
            }
            for (; p < k; p++, y += width) (y[0], y[1], y[2], y[3]) = (p0[p], p1[p], p2[p], p3[p]);
        }
        if (r < count) Strided(x, laneStep, 1, r, count, width, k, to);
        return Math.Max(r, count);
    }

    /// <summary>Writes a square of 4 × 4, given by rows, by columns <paramref name="width"/> floats apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d, float* y, nint width)
    {
        Vector128<float> ab = Low(a, b), cd = Low(c, d), ef = High(a, b), gh = High(c, d);
        LowHalves(ab, cd).Store(y);
        HighHalves(ab, cd).Store(y + width);
        LowHalves(ef, gh).Store(y + 2 * width);
        HighHalves(ef, gh).Store(y + 3 * width);
    }

    // a0 b0 a1 b1
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Vector128.Create(a[0], b[0], a[1], b[1]);

    // a2 b2 a3 b3
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Vector128.Create(a[2], b[2], a[3], b[3]);

    // a0 a1 b0 b1
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> LowHalves(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.MoveLowToHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a.AsDouble(), b.AsDouble()).AsSingle() : Vector128.Create(a[0], a[1], b[0], b[1]);

    // a2 a3 b2 b3
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> HighHalves(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.MoveHighToLow(b, a) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a.AsDouble(), b.AsDouble()).AsSingle() : Vector128.Create(a[2], a[3], b[2], b[3]);
}
