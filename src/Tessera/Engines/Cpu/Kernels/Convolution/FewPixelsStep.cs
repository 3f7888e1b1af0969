using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Float32 convolution with few output positions and known weights: window columns [positions, channels·taps] times weights [channels·taps, filters], so that filters, of
/// which there are many, fill the vectors. Results are turned while they are in cache.
/// </summary>
internal sealed unsafe class FewPixelsStep : Step
{
    private readonly ConvGeometry _g;
    private readonly ColumnPacking _columns;
    private readonly long _k, _taps, _out, _kPart, _kParts, _chunks, _filters;
    private readonly nint _weights;
    private readonly Scratch _rows, _products, _bias;

    public FewPixelsStep(StepBuilder b, ConvGeometry g, Operand x, Operand w, Operand y)
        : base("conv few pixels f32", [x, w], [y], 2 * y.Count * g.Channels * g.Taps, $"{g}{(g.Groups > 1 ? $", {g.Groups} groups" : "")}, filters as columns")
    {
        (_g, _columns, _taps, _out, _k) = (g, new(g), g.Taps, g.OutSize, g.Channels * g.Taps);
        _kPart = Math.Max(1, (Blocking.KPartOf(_k) + _taps - 1) / _taps) * _taps;
        _kParts = (_k + _kPart - 1) / _kPart;
        _chunks = (g.Filters + Sgemm.Columns - 1) / Sgemm.Columns;
        _filters = _chunks * Sgemm.Columns;
        _rows = b.SharedScratch(4 * g.Batch * g.Groups * _k * _out);
        _products = b.Scratch(4 * _out * Sgemm.Columns);
        _bias = b.Scratch(4 * Sgemm.Columns);
        float* from = b.Known<float>(w);
        _weights = b.Own($"B {g.Groups} × {g.Filters}×{_k} by {_kPart} in {Sgemm.Columns}", 4 * g.Groups * _k * _filters, to => PackWeights(from, (float*)to, b.Workers), w);
    }

    private void PackWeights(float* from, float* to, int workers)
    {
        long parts = _g.Groups * _kParts;
        if (_g.Groups * _g.Filters * _k < 1 << 16) for (long i = 0; i < parts; i++) PackWeights(from, to, i);
        else ThreadTeam.Shared.For(parts, workers, i => PackWeights(from, to, i));
    }

    public override bool TakesEpilogue => true;

    public override bool TakesBias => true;

    public override bool TakesAddend => true;

    /// <summary>Whether filters fill vectors notably better than positions do.</summary>
    public static bool Takes(ConvGeometry g)
    {
        long lanes = Sgemm.Lanes, positions = g.OutSize;
        return positions <= 16 * lanes && g.Channels * g.Taps > 1 && 12 * positions * Whole(g.Filters, lanes) < 11 * g.Filters * Whole(positions, lanes);
    }

    private static long Whole(long n, long unit) => (n + unit - 1) / unit * unit;

    /// <summary>One part of one group: [part][panel of filters][k][filter].</summary>
    private void PackWeights(float* w, float* to, long index)
    {
        (long group, long part) = Math.DivRem(index, _kParts);
        long k0 = part * _kPart, k = Math.Min(_kPart, _k - k0);
        Packing.B(w + group * _g.Filters * _k + k0, _k, 1, _g.Filters, k, to + group * _k * _filters + k0 * _filters, k * Sgemm.Columns);
    }

    public override void Run(RunContext c)
    {
        bool alone = c.Workers(Flops * 0.02) == 1;
        Split(c, 0, checked((int)(_g.Batch * _g.Groups * _kParts)), alone);
        Split(c, 1, checked((int)(_g.Batch * _g.Groups * _chunks)), alone);
    }

    private void Split(RunContext c, int phase, int parts, bool alone)
    {
        if (!alone) c.Fork(this, phase, parts);
        else for (int i = 0; i < parts; i++) Part(c, phase, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        if (phase == 0) PackRows(c, part);
        else if (Sgemm.Lanes == 16) Chunk<Lanes512<float>>(c, part, worker);
        else if (Sgemm.Lanes == 8) Chunk<Lanes256<float>>(c, part, worker);
        else Chunk<Lanes128<float>>(c, part, worker);
    }

    /// <summary>Window columns as panels of A: [part][panel of positions][k][position], the last panel only as wide as it has positions.</summary>
    private void PackRows(RunContext c, int part)
    {
        (long image, long at) = Math.DivRem(part, _kParts);
        long k0 = at * _kPart, k = Math.Min(_kPart, _k - k0), size = _g.InSize, height = Sgemm.Rows;
        float* x = c.Ptr<float>(Reads[0]) + (image * _g.Channels + k0 / _taps) * size, to = c.Ptr<float>(_rows, 0) + (image * _k + k0) * _out;
        if (_g.IsPointwise) Packing.A(x, 1, size, _out, k, to, k * height);
        else for (long p = 0; p < _out; p += height, to += k * height)
        {
            int n = (int)Math.Min(height, _out - p);
            _columns.Pack(x, k / _taps, p, n, n, to, 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Chunk<V>(RunContext c, int part, int worker) where V : unmanaged, ILanes<V, float>
    {
        (long image, long chunk) = Math.DivRem(part, _chunks);
        long group = image % _g.Groups, width = Sgemm.Columns, f0 = chunk * width, filters = Math.Min(width, _g.Filters - f0);
        float* a = c.Ptr<float>(_rows, 0) + image * _k * _out, w = (float*)_weights + group * _k * _filters, m = c.Ptr<float>(_products, worker), bias = null;
        if (Bias is not null)
        {
            bias = c.Ptr<float>(_bias, worker);
            for (long f = 0; f < width; f++) bias[f] = f < filters ? c.Ptr<float>(Bias)[group * _g.Filters + f0 + f] : 0;
        }
        GemmBlock g = new() { Rows = _out, Cols = width, C = m, Ldc = width, From = bias };
        for (long k0 = 0; k0 < _k; k0 += _kPart)
        {
            g.K = Math.Min(_kPart, _k - k0);
            g.A = a + k0 * _out;
            g.AStep = g.K * Sgemm.Rows;
            g.B = w + k0 * _filters + f0 * g.K;
            Sgemm.Run(g);
            g.From = m;
            g.FromStep = width;
        }
        long start = (image * _g.Filters + f0) * _out;
        float* y = c.Ptr<float>(Writes[0]) + start;
        for (long f = 0; f < filters; f += V.Count) Turning.FromLanes<V>(m + f, Sgemm.Columns, y + f * _out, (nint)_out, (int)Math.Min(V.Count, filters - f), (int)_out);
        if (Addend is not null || Low > float.NegativeInfinity || High < float.PositiveInfinity) Tail.Run(y, Addend is null ? null : c.Ptr<float>(Addend) + start, filters * _out, Low, High);
        Finish(c, start, filters * _out, worker);
    }
}
