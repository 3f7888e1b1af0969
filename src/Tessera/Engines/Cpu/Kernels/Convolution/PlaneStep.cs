namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Float32 convolution of planes, few input channels per group, few filters, band by band (<see cref="PlaneBands"/>).</summary>
internal sealed unsafe class PlaneStep : Step
{
    private const long Ready = 4096;

    private readonly ConvGeometry _g;
    private readonly PlaneBands _bands;
    private readonly long _units;
    private readonly Scratch _padded;

    public PlaneStep(StepBuilder b, ConvGeometry g, Operand x, Operand w, Operand y)
        : base(g.Channels == 1 ? "conv depthwise f32" : "conv grouped f32", [x, w], [y], 2 * y.Count * g.Channels * g.Taps, $"{g}, {(g.Channels == 1 ? "one channel" : g.Channels + " channels")} per group")
    {
        (_g, _bands) = (g, new(g));
        _padded = b.Scratch(sizeof(float) * _bands.Padded);
        _units = g.Batch * g.Groups * g.Filters * _bands.Count;
    }

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
        new Span<float>(padded, checked((int)_bands.Padded)).Clear();
        for (long u = first; u < end; u++)
        {
            (long plane, long band) = Math.DivRem(u, _bands.Count);
            (long input, long filter) = Math.DivRem(plane, _g.Filters);
            if (_bands.Count > 1 || u == first || filter == 0) _bands.Fill(x + input * _g.Channels * _g.InSize, band, padded);
            long channel = plane % (_g.Groups * _g.Filters);
            _bands.Sum(padded, w + channel * _g.Channels * _g.Taps, bias == null ? 0 : bias[channel], y + plane * _g.OutSize, last, band);
            // What follows the convolution runs while the results are in cache, but not for a few of them.
            long ready = Start(u + 1);
            if (ready - done < Ready && u + 1 < end) continue;
            Finish(c, done, ready - done, worker);
            done = ready;
        }
    }

    /// <summary>First output of a unit.</summary>
    private long Start(long unit) => unit / _bands.Count * _g.OutSize + unit % _bands.Count * _bands.Rows * _g.Out[1];
}
