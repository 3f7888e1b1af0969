using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Rows of an input plane along its last axis, padded, and split by phase: element j of phase p is padded pixel j·step + p. A window's tap then reads
/// consecutive elements for consecutive outputs, whatever the step and the dilation.
/// </summary>
internal sealed unsafe class PhaseRows
{
    private readonly long _in, _before, _step, _rows, _length;
    private readonly long[] _starts;

    public PhaseRows(ConvGeometry g)
    {
        int last = g.Rank - 1;
        (_in, _before, _step) = (g.In[last], g.Before[last], g.Strides[last]);
        _rows = g.InSize / Math.Max(1, _in);
        long reach = (g.Kernel[last] - 1) * g.Dilations[last];
        // A vector may be read from every output position on.
        _length = (g.Out[last] + reach / _step + 16 + 15) & ~15L;
        _starts = new long[_step];
        for (long p = 0; p < _step; p++)
        {
            // Pixels are written a line of the cache at a time.
            long first = -Inside(p - _before).Lo & 15;
            _starts[p] = p * (_length + 16) + first;
        }
        Row = _step * (_length + 16);
        Floats = Row * _rows;
        Taps = GC.AllocateArray<long>(checked((int)g.Kernel[last]), pinned: true);
        for (long k = 0; k < Taps.Length; k++)
        {
            (long whole, long phase) = Math.DivRem(k * g.Dilations[last], _step);
            Taps[k] = _starts[phase] + whole;
        }
    }

    /// <summary>Elements per row.</summary>
    public long Row { get; }

    /// <summary>Elements of a whole plane.</summary>
    public long Floats { get; }

    /// <summary>Per tap of the last axis, where it reads for output position 0. Pinned.</summary>
    public long[] Taps { get; }

    public void Fill(float* x, float padding, float* to) => FillPadded(x, _rows, 0, _rows, padding, to);

    /// <summary><paramref name="count"/> rows with padding around: row r is row r − <paramref name="before"/> of the <paramref name="rows"/> rows at <paramref name="x"/>, or padding.</summary>
    public void FillPadded(float* x, long rows, long before, long count, float padding, float* to)
    {
        if (_step <= 2 && _before >= 0 && _in < 256)
        {
            // Short rows: padding for all at once, then the pixels that lie inside.
            new Span<float>(to, (int)(count * Row)).Fill(padding);
            long first = Math.Max(0, before);
            Copy(x + (first - before) * _in, to + first * Row, Math.Min(count, before + rows) - first);
            return;
        }
        for (long r = 0; r < count; r++, to += Row)
        {
            if ((ulong)(r - before) >= (ulong)rows) new Span<float>(to, (int)Row).Fill(padding);
            else for (long p = 0; p < _step; p++) Fill(x + (r - before) * _in, p - _before, padding, to + _starts[p]);
        }
    }

    /// <summary>The pixels of <paramref name="rows"/> rows; what lies around them stays.</summary>
    public void Copy(float* x, float* to, long rows)
    {
        if (_step == 1 && _before >= 0) CopyWhole(x, to + _starts[0] + _before, Math.Clamp(_length - _before, 0, _in), rows);
        else if (_step == 2 && _before >= 0) Halve(x, to, rows);
        else for (; rows > 0; rows--, x += _in, to += Row)
            for (long p = 0; p < _step; p++)
            {
                (long lo, long hi) = Inside(p - _before);
                Stepping.Copy(x + p - _before + lo * _step, _step, to + _starts[p] + lo, hi - lo);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CopyWhole(float* x, float* to, long n, long rows)
    {
        for (; rows > 0; rows--, x += _in, to += Row) Stepping.Copy(x, to, n);
    }

    /// <summary>Rows' even pixels to one phase, their odd ones to the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Halve(float* x, float* to, long rows)
    {
        long odd = _before & 1, at = _before / 2, pairs = Math.Clamp(_length - at - 1, 0, _in / 2), row = Row, width = _in;
        float* even = to + _starts[odd] + at, other = to + (odd == 0 ? _starts[1] + at : _starts[0] + at + 1);
        bool rest = pairs == width / 2 && (width & 1) != 0 && at + pairs < _length;
        for (; rows > 0; rows--, x += width, even += row, other += row)
        {
            Stepping.Deinterleave(x, even, other, pairs);
            if (rest) even[pairs] = x[2 * pairs];
        }
    }

    /// <summary>For which j &lt; length x[j·step + first] exists.</summary>
    private (long Lo, long Hi) Inside(long first)
    {
        long lo = first >= 0 ? 0 : Math.Min(_length, (-first + _step - 1) / _step);
        return (lo, first >= _in ? lo : Math.Clamp((_in - first + _step - 1) / _step, lo, _length));
    }

    /// <summary>to[j] = x[j·step + first], or the padding where that does not exist.</summary>
    private void Fill(float* x, long first, float padding, float* to)
    {
        (long lo, long hi) = Inside(first);
        new Span<float>(to, (int)lo).Fill(padding);
        if (_step == 1) new ReadOnlySpan<float>(x + first + lo, (int)(hi - lo)).CopyTo(new Span<float>(to + lo, (int)(hi - lo)));
        else Stepping.Copy(x + first + lo * _step, _step, to + lo, hi - lo);
        new Span<float>(to + hi, (int)(_length - hi)).Fill(padding);
    }
}
