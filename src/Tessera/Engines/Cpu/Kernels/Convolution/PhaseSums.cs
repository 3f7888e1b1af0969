using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Sums up an output plane of a transposed convolution of Float32, row by row, from what each tap gives.</summary>
/// <remarks>
/// Input position i and tap k reach output i·stride + k·dilation − before. Outputs of one remainder modulo the stride, a phase, take neighbouring
/// inputs from a tap, so that phases are summed up apart with whole vectors and then put between each other.
/// </remarks>
internal sealed unsafe class PhaseSums
{
    private readonly long _inSize, _in, _out, _taps, _step, _phase;
    private readonly (long Input, long Count, long To)[] _last;
    private readonly int[] _first;
    private readonly (long Tap, long Row)[] _outer;

    public PhaseSums(ConvGeometry g)
    {
        int last = g.Rank - 1;
        (_inSize, _in, _out, _taps, _step) = (g.InSize, g.In[last], g.Out[last], g.Kernel[last], g.Strides[last]);
        _phase = ((_out + _step - 1) / _step + 15) & ~15L;
        _last = new (long, long, long)[_taps];
        for (long k = 0; k < _taps; k++)
        {
            long reach = k * g.Dilations[last] - g.Before[last], phase = (reach % _step + _step) % _step, shift = (reach - phase) / _step;
            // Positions of the phase that exist.
            long lo = Math.Clamp(-shift, 0, _in), hi = Math.Clamp((_out - phase + _step - 1) / _step - shift, lo, _in);
            _last[k] = (lo, hi - lo, phase * _phase + shift + lo);
        }
        long rows = g.OutSize / Math.Max(1, _out);
        _first = new int[rows + 1];
        List<(long, long)> outer = [];
        for (long r = 0; r < rows; r++)
        {
            for (long t = 0; t < g.Taps / _taps; t++) if (InputRow(g, r, t) is >= 0 and var row) outer.Add((t, row));
            _first[r + 1] = outer.Count;
        }
        _outer = [.. outer];
    }

    /// <summary>Floats that <see cref="Sum"/> works with.</summary>
    public long Scratch => _step * _phase;

    /// <summary>y = bias + Σ over taps; <paramref name="x"/> holds [tap, input position].</summary>
    public void Sum(float* x, float bias, float* y, float* phases)
    {
        for (int r = 0; r < _first.Length - 1; r++, y += _out)
        {
            float* to = _step == 1 ? y : phases;
            new Span<float>(to, checked((int)(_step == 1 ? _out : Scratch))).Fill(bias);
            foreach ((long tap, long row) in _outer.AsSpan(_first[r].._first[r + 1]))
            {
                float* from = x + tap * _taps * _inSize + row * _in;
                foreach ((long input, long count, long at) in _last)
                {
                    Add(from + input, to + at, count);
                    from += _inSize;
                }
            }
            if (_step == 2) Stepping.Interleave(phases, phases + _phase, y, _out);
            else if (_step > 2) for (long p = 0; p < Math.Min(_step, _out); p++) for (long i = p, j = p * _phase; i < _out; i += _step, j++) y[i] = phases[j];
        }
    }

    /// <summary>The input row that outer tap <paramref name="tap"/> brings to output row <paramref name="row"/>, or −1.</summary>
    private static long InputRow(ConvGeometry g, long row, long tap)
    {
        long at = 0, scale = 1;
        for (int a = g.Rank - 2; a >= 0; a--)
        {
            (row, long o) = Math.DivRem(row, g.Out[a]);
            (tap, long k) = Math.DivRem(tap, g.Kernel[a]);
            (long i, long rest) = Math.DivRem(o + g.Before[a] - k * g.Dilations[a], g.Strides[a]);
            if (rest != 0 || (ulong)i >= (ulong)g.In[a]) return -1;
            at += i * scale;
            scale *= g.In[a];
        }
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* x, float* y, long n)
    {
        long i = 0;
        for (; i + 16 <= n; i += 16) (Vector512.Load(x + i) + Vector512.Load(y + i)).Store(y + i);
        if (i + 8 <= n)
        {
            (Vector256.Load(x + i) + Vector256.Load(y + i)).Store(y + i);
            i += 8;
        }
        if (i + 4 <= n)
        {
            (Vector128.Load(x + i) + Vector128.Load(y + i)).Store(y + i);
            i += 4;
        }
        for (; i < n; i++) y[i] += x[i];
    }
}
