using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Input pixels under each window position, written straight into panels of B: row (channel, tap), column = output position.</summary>
internal sealed unsafe class ColumnPacking
{
    private readonly ConvGeometry _g;
    private readonly long _taps;
    private readonly long _inSize;
    private readonly int _last;

    /// <summary>Per tap and axis: the tap's distance from the window's origin, padding taken off.</summary>
    private readonly long[] _reach;

    public ColumnPacking(ConvGeometry g)
    {
        (_g, _taps, _inSize, _last) = (g, g.Taps, g.InSize, g.Rank - 1);
        _reach = new long[_taps * g.Rank];
        for (long t = 0; t < _taps; t++)
        {
            long rest = t;
            for (int a = _last; a >= 0; a--)
            {
                (rest, long k) = Math.DivRem(rest, g.Kernel[a]);
                _reach[t * g.Rank + a] = k * g.Dilations[a] - g.Before[a];
            }
        }
    }

    /// <summary>Columns [first, first + count) of <paramref name="channels"/> channels starting at <paramref name="x"/>, in panels of <paramref name="width"/> columns, <paramref name="panel"/> elements apart.</summary>
    public void Pack<T>(T* x, long channels, long first, long count, int width, T* to, long panel)
    {
        long row = _g.Out[_last];
        for (long j = 0; j < count; j += width, to += panel)
        {
            int n = (int)Math.Min(width, count - j), done = 0;
            while (done < n)
            {
                (long outer, long at) = Math.DivRem(first + j + done, row);
                int length = (int)Math.Min(n - done, row - at);
                Segment(x, channels, outer, at, length, width, to + done);
                done += length;
            }
            if (n < width) for (long k = 0; k < channels * _taps; k++) new Span<T>(to + k * width + n, width - n).Clear();
        }
    }

    /// <summary>Output positions at … at + length − 1 of one row, for all taps and channels.</summary>
    private void Segment<T>(T* x, long channels, long outer, long at, int length, int width, T* to)
    {
        long* corner = stackalloc long[Shape.MaxRank];
        for (int a = _last - 1; a >= 0; a--)
        {
            (outer, long o) = Math.DivRem(outer, _g.Out[a]);
            corner[a] = o * _g.Strides[a];
        }
        long step = _g.Strides[_last], size = _g.In[_last];
        for (long t = 0; t < _taps; t++, to += width)
        {
            long offset = 0;
            bool inside = true;
            for (int a = 0; a < _last; a++)
            {
                long i = corner[a] + _reach[t * (_last + 1) + a];
                inside &= (ulong)i < (ulong)_g.In[a];
                offset = (offset + i) * (a + 1 < _last ? _g.In[a + 1] : 1);
            }
            long w = at * step + _reach[t * (_last + 1) + _last];
            // Positions before lo and from hi on lie in the padding.
            int lo = !inside ? length : w >= 0 ? 0 : (int)Math.Min(length, (-w + step - 1) / step);
            int hi = !inside || w >= size ? lo : (int)Math.Clamp((size - w + step - 1) / step, lo, length);
            Rows(x + offset * size + w, channels, step, lo, hi, length, to, _taps * width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rows<T>(T* x, long channels, long step, int lo, int hi, int length, T* to, long toStep)
    {
        for (long c = 0; c < channels; c++, x += _inSize, to += toStep)
        {
            for (int i = 0; i < lo; i++) to[i] = default;
            if (step == 1) Copy(x + lo, to + lo, hi - lo);
            else Stepping.Copy(x + lo * step, step, to + lo, hi - lo);
            for (int i = hi; i < length; i++) to[i] = default;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<T>(T* from, T* to, int n)
    {
        int bytes = n * sizeof(T), i = 0;
        byte* x = (byte*)from, y = (byte*)to;
        if (bytes >= 32)
        {
            for (; i + 32 <= bytes; i += 32) Vector256.Load(x + i).Store(y + i);
            if (i < bytes) Vector256.Load(x + bytes - 32).Store(y + bytes - 32);
        }
        else if (bytes >= 16)
        {
            Vector128.Load(x).Store(y);
            Vector128.Load(x + bytes - 16).Store(y + bytes - 16);
        }
        else for (int k = 0; k < n; k++) to[k] = from[k];
    }
}
