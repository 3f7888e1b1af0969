namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Float32 convolution as weights [filters, channels·taps] times window columns [channels·taps, positions]. Columns are made tile by tile in cache,
/// never as a whole; weights known when the executable is made are packed then.
/// </summary>
internal sealed unsafe class ConvStep : Step
{
    private readonly ConvGeometry _g;
    private readonly ColumnPacking _columns;
    private readonly PhasePacking? _split;
    private readonly long _k, _taps, _out, _kPart, _nPart, _nParts, _mPart, _mParts, _kParts, _panel, _rows;
    private readonly bool _sharesB, _whole;
    private readonly nint _known;
    private readonly Scratch _weights;
    private readonly Scratch _packedB;
    private readonly Scratch _phases;

    public ConvStep(StepBuilder b, ConvGeometry g, Operand x, Operand w, Operand y)
        : base(g.IsPointwise ? "conv 1×1 f32" : "conv gemm f32", [x, w], [y], 2 * y.Count * g.Channels * g.Taps, $"{g}{(g.Groups > 1 ? $", {g.Groups} groups" : "")}, tiles {Sgemm.Rows}×{Sgemm.Columns}")
    {
        (_g, _columns, _taps, _out) = (g, new(g), g.Taps, g.OutSize);
        _k = g.Channels * _taps;
        // Whole channels per part, so that what is known of a tap's border holds for all of them.
        long channels = Math.Max(1, (Blocking.KPartOf(_k) + _taps - 1) / _taps);
        _kPart = channels * _taps;
        _kParts = (_k + _kPart - 1) / _kPart;
        (_mPart, _nPart) = Cut(b.Workers);
        _mParts = (g.Filters + _mPart - 1) / _mPart;
        _nParts = (_out + _nPart - 1) / _nPart;
        _panel = (_nPart + Sgemm.Columns - 1) / Sgemm.Columns * Sgemm.Columns;
        // Columns that several blocks of filters meet are made once, unless they are very many.
        _sharesB = _mParts > 1 && Fits(g.Batch * g.Groups * _nParts * _panel, 8 * CacheSizes.L2);
        _whole = _sharesB || Fits(_panel, CacheSizes.L2 / 2);
        _packedB = _sharesB ? b.SharedScratch(4 * g.Batch * g.Groups * _nParts * _k * _panel) : b.Scratch(4 * Sgemm.PackedB(_whole ? _k : _kPart, _nPart));
        // With all terms of a block at hand a few rows are finished at a time, so that what follows finds them in cache.
        long few = CacheSizes.L2 / 8 / 4 / _panel / Sgemm.Rows;
        _rows = _whole ? Math.Clamp(few, 2, 8) * Sgemm.Rows : _mPart;
        if (PhasePacking.Takes(g))
        {
            _split = new(g);
            _phases = b.SharedScratch(4 * g.Batch * g.Groups * g.Channels * _split.Floats);
        }
        if (!b.IsKnown(w))
        {
            _weights = b.SharedScratch(4 * w.Count);
            return;
        }
        float* from = b.Known<float>(w);
        _known = b.Own($"A {g.Groups} × {g.Filters}×{_k} by {_kPart} in {Sgemm.Rows}", 4 * w.Count, to => PackWeights(from, (float*)to, b.Workers), w);
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

    /// <summary>Whether all terms of so many columns fit in <paramref name="bytes"/>.</summary>
    private bool Fits(long columns, long bytes) => 4 * _k * columns <= bytes;

    private (long M, long N) Cut(int workers)
    {
        long width = Sgemm.Columns, height = Sgemm.Rows, all = (_out + width - 1) / width * width;
        long m = (_g.Filters + height - 1) / height * height, n = all;
        if (all > 32 * width || !Fits(all, CacheSizes.L2 / 2))
        {
            // All terms of a block, or, where there are too many, a part of them together with the sums of all filters.
            long most = Fits(2 * width, CacheSizes.L2 / 2) ? CacheSizes.L2 / 2 / 4 / Math.Max(1, _k) : CacheSizes.L2 / 2 / 4 / Math.Max(_kPart, m);
            most = Math.Clamp(most / width, 1, 16);
            long parts = (all / width + most - 1) / most;
            n = (all / width + parts - 1) / parts * width;
        }
        long flops = 2 * _g.Batch * _g.Groups * _g.Filters * _out * _k;
        long wanted = workers == 1 || flops < 1 << 20 ? 1 : flops < 1 << 24 ? workers : 3 * workers;
        while (_g.Batch * _g.Groups * ((_out + n - 1) / n) * ((_g.Filters + m - 1) / m) < wanted)
        {
            // Whole rows of the output stay together while there are filters to share out: what follows then runs on long stretches.
            if (m >= 8 * height && n >= _out) m = (m / 2 + height - 1) / height * height;
            else if (n > 2 * width) n = (n / 2 + width - 1) / width * width;
            else if (m > 2 * height) m = (m / 2 + height - 1) / height * height;
            else break;
        }
        return (m, n);
    }

    /// <summary>One part of one group: [part][panel][k][row], the parts of a group one after the other.</summary>
    private void PackWeights(float* w, float* to, long index)
    {
        (long group, long part) = Math.DivRem(index, _kParts);
        long k0 = part * _kPart, k = Math.Min(_kPart, _k - k0), start = group * _g.Filters * _k;
        Packing.A(w + start + k0, _k, 1, _g.Filters, k, to + start + k0 * _g.Filters, k * Sgemm.Rows);
    }

    public override void Run(RunContext c)
    {
        bool alone = c.Workers(Flops * 0.02) == 1;
        if (_known == 0) Split(c, 0, checked((int)(_g.Groups * _kParts)), alone);
        if (_split is not null) Split(c, 3, checked((int)(_g.Batch * _g.Groups * _g.Channels)), alone);
        if (_sharesB) Split(c, 2, checked((int)(_g.Batch * _g.Groups * _nParts * _kParts)), alone);
        Split(c, 1, checked((int)(_g.Batch * _g.Groups * _mParts * _nParts)), alone);
    }

    private void Split(RunContext c, int phase, int parts, bool alone)
    {
        if (!alone) c.Fork(this, phase, parts);
        else for (int i = 0; i < parts; i++) Part(c, phase, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        if (phase == 0) PackWeights(c.Ptr<float>(Reads[1]), c.Ptr<float>(_weights, 0), part);
        else if (phase == 1) Block(c, part, worker);
        else if (phase == 3) _split!.Split(c.Ptr<float>(Reads[0]) + part * _g.InSize, c.Ptr<float>(_phases, 0) + part * _split.Floats);
        else
        {
            (long rest, long k) = Math.DivRem(part, _kParts);
            (long image, long ni) = Math.DivRem(rest, _nParts);
            long k0 = k * _kPart;
            PackColumns(Input(c, image), k0, ni * _nPart, c.Ptr<float>(_packedB, 0) + (rest * _k + k0) * _panel);
        }
    }

    /// <summary>Channels of one image and group, split where the window steps.</summary>
    private float* Input(RunContext c, long image) => _split is null ? c.Ptr<float>(Reads[0]) + image * _g.Channels * _g.InSize : c.Ptr<float>(_phases, 0) + image * _g.Channels * _split.Floats;

    /// <summary>Window columns of one part of K for the output positions of one block.</summary>
    private void PackColumns(float* x, long k0, long n0, float* to)
    {
        long k = Math.Min(_kPart, _k - k0), n = Math.Min(_nPart, _out - n0), channel = k0 / _taps, panel = k * Sgemm.Columns;
        if (_split is not null) _split.Pack(x + channel * _split.Floats, k / _taps, n0, n, Sgemm.Columns, to, panel);
        else if (_g.IsPointwise) Packing.B(x + channel * _g.InSize + n0, 1, _g.InSize, n, k, to, panel);
        else _columns.Pack(x + channel * _g.InSize, k / _taps, n0, n, Sgemm.Columns, to, panel);
    }

    private void Block(RunContext c, int part, int worker)
    {
        (long block, long mi) = Math.DivRem(part, _mParts);
        (long rest, long ni) = Math.DivRem(block, _nParts);
        (long batch, long group) = Math.DivRem(rest, _g.Groups);
        long m0 = mi * _mPart, m1 = Math.Min(m0 + _mPart, _g.Filters), n0 = ni * _nPart, n = Math.Min(_nPart, _out - n0);
        float* x = Input(c, rest), b = _sharesB ? c.Ptr<float>(_packedB, 0) + block * _k * _panel : c.Ptr<float>(_packedB, worker);
        float* w = (_known != 0 ? (float*)_known : c.Ptr<float>(_weights, 0)) + group * _g.Filters * _k, y = c.Ptr<float>(Writes[0]);
        float* bias = Bias is null ? null : c.Ptr<float>(Bias) + group * _g.Filters;
        if (_whole && !_sharesB) for (long k0 = 0; k0 < _k; k0 += _kPart) PackColumns(x, k0, n0, b + k0 * _panel);
        for (long r = m0; r < m1; r += _rows)
        {
            long start = ((batch * _g.Groups + group) * _g.Filters + r) * _out + n0;
            GemmBlock g = new() { Rows = Math.Min(_rows, m1 - r), Cols = n, C = y + start, Ldc = _out, B = b };
            for (long k0 = 0; k0 < _k || k0 == 0; k0 += _kPart)
            {
                g.K = Math.Min(_kPart, _k - k0);
                g.A = w + k0 * _g.Filters + r * g.K;
                g.AStep = g.K * Sgemm.Rows;
                g.BStep = g.K * Sgemm.Columns;
                if (_whole) g.B = b + k0 * _panel;
                else PackColumns(x, k0, n0, b);
                if (k0 + _kPart >= _k && bias != null) g.RowBias = bias + r;
                Sgemm.Run(g);
                g.From = g.C;
                g.FromStep = g.Ldc;
            }
            Finish(c, start, g.Rows, n, worker);
        }
    }

    /// <summary>What follows the product, on rows of the output.</summary>
    private void Finish(RunContext c, long start, long rows, long n, int worker)
    {
        if (n == _out) (rows, n) = (1, rows * n);
        bool bounds = Low > float.NegativeInfinity || High < float.PositiveInfinity;
        float* y = c.Ptr<float>(Writes[0]), sum = Addend is null ? null : c.Ptr<float>(Addend);
        for (long r = 0; r < rows; r++, start += _out)
        {
            if (bounds || sum != null) Tail.Run(y + start, sum == null ? null : sum + start, n, Low, High);
            Finish(c, start, n, worker);
        }
    }
}
