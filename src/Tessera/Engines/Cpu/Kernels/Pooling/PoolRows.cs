using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>The two halves of pooling: across rows, then along what they came to.</summary>
internal static unsafe class PoolRows<TOp> where TOp : struct, IPoolOp
{
    /// <summary>to[i] = what x[0][i], x[1][i] … come to, for i &lt; width. Results may follow the line up to the next vector's end.</summary>
    public static void Join(float** x, int rows, long width, float* to)
    {
        if (rows == 0) new Span<float>(to, (int)width).Fill(TOp.Start);
        else if (Vector512.IsHardwareAccelerated && width >= Lanes512<float>.Count) Join<Lanes512<float>>(x, rows, width, to);
        else if (Vector256.IsHardwareAccelerated && width >= Lanes256<float>.Count) Join<Lanes256<float>>(x, rows, width, to);
        else if (width >= Lanes128<float>.Count) Join<Lanes128<float>>(x, rows, width, to);
        else Few(x, rows, width, to);
    }

    /// <summary>y[i] = what the elements under the taps of output i come to.</summary>
    public static void Windows(in PoolLine l, float* y, float* end)
    {
        long n = l.Row, i;
        if (Vector512.IsHardwareAccelerated)
        {
            i = n & -Lanes512<float>.Count;
            if (i > 0) Windows<Lanes512<float>>(l, 0, i, y, end);
            if (n - i > Lanes256<float>.Count) Last<Lanes512<float>>(l, y, end);
            else if (n - i > Lanes128<float>.Count) Last<Lanes256<float>>(l, y, end);
            else if (n > i) Last<Lanes128<float>>(l, y, end);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            i = n & -Lanes256<float>.Count;
            if (i > 0) Windows<Lanes256<float>>(l, 0, i, y, end);
            if (n - i > Lanes128<float>.Count) Last<Lanes256<float>>(l, y, end);
            else if (n > i) Last<Lanes128<float>>(l, y, end);
        }
        else
        {
            i = n & -Lanes128<float>.Count;
            if (i > 0) Windows<Lanes128<float>>(l, 0, i, y, end);
            if (n > i) Last<Lanes128<float>>(l, y, end);
        }
    }

    /// <summary>Whether one of <paramref name="n"/> elements is NaN, or may be.</summary>
    public static bool AnyNaN(float* x, long n)
    {
        if (Vector512.IsHardwareAccelerated && n >= Lanes512<float>.Count) return AnyNaN<Lanes512<float>>(x, n);
        if (Vector256.IsHardwareAccelerated && n >= Lanes256<float>.Count) return AnyNaN<Lanes256<float>>(x, n);
        return n < Lanes128<float>.Count || AnyNaN<Lanes128<float>>(x, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool AnyNaN<V>(float* x, long n) where V : unmanaged, ILanes<V, float>
    {
        V last = V.Load(x + n - V.Count), numbers = V.Equal(last, last);
        for (long i = 0; i < n - V.Count; i += V.Count)
        {
            V a = V.Load(x + i);
            numbers &= V.Equal(a, a);
        }
        return V.Any(~numbers);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Join<V>(float** x, int rows, long width, float* to) where V : unmanaged, ILanes<V, float>
    {
        long i = 0;
        for (; i + 4 * V.Count <= width; i += 4 * V.Count)
        {
            float* p = x[0] + i;
            V a = TOp.First(V.Load(p)), b = TOp.First(V.Load(p + V.Count)), c = TOp.First(V.Load(p + 2 * V.Count)), d = TOp.First(V.Load(p + 3 * V.Count));
            for (int r = 1; r < rows; r++)
            {
                p = x[r] + i;
                a = TOp.Add(a, V.Load(p));
                b = TOp.Add(b, V.Load(p + V.Count));
                c = TOp.Add(c, V.Load(p + 2 * V.Count));
                d = TOp.Add(d, V.Load(p + 3 * V.Count));
            }
            V.Store(a, to + i);
            V.Store(b, to + i + V.Count);
            V.Store(c, to + i + 2 * V.Count);
            V.Store(d, to + i + 3 * V.Count);
        }
        for (; i < width; i += V.Count)
        {
            // The last vector ends where the row ends.
            i = Math.Min(i, width - V.Count);
            V a = TOp.First(V.Load(x[0] + i));
            for (int r = 1; r < rows; r++) a = TOp.Add(a, V.Load(x[r] + i));
            V.Store(a, to + i);
        }
    }

    private static void Few(float** x, int rows, long width, float* to)
    {
        Lanes128<float> a = TOp.First(Sums.Partial<Lanes128<float>, float>(x[0], width, 0));
        for (int r = 1; r < rows; r++) a = TOp.Add(a, Sums.Partial<Lanes128<float>, float>(x[r], width, 0));
        Lanes128<float>.Store(a, to);
    }

    /// <summary>A vector that ends where the row ends, or begins where it begins.</summary>
    private static void Last<V>(in PoolLine l, float* y, float* end) where V : unmanaged, ILanes<V, float>
    {
        long first = Math.Max(0, l.Row - V.Count);
        Windows<V>(l, first, first + 1, y, end);
    }

    /// <summary>Vectors of outputs that begin at first, first + V.Count, … before <paramref name="stop"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Windows<V>(in PoolLine l, long first, long stop, float* y, float* end) where V : unmanaged, ILanes<V, float>
    {
        float* line = l.Line, shares = l.Shares;
        long* taps = l.Taps;
        int n = l.Width;
        V outer = V.All(l.Outer);
        for (long i = first; i < stop; i += V.Count)
        {
            V s = V.Load(line + taps[0] + i);
            for (int t = 1; t < n; t++) s = TOp.Join(s, V.Load(line + taps[t] + i));
            s = TOp.Finish(s, V.Load(shares + i) * outer);
            if (y + i + V.Count <= end) V.Store(s, y + i);
            else Sums.Store<V, float>(s, y + i, l.Row - i);
        }
    }
}

/// <summary>What one output row of a pooling is made from.</summary>
/// <param name="line">What the input rows came to: padded, in phases.</param>
/// <param name="taps">Where each tap reads for output 0.</param>
/// <param name="width">Number of taps.</param>
/// <param name="row">Outputs.</param>
/// <param name="shares">One over how many elements of the line each output's window has.</param>
/// <param name="outer">One over how many rows it has.</param>
internal unsafe readonly struct PoolLine(float* line, long* taps, int width, long row, float* shares, float outer)
{
    public readonly float* Line = line, Shares = shares;
    public readonly long* Taps = taps;
    public readonly int Width = width;
    public readonly long Row = row;
    public readonly float Outer = outer;
}
