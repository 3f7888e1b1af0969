using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>The three parts of a maximum over windows of 8-bit numbers, signed or not.</summary>
internal static unsafe class BytePoolRows<T>
{
    /// <summary>Row r of <paramref name="to"/>, r &lt; <paramref name="rows"/>, becomes the largest elements of the rows that begin at x + inputs[first[r]], x + inputs[first[r] + 1] … before first[r + 1].</summary>
    public static void Join(T* x, long* inputs, long* first, long rows, long width, T* to, long line)
    {
        if (Vector512.IsHardwareAccelerated && width >= 64) Join<Lanes512<T>>(x, inputs, first, rows, width, to, line);
        else if (Vector256.IsHardwareAccelerated && width >= 32) Join<Lanes256<T>>(x, inputs, first, rows, width, to, line);
        else if (width >= 16) Join<Lanes128<T>>(x, inputs, first, rows, width, to, line);
        else Few(x, inputs, first, rows, width, to, line);
    }

    /// <summary>to[r·n + i] = max(line[i], line[i + dilation] …) of <paramref name="taps"/> in line r, for i &lt; n. Whole vectors are read and written, up to 64 bytes behind the last.</summary>
    public static void Slide(T* x, long line, long rows, long taps, long dilation, long n, T* to)
    {
        if (Vector512.IsHardwareAccelerated && n > 32) Slide<Lanes512<T>>(x, line, rows, taps, dilation, n, to);
        else if (Vector256.IsHardwareAccelerated && n > 16) Slide<Lanes256<T>>(x, line, rows, taps, dilation, n, to);
        else Slide<Lanes128<T>>(x, line, rows, taps, dilation, n, to);
    }

    /// <summary>to[i] = x[i·step] for i &lt; n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pick(byte* x, long step, long n, byte* to)
    {
        if (step == 1)
        {
            Buffer.MemoryCopy(x, to, n, n);
            return;
        }
        long i = 0;
        if (step == 2)
        {
            if (Vector256.IsHardwareAccelerated)
                for (; i + 32 <= n; i += 32) Vector256.Narrow(Vector256.Load((ushort*)(x + 2 * i)) & Vector256.Create((ushort)255), Vector256.Load((ushort*)(x + 2 * i + 32)) & Vector256.Create((ushort)255)).Store(to + i);
            for (; i + 16 <= n; i += 16) Vector128.Narrow(Vector128.Load((ushort*)(x + 2 * i)) & Vector128.Create((ushort)255), Vector128.Load((ushort*)(x + 2 * i + 16)) & Vector128.Create((ushort)255)).Store(to + i);
        }
        for (; i < n; i++) to[i] = x[i * step];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Join<V>(T* x, long* inputs, long* first, long rows, long width, T* to, long line) where V : unmanaged, ILanes<V, T>
    {
        for (long r = 0; r < rows; r++, to += line)
        {
            long* begin = inputs + first[r], end = inputs + first[r + 1];
            if (begin == end)
            {
                new Span<T>(to, (int)width).Fill(Scalar<T>.Least);
                continue;
            }
            for (long i = 0; i < width; i += V.Count)
            {
                // The last vector ends where the row ends.
                i = Math.Min(i, width - V.Count);
                V a = V.Load(x + *begin + i);
                for (long* p = begin + 1; p < end; p++) a = V.Max(a, V.Load(x + *p + i));
                V.Store(a, to + i);
            }
        }
    }

    private static void Few(T* x, long* inputs, long* first, long rows, long width, T* to, long line)
    {
        for (long r = 0; r < rows; r++, to += line)
        {
            new Span<T>(to, (int)width).Fill(Scalar<T>.Least);
            for (long* p = inputs + first[r], end = inputs + first[r + 1]; p < end; p++)
                for (long i = 0; i < width; i++) to[i] = Scalar<T>.Max(to[i], x[*p + i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Slide<V>(T* x, long line, long rows, long taps, long dilation, long n, T* to) where V : unmanaged, ILanes<V, T>
    {
        for (long r = 0; r < rows; r++, x += line, to += n)
            for (long i = 0; i < n; i += V.Count)
            {
                V a = V.Load(x + i);
                for (long k = 1; k < taps; k++) a = V.Max(a, V.Load(x + i + k * dilation));
                V.Store(a, to + i);
            }
    }
}
