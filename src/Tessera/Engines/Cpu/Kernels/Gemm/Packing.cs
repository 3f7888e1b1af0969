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

    /// <summary>Panels of B: <see cref="Sgemm.Columns"/> columns each, <paramref name="panel"/> floats apart; the last one filled up with zeros.</summary>
    public static void B(float* b, long columnStep, long kStep, long columns, long k, float* to, long panel)
    {
        int width = Sgemm.Columns;
        for (long j = 0; j < columns; j += width, to += panel)
            Panel(b + j * columnStep, columnStep, kStep, (int)Math.Min(width, columns - j), width, k, to);
    }

    /// <summary>One panel: for each k the elements of <paramref name="count"/> lanes, then zeros up to <paramref name="width"/>.</summary>
    public static void Panel(float* x, long laneStep, long kStep, int count, int width, long k, float* to)
    {
        if (laneStep == 1) Rows(x, kStep, count, width, k, to);
        else if (kStep == 1) Transposed(x, laneStep, count, width, k, to);
        else Strided(x, laneStep, kStep, 0, count, width, k, to);
        if (count < width) for (long p = 0; p < k; p++) new Span<float>(to + p * width + count, width - count).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows(float* x, long kStep, int count, int width, long k, float* to)
    {
        if (count == 32) for (; k > 0; k--, x += kStep, to += width) { Vector512.Load(x).Store(to); Vector512.Load(x + 16).Store(to + 16); }
        else if (count == 16) for (; k > 0; k--, x += kStep, to += width) { Vector256.Load(x).Store(to); Vector256.Load(x + 8).Store(to + 8); }
        else if (count == 12) for (; k > 0; k--, x += kStep, to += width) { Vector256.Load(x).Store(to); Vector128.Load(x + 8).Store(to + 8); }
        else if (count == 8) for (; k > 0; k--, x += kStep, to += width) Vector256.Load(x).Store(to);
        else for (; k > 0; k--, x += kStep, to += width) new ReadOnlySpan<float>(x, count).CopyTo(new Span<float>(to, count));
    }

    private static void Strided(float* x, long laneStep, long kStep, int first, int count, int width, long k, float* to)
    {
        for (int r = first; r < count; r++)
        {
            float* from = x + r * laneStep, y = to + r;
            for (long p = 0; p < k; p++, from += kStep, y += width) *y = *from;
        }
    }

    /// <summary>Squares of 4 × 4 are turned in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transposed(float* x, long laneStep, int count, int width, long k, float* to)
    {
        int r = 0;
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
