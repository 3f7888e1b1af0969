using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Sums of windows over planes, few input channels per group, few filters: a band of each plane is padded on all sides, so that every output has all taps at the same distances, and up
/// to eight output rows are summed up at once.
/// </summary>
internal sealed unsafe class PlaneBands
{
    private readonly ConvGeometry _g;
    private readonly PhaseRows _rows;
    private readonly RowBlocks _blocks;

    public PlaneBands(ConvGeometry g)
    {
        (_g, _rows) = (g, new(g));
        _blocks = new(g, _rows);
    }

    /// <summary>Whether <paramref name="g"/> has this form, and not so many filters that it pays to lay out windows for a product.</summary>
    public static bool Takes(ConvGeometry g) => g is { Channels: <= 8, Rank: 2 } && g.Channels * g.Taps <= 1024 && (g.Filters <= 4 || g is { Channels: 1, Filters: <= 16, Taps: >= 16 }) && g.Out[0] > 1 && (g.Channels == 1 || g.Taps > 1);

    /// <summary>Bands of an output plane.</summary>
    public long Count => _blocks.Bands;

    /// <summary>Output rows of all bands but the last, which may have fewer.</summary>
    public long Rows => _blocks.Band;

    /// <summary>Floats of a padded band of all channels of a group.</summary>
    public long Padded => _g.Channels * Plane;

    private long Plane => _rows.Row * _blocks.InputRows;

    /// <summary>Input rows that a band reads, first to end; they exist.</summary>
    public (long First, long End) Input(long band)
    {
        (long first, long count) = Window(band);
        return (Math.Max(0, first), Math.Clamp(first + count, 0, _g.In[0]));
    }

    /// <summary>Writes a padded band; what is beside its rows, and beyond them in a plane of one band, is 0 already.</summary>
    /// <param name="x">Input row 0 of the first channel.</param>
    public void Fill(float* x, long band, float* padded)
    {
        (long first, long count) = Window(band);
        long lo = Math.Clamp(-first, 0, count), hi = Math.Clamp(_g.In[0] - first, lo, count);
        for (long c = 0; c < _g.Channels; c++, x += _g.InSize, padded += Plane)
        {
            _rows.Copy(x + (first + lo) * _g.In[1], padded + lo * _rows.Row, hi - lo);
            if (Count == 1) continue;
            new Span<float>(padded, (int)(lo * _rows.Row)).Clear();
            new Span<float>(padded + hi * _rows.Row, (int)((count - hi) * _rows.Row)).Clear();
        }
    }

    /// <summary>Output rows of a band.</summary>
    /// <param name="y">Output row 0 of the plane.</param>
    /// <param name="end">Rows of a band are written up to here: what lies beyond a row's end comes later.</param>
    public void Sum(float* padded, float* w, float bias, float* y, float* end, long band)
    {
        TapRun* runs = (TapRun*)Unsafe.AsPointer(ref _blocks.Runs[0]);
        long top = band * Rows, width = _g.Out[1], step = _g.Strides[0] * _rows.Row;
        foreach (ref readonly RowBlock b in _blocks.Of((int)band))
            RowSums.Run(b, runs, new(padded + (b.First - top) * step, step, w, _blocks.WeightStep, bias, y + b.First * width, width, end));
    }

    // Rows of results that do not exist read what lies there.
    private (long First, long Count) Window(long band)
    {
        long top = band * Rows;
        return (top * _g.Strides[0] - _g.Before[0], (Math.Min(Rows, _g.Out[0] - top) - 1) * _g.Strides[0] + (_g.Kernel[0] - 1) * _g.Dilations[0] + 1);
    }
}
