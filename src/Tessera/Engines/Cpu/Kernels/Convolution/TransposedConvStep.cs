using System.Numerics;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Transposed convolution of Float32: for a few filters at a time the product weightsᵀ · input gives, per filter, tap and input position, what is added to one
/// output position. A part owns its filters, so nobody else adds there.
/// </summary>
internal sealed unsafe class TransposedConvStep : Step
{
    private readonly ConvGeometry _g;
    private readonly PhaseSums _sums;
    private readonly long _filters, _parts, _panel;
    private readonly Scratch _input, _weights, _products, _phases;

    public TransposedConvStep(StepBuilder b, ConvGeometry g, Operand x, Operand w, Operand y)
        : base("conv transposed f32", [x, w], [y], 2 * g.Batch * g.Groups * g.Channels * g.Filters * g.Taps * g.InSize, $"{g}, tiles {Sgemm.Rows}×{Sgemm.Columns}")
    {
        (_g, _sums) = (g, new(g));
        // Products of a part: half of L2, but at least one filter.
        _filters = Math.Clamp(CacheSizes.L2 / 2 / 4 / Math.Max(1, g.Taps * g.InSize), 1, g.Filters);
        if (b.Workers > 1) _filters = Math.Clamp(_filters, 1, Math.Max(1, (g.Batch * g.Groups * g.Filters + 2 * b.Workers - 1) / (2 * b.Workers)));
        _parts = (g.Filters + _filters - 1) / _filters;
        _panel = g.Channels * Sgemm.Columns;
        _input = b.SharedScratch(4 * g.Batch * g.Groups * Sgemm.PackedB(g.Channels, g.InSize));
        _weights = b.Scratch(4 * _filters * g.Taps * g.Channels);
        _products = b.Scratch(4 * _filters * g.Taps * g.InSize);
        _phases = b.Scratch(4 * _sums.Scratch);
    }

    public override bool TakesEpilogue => true;

    public override bool TakesBias => true;

    public override void Run(RunContext c)
    {
        int inputs = checked((int)(_g.Batch * _g.Groups)), parts = checked((int)(inputs * _parts));
        if (c.Workers(Flops * 0.02) > 1)
        {
            c.Fork(this, 0, inputs);
            c.Fork(this, 1, parts);
            return;
        }
        for (int i = 0; i < inputs; i++) Part(c, 0, i, 0);
        for (int i = 0; i < parts; i++) Part(c, 1, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long size = _g.InSize, packed = Sgemm.PackedB(_g.Channels, size);
        if (phase == 0)
        {
            Packing.B(c.Ptr<float>(Reads[0]) + part * _g.Channels * size, 1, size, size, _g.Channels, c.Ptr<float>(_input, 0) + part * packed, _panel);
            return;
        }
        (long input, long at) = Math.DivRem(part, _parts);
        long f0 = at * _filters, filters = Math.Min(_filters, _g.Filters - f0), rows = filters * _g.Taps, step = _g.Filters * _g.Taps;
        float* w = c.Ptr<float>(Reads[1]) + input % _g.Groups * _g.Channels * step + f0 * _g.Taps, a = c.Ptr<float>(_weights, worker), p = c.Ptr<float>(_products, worker);
        Packing.A(w, 1, step, rows, _g.Channels, a, _g.Channels * Sgemm.Rows);
        Sgemm.Run(new GemmBlock
        {
            Rows = rows, Cols = size, K = _g.Channels, A = a, AStep = _g.Channels * Sgemm.Rows,
            B = c.Ptr<float>(_input, 0) + input * packed, BStep = _panel, C = p, Ldc = size,
        });
        long start = (input * _g.Filters + f0) * _g.OutSize;
        float* bias = Bias is null ? null : c.Ptr<float>(Bias) + input % _g.Groups * _g.Filters + f0;
        for (long f = 0; f < filters; f++) _sums.Sum(p + f * _g.Taps * size, bias == null ? 0 : bias[f], c.Ptr<float>(Writes[0]) + start + f * _g.OutSize, c.Ptr<float>(_phases, worker));
        Finish(c, start, filters * _g.OutSize, worker);
    }
}

/// <summary>Transposed convolution of doubles or integers, one output plane at a time.</summary>
internal sealed unsafe class TransposedConvStep<T>(StepBuilder b, ConvGeometry g, Operand x, Operand w, Operand y)
    : Step($"conv transposed {y.Type}", [x, w], [y], 2 * g.Batch * g.Groups * g.Channels * g.Filters * g.Taps * g.InSize, $"{g}") where T : unmanaged, INumber<T>
{
    private readonly TapSums _sums = new(g);
    private readonly Scratch _product = b.Scratch(g.InSize * sizeof(T));

    public override bool TakesEpilogue => true;

    public override void Run(RunContext c)
    {
        int parts = checked((int)(g.Batch * g.Groups * g.Filters));
        if (c.Workers(Flops * 0.5) > 1) c.Fork(this, 0, parts);
        else for (int i = 0; i < parts; i++) Part(c, 0, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        (long input, long f) = Math.DivRem(part, g.Filters);
        long size = g.InSize;
        T* data = c.Ptr<T>(Reads[0]) + input * g.Channels * size, weights = c.Ptr<T>(Reads[1]) + (input % g.Groups * g.Channels * g.Filters + f) * g.Taps;
        T* to = c.Ptr<T>(Writes[0]) + part * g.OutSize, p = c.Ptr<T>(_product, worker);
        for (long i = 0; i < g.OutSize; i++) to[i] = default;
        for (long t = 0; t < g.Taps; t++)
        {
            for (long i = 0; i < size; i++) p[i] = default;
            for (long k = 0; k < g.Channels; k++)
            {
                T v = weights[k * g.Filters * g.Taps + t];
                T* from = data + k * size;
                for (long i = 0; i < size; i++) p[i] += v * from[i];
            }
            _sums.AddTap(t, p, to);
        }
        Finish(c, part * g.OutSize, g.OutSize, worker);
    }
}
