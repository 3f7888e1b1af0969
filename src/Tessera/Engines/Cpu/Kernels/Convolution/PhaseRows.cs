using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Rows of an input plane along its last axis, padded, and split by phase: element j of phase p is padded pixel j·step + p. A window's tap then reads
/// consecutive elements for consecutive outputs, whatever the step and the dilation.
/// </summary>
internal sealed unsafe class PhaseRows
{
    private readonly long _in, _before, _step, _rows;

    public PhaseRows(ConvGeometry g)
    {
        int last = g.Rank - 1;
        (_in, _before, _step) = (g.In[last], g.Before[last], g.Strides[last]);
        _rows = g.InSize / Math.Max(1, _in);
        long reach = (g.Kernel[last] - 1) * g.Dilations[last];
        // A vector may be read from every output position on.
        Phase = (g.Out[last] + reach / _step + 16 + 15) & ~15L;
        Row = Phase * _step;
        Floats = Row * _rows;
        Taps = new long[g.Kernel[last]];
        for (long k = 0; k < Taps.Length; k++)
        {
            (long whole, long phase) = Math.DivRem(k * g.Dilations[last], _step);
            Taps[k] = phase * Phase + whole;
        }
    }

    /// <summary>Elements per phase and per row.</summary>
    public long Phase { get; }

    public long Row { get; }

    /// <summary>Elements of a whole plane.</summary>
    public long Floats { get; }

    /// <summary>Per tap of the last axis, where it reads for output position 0.</summary>
    public long[] Taps { get; }

    public void Fill(float* x, float padding, float* to) => FillPadded(x, _rows, 0, _rows, padding, to);

    /// <summary><paramref name="count"/> rows with padding around: row r is row r − <paramref name="before"/> of the <paramref name="rows"/> rows at <paramref name="x"/>, or padding.</summary>
    public void FillPadded(float* x, long rows, long before, long count, float padding, float* to)
    {
        if (_step <= 2 && _before >= 0 && _in < 256)
        {
            // Short rows: padding for all at once, then the pixels that lie inside.
            new Span<float>(to, (int)(count * Row)).Fill(padding);
            for (long r = Math.Max(0, before); r < Math.Min(count, before + rows); r++)
            {
                if (_step == 1) Unsafe.CopyBlockUnaligned(to + r * Row + _before, x + (r - before) * _in, (uint)Math.Clamp(Phase - _before, 0, _in) * sizeof(float));
                else Halve(x + (r - before) * _in, to + r * Row);
            }
            return;
        }
        for (long r = 0; r < count; r++, to += Row)
        {
            if ((ulong)(r - before) >= (ulong)rows) new Span<float>(to, (int)Row).Fill(padding);
            else for (long p = 0; p < _step; p++) Fill(x + (r - before) * _in, p - _before, padding, to + p * Phase);
        }
    }

    /// <summary>A row's even pixels to one phase, its odd ones to the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Halve(float* x, float* to)
    {
        long odd = _before & 1, at = _before / 2, first = odd == 0 ? at : Phase + at, second = odd == 0 ? Phase + at : at + 1;
        long most = Math.Min(_in / 2, Phase - at - 1), i = 0;
        float* even = to + first, other = to + second;
        if (Avx2.IsSupported)
        {
            for (; i + 8 <= most; i += 8)
            {
                Vector256<float> a = Vector256.Load(x + 2 * i), b = Vector256.Load(x + 2 * i + 8);
                Avx2.Permute4x64(Avx.Shuffle(a, b, 0x88).AsDouble(), 0xD8).AsSingle().Store(even + i);
                Avx2.Permute4x64(Avx.Shuffle(a, b, 0xDD).AsDouble(), 0xD8).AsSingle().Store(other + i);
            }
        }
        for (; i < most; i++) (even[i], other[i]) = (x[2 * i], x[2 * i + 1]);
        if (i == _in / 2 && (_in & 1) != 0 && at + i < Phase) even[i] = x[2 * i];
    }

    /// <summary>to[j] = x[j·step + first], or the padding where that does not exist.</summary>
    private void Fill(float* x, long first, float padding, float* to)
    {
        long lo = first >= 0 ? 0 : Math.Min(Phase, (-first + _step - 1) / _step);
        long hi = first >= _in ? lo : Math.Clamp((_in - first + _step - 1) / _step, lo, Phase);
        new Span<float>(to, (int)lo).Fill(padding);
        if (_step == 1) new ReadOnlySpan<float>(x + first + lo, (int)(hi - lo)).CopyTo(new Span<float>(to + lo, (int)(hi - lo)));
        else Stepping.Copy(x + first + lo * _step, _step, to + lo, hi - lo);
        new Span<float>(to + hi, (int)(Phase - hi)).Fill(padding);
    }
}
