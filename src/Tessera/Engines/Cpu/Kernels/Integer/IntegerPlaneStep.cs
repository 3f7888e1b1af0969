using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Convolution of an 8-bit image with known weights of nine bits, one input channel per group, few filters, band by band (<see cref="PlaneBands"/>). Bytes less their zero point are summed up as
/// Float32, which holds every sum of up to <see cref="MostTaps"/> products exactly.
/// </summary>
internal sealed unsafe class IntegerPlaneStep : Step
{
    /// <summary>256·255·255 &lt; 2²⁴.</summary>
    public const long MostTaps = 256;

    private const long Ready = 4096;

    private readonly ConvGeometry _g;
    private readonly PlaneBands _bands;
    private readonly IntegerOutput _output;
    private readonly Operand? _zero;
    private readonly bool _signed;
    private readonly long _units;
    private readonly nint _weights;
    private readonly Scratch _padded, _bytes, _sums;

    /// <param name="x">UInt8 or Int8.</param>
    /// <param name="w">Known; UInt8, Int8, or Int32 whose values and 0 span at most 255.</param>
    /// <param name="zero">Int32, one number that is taken off x.</param>
    public IntegerPlaneStep(StepBuilder b, ConvGeometry g, Operand x, Operand w, Operand? zero, IntegerOutput output, Operand y)
        : base("conv depthwise int8", [.. new[] { x, w, zero }.OfType<Operand>(), .. output.Reads], [y], 2 * y.Count * g.Taps, $"{g} → {y.Type}, one channel per group")
    {
        (_g, _bands, _output, _zero, _signed) = (g, new(g), output, zero, x.Type == DType.Int8);
        _padded = b.Scratch(sizeof(float) * _bands.Padded);
        _bytes = b.Scratch(sizeof(float) * _bands.Padded);
        // Whole vectors may be written behind the last row.
        _sums = b.Scratch(sizeof(float) * (_bands.Rows * g.Out[1] + 16));
        _units = g.Batch * g.Groups * g.Filters * _bands.Count;
        nint from = (nint)b.Slots[w.Slot].Address + (nint)(w.Offset * w.Size);
        _weights = b.Own("weights of planes", sizeof(float) * w.Count, to => { for (long i = 0; i < w.Count; i++) ((float*)to)[i] = IntegerWinogradStep.Weight(w.Type, from, i); }, w);
    }

    public override bool TakesEpilogue => true;

    /// <summary>Whether <paramref name="g"/> has this form and its sums are exact.</summary>
    public static bool Takes(ConvGeometry g) => PlaneBands.Takes(g) && g.Taps <= MostTaps;

    public override void Run(RunContext c)
    {
        int workers = c.Workers(Flops * 0.012 + (Reads[0].Count + Writes[0].Count) * 0.17 + _units * 100.0);
        long unitsPerPart = workers == 1 ? _units : Math.Max(1, _units / (4 * workers));
        c.Fork(this, checked((int)unitsPerPart), (int)((_units + unitsPerPart - 1) / unitsPerPart));
    }

    /// <summary>Bands of planes, <paramref name="phase"/> of them.</summary>
    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long first = part * (long)phase, end = Math.Min(_units, first + phase), done = first, filters = _g.Groups * _g.Filters;
        float* padded = c.Ptr<float>(_padded, worker), sums = c.Ptr<float>(_sums, worker);
        new Span<float>(padded, checked((int)_bands.Padded)).Clear();
        for (long u = first; u < end; u++)
        {
            (long plane, long band) = Math.DivRem(u, _bands.Count);
            (long input, long filter) = Math.DivRem(plane, _g.Filters);
            if (_bands.Count > 1 || u == first || filter == 0) Fill(c, input, band, padded, worker);
            long row = band * _bands.Rows, at = row * _g.Out[1], count = Math.Min(_bands.Rows, _g.Out[0] - row) * _g.Out[1];
            _bands.Sum(padded, (float*)_weights + plane % filters * _g.Taps, 0, sums - at, sums + count + 16, band);
            QuadOutput o = _output.At(c, Writes[0], plane / filters * filters * _g.OutSize, 0, _g.OutSize);
            o.Put(sums, plane % filters, at, checked((int)count));
            // What follows the convolution runs while the results are in cache, but not for a few of them.
            if ((u + 1 - done) * count < Ready && u + 1 < end) continue;
            Finish(c, Start(done), Start(u + 1) - Start(done), worker);
            done = u + 1;
        }
    }

    private void Fill(RunContext c, long plane, long band, float* padded, int worker)
    {
        (long first, long end) = _bands.Input(band);
        float* rows = c.Ptr<float>(_bytes, worker);
        long width = _g.In[1];
        DequantizeMicroOp.Run(c.Ptr<byte>(Reads[0]) + plane * _g.InSize + first * width, _signed, _zero is null ? 0 : *c.Ptr<int>(_zero), 1, rows, checked((nint)(Math.Max(0, end - first) * width)));
        _bands.Fill(rows - first * width, band, padded);
    }

    /// <summary>First output of a unit.</summary>
    private long Start(long unit) => unit / _bands.Count * _g.OutSize + unit % _bands.Count * _bands.Rows * _g.Out[1];
}
