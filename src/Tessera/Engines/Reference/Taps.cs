using System.Numerics;
using System.Numerics.Tensors;
using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>The taps of a convolution kernel: each pairs positions of the wide side (the convolution's input) with positions of the narrow one (its output).</summary>
internal sealed record Taps(int Source, int Target, Tap[] All)
{
    public static Taps Of(Shape wide, Shape kernel, Shape narrow, Ints strides, Ints dilations, Ints before)
    {
        int spatial = kernel.Rank - 2;
        int count = (int)kernel.CountOf(2, kernel.Rank);
        Tap[] all = new Tap[count];
        long[] k = new long[spatial];
        for (int t = 0; t < count; t++)
        {
            all[t] = One(wide, narrow, spatial, i => k[i] * dilations[i] - before[i], strides);
            for (int i = spatial - 1; i >= 0 && ++k[i] == kernel[i + 2]; i--) k[i] = 0;
        }
        return new((int)wide.CountOf(2, wide.Rank), (int)narrow.CountOf(2, narrow.Rank), all);
    }

    private static Tap One(Shape wide, Shape narrow, int spatial, Func<int, long> offset, Ints strides)
    {
        long[] first = new long[spatial], count = new long[spatial];
        long runs = 1;
        for (int i = 0; i < spatial; i++)
        {
            // Positions o of the narrow side with 0 ≤ o·stride + offset < extent of the wide one.
            long off = offset(i), s = strides[i];
            first[i] = off >= 0 ? 0 : (-off + s - 1) / s;
            long last = off > wide[i + 2] - 1 ? -1 : Math.Min(narrow[i + 2] - 1, (wide[i + 2] - 1 - off) / s);
            count[i] = Math.Max(0, last - first[i] + 1);
            if (i < spatial - 1) runs *= count[i];
        }
        int length = (int)count[^1];
        if (runs == 0 || length == 0) return new([], 0, 1);
        (int, int)[] starts = new (int, int)[runs];
        long[] at = new long[spatial];
        for (int r = 0; r < starts.Length; r++)
        {
            long w = 0, n = 0;
            for (int i = 0; i < spatial; i++)
            {
                long o = first[i] + at[i];
                w = w * wide[i + 2] + o * strides[i] + offset(i);
                n = n * narrow[i + 2] + o;
            }
            starts[r] = ((int)w, (int)n);
            for (int i = spatial - 2; i >= 0 && ++at[i] == count[i]; i--) at[i] = 0;
        }
        Tap tap = new(starts, length, (int)strides[spatial - 1]);
        return tap.Stride == 1 && tap.IsOneRun ? new([starts[0]], length * starts.Length, 1) : tap;
    }
}

/// <summary>One kernel tap: runs of positions along the last axis.</summary>
/// <param name="Starts">Where each run begins on the wide and on the narrow side.</param>
/// <param name="Length">Positions of each run.</param>
/// <param name="Stride">Step on the wide side.</param>
internal sealed record Tap((int Wide, int Narrow)[] Starts, int Length, int Stride)
{
    /// <summary>Whether each run begins where the one before ends, on both sides.</summary>
    public bool IsOneRun
    {
        get
        {
            for (int i = 1; i < Starts.Length; i++)
                if (Starts[i] != (Starts[i - 1].Wide + Length, Starts[i - 1].Narrow + Length)) return false;
            return true;
        }
    }

    /// <summary>narrow += factor · wide.</summary>
    public void Gather<T>(ReadOnlySpan<T> wide, T factor, Span<T> narrow) where T : INumber<T>
    {
        foreach ((int w, int n) in Starts)
        {
            Span<T> row = narrow.Slice(n, Length);
            ReadOnlySpan<T> from = wide.Slice(w, (Length - 1) * Stride + 1);
            if (Stride == 1) TensorPrimitives.MultiplyAdd(from, factor, row, row);
            else for (int i = 0; i < row.Length; i++) row[i] += factor * from[i * Stride];
        }
    }

    /// <summary>wide += factor · narrow.</summary>
    public void Scatter<T>(ReadOnlySpan<T> narrow, T factor, Span<T> wide) where T : INumber<T>
    {
        foreach ((int w, int n) in Starts)
        {
            ReadOnlySpan<T> row = narrow.Slice(n, Length);
            Span<T> to = wide.Slice(w, (Length - 1) * Stride + 1);
            if (Stride == 1) TensorPrimitives.MultiplyAdd(row, factor, to, to);
            else for (int i = 0; i < row.Length; i++) to[i * Stride] += factor * row[i];
        }
    }
}
