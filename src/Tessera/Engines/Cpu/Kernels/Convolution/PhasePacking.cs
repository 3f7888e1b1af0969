using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Window columns of a step above 1 along the last axis: input rows are padded and split by phase once, after which what a tap reads for neighbouring outputs lies side by
/// side. Panels are those of <see cref="ColumnPacking"/>.
/// </summary>
internal sealed unsafe class PhasePacking(ConvGeometry g)
{
    private readonly PhaseRows _rows = new(g);
    private readonly WindowRows _windows = new(g);
    private readonly long _row = g.Out[^1];
    private readonly int _width = (int)g.Kernel[^1];

    /// <summary>Whether rows are long enough to be worth their padding.</summary>
    public static bool Takes(ConvGeometry g) => g.Strides[^1] > 1 && g.Taps > 1 && g.Out[^1] >= 2 * Sgemm.Lanes;

    /// <summary>Floats of one split channel.</summary>
    public long Floats => _rows.Floats;

    /// <summary>Splits one channel.</summary>
    public void Split(float* x, float* to) => _rows.Fill(x, 0, to);

    /// <summary>Columns [first, first + count) of split channels, in panels of <paramref name="width"/> columns, <paramref name="panel"/> floats apart.</summary>
    public void Pack(float* x, long channels, long first, long count, int width, float* to, long panel)
    {
        for (long j = 0; j < count; j += width, to += panel)
        {
            int n = (int)Math.Min(width, count - j), done = 0;
            while (done < n)
            {
                (long outer, long at) = Math.DivRem(first + j + done, _row);
                int length = (int)Math.Min(n - done, _row - at);
                Segment(x + at, channels, outer, length, width, to + done);
                done += length;
            }
            if (n < width) for (long k = 0; k < channels * g.Taps; k++) new Span<float>(to + k * width + n, width - n).Clear();
        }
    }

    /// <summary>Neighbouring outputs of one row, for all taps and channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Segment(float* x, long channels, long outer, int length, int width, float* to)
    {
        ReadOnlySpan<(int InputRow, int Tap)> rows = _windows.Of(outer);
        ReadOnlySpan<long> taps = _rows.Taps;
        for (long c = 0; c < channels; c++, x += _rows.Floats)
        {
            int next = 0;
            for (int t = 0; t < _windows.OuterTaps; t++)
            {
                if (next == rows.Length || rows[next].Tap != t)
                {
                    for (int k = 0; k < _width; k++, to += width) new Span<float>(to, length).Clear();
                    continue;
                }
                float* row = x + rows[next++].InputRow * _rows.Row;
                if (length == 32) for (int k = 0; k < _width; k++, to += width)
                {
                    Vector512.Load(row + taps[k]).Store(to);
                    Vector512.Load(row + taps[k] + 16).Store(to + 16);
                }
                else for (int k = 0; k < _width; k++, to += width) Stepping.Copy(row + taps[k], to, length);
            }
        }
    }
}
