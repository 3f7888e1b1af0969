using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Float32 convolution of planes, one input channel per group, few filters. A band of a plane is padded on all sides, so that every output has all taps at the
/// same distances, and up to eight output rows are summed up at once.
/// </summary>
internal sealed unsafe class PlaneStep : Step
{
    private const long Ready = 4096;

    private readonly ConvGeometry _g;
    private readonly PhaseRows _rows;
    private readonly RowBlocks _blocks;
    private readonly long _units;
    private readonly Scratch _padded;

    public PlaneStep(StepBuilder b, ConvGeometry g, Operand x, Operand w, Operand y)
        : base("conv depthwise f32", [x, w], [y], 2 * y.Count * g.Taps, $"{g}, one channel per group")
    {
        (_g, _rows) = (g, new(g));
        _blocks = new(g, _rows);
        _padded = b.Scratch(sizeof(float) * _rows.Row * _blocks.InputRows);
        _units = g.Batch * g.Groups * g.Filters * _blocks.Bands;
    }

    /// <summary>Whether <paramref name="g"/> has the form that this step computes, and not so many filters that it pays to lay out windows for a product.</summary>
    public static bool Takes(ConvGeometry g) => g is { Channels: 1, Rank: 2, Taps: <= 1024 } && (g.Filters <= 4 || g is { Filters: <= 16, Taps: >= 16 }) && g.Out[0] > 1;

    public override bool TakesEpilogue => true;

    public override bool TakesBias => true;

    public override void Run(RunContext c)
    {
        int workers = c.Workers(Flops * 0.03);
        long unitsPerPart = workers == 1 ? _units : Math.Max(1, _units / (4 * workers));
        c.Fork(this, checked((int)unitsPerPart), (int)((_units + unitsPerPart - 1) / unitsPerPart));
    }

    /// <summary>Bands of planes, <paramref name="phase"/> of them.</summary>
    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long first = part * (long)phase, end = Math.Min(_units, first + phase), done = Start(first);
        float* padded = c.Ptr<float>(_padded, worker), x = c.Ptr<float>(Reads[0]), w = c.Ptr<float>(Reads[1]), y = c.Ptr<float>(Writes[0]), last = y + Start(end);
        float* bias = Bias is null ? null : c.Ptr<float>(Bias);
        new Span<float>(padded, checked((int)(_rows.Row * _blocks.InputRows))).Clear();
        for (long u = first; u < end; u++)
        {
            (long plane, long band) = Math.DivRem(u, _blocks.Bands);
            (long input, long filter) = Math.DivRem(plane, _g.Filters);
            if (_blocks.Bands > 1 || u == first || filter == 0) Fill(x + input * _g.InSize, band, padded);
            long channel = plane % (_g.Groups * _g.Filters);
            Band(padded, w + channel * _g.Taps, bias == null ? 0 : bias[channel], y + plane * _g.OutSize, last, (int)band);
            // What follows the convolution runs while the results are in cache, but not for a few of them.
            long ready = Start(u + 1);
            if (ready - done < Ready && u + 1 < end) continue;
            Finish(c, done, ready - done, worker);
            done = ready;
        }
    }

    /// <summary>First output of a unit.</summary>
    private long Start(long unit) => unit / _blocks.Bands * _g.OutSize + unit % _blocks.Bands * _blocks.Band * _g.Out[1];

    /// <summary>The input rows of a band; what is beside them, and beyond them in a plane of one band, is padding already.</summary>
    private void Fill(float* x, long band, float* padded)
    {
        long top = band * _blocks.Band, first = top * _g.Strides[0] - _g.Before[0];
        // Rows of results that do not exist read what lies there.
        long count = (Math.Min(_blocks.Band, _g.Out[0] - top) - 1) * _g.Strides[0] + (_g.Kernel[0] - 1) * _g.Dilations[0] + 1;
        long lo = Math.Clamp(-first, 0, count), hi = Math.Clamp(_g.In[0] - first, lo, count);
        _rows.Copy(x + (first + lo) * _g.In[1], padded + lo * _rows.Row, hi - lo);
        if (_blocks.Bands == 1) return;
        new Span<float>(padded, (int)(lo * _rows.Row)).Clear();
        new Span<float>(padded + hi * _rows.Row, (int)((count - hi) * _rows.Row)).Clear();
    }

    private void Band(float* padded, float* w, float bias, float* y, float* end, int band)
    {
        TapRun* runs = (TapRun*)Unsafe.AsPointer(ref _blocks.Runs[0]);
        long top = band * _blocks.Band, width = _g.Out[1], step = _g.Strides[0] * _rows.Row;
        foreach (ref readonly RowBlock b in _blocks.Of(band))
            RowSums.Run(b, runs, new(padded + (b.First - top) * step, step, w, _blocks.WeightStep, bias, y + b.First * width, width, end));
    }
}
