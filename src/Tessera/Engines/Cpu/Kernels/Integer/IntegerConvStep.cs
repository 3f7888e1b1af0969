namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Convolution of an 8-bit image with known 8-bit weights: filters are the rows of the product, output positions its columns, read from <see cref="QuadPlanes"/> where they lie.</summary>
internal sealed unsafe class IntegerConvStep : Step
{
    private readonly ConvGeometry _g;
    private readonly IntegerOutput _output;
    private readonly QuadPlanes _planes;
    private readonly QuadWeights _weights;
    private readonly Operand? _zero;
    private readonly byte _flip;
    private readonly int _shift, _k;
    private readonly nint _packed;
    private readonly long _packedBytes, _imageBytes, _tileParts, _vectorParts;
    private readonly Scratch _image, _rowTerms, _sums;

    /// <summary>For each vector of output positions: bytes to its quad, first position, positions.</summary>
    private readonly (long At, long First, int Count)[] _vectors;

    /// <param name="x">UInt8 or Int8.</param>
    /// <param name="w">Known; UInt8, Int8, or Int32 whose values span at most 255.</param>
    /// <param name="zero">Int32, one number that is taken off x.</param>
    /// <param name="shift">Makes the elements of an Int32 w signed bytes when added.</param>
    public IntegerConvStep(StepBuilder b, ConvGeometry g, Operand x, Operand w, Operand? zero, int shift, IntegerOutput output, Operand y)
        : base("conv int8", [.. new[] { x, w, zero }.OfType<Operand>(), .. output.Reads], [y], 2 * y.Count * g.Channels * g.Taps, $"{g}{(g.Groups > 1 ? $", {g.Groups} groups" : "")} → {y.Type}, tiles {Igemm.Shape.Height(g.Filters)}×{Igemm.Shape.Columns}, weights packed at load")
    {
        (_g, _output, _zero, _planes) = (g, output, zero, new(g));
        _k = checked((int)(4 * _planes.Depth * g.Taps));
        _weights = new(Igemm.Shape, g.Filters, _k, false);
        _flip = x.Type == DType.Int8 ? (byte)128 : (byte)0;
        _shift = w.Type == DType.UInt8 ? -128 : w.Type == DType.Int32 ? shift : 0;
        _packedBytes = (_weights.Bytes + 63) & ~63L;
        _packed = b.Own(g.Groups * _packedBytes);
        for (int i = 0; i < g.Groups; i++) Pack(w, (nint)b.Slots[w.Slot].Address + (nint)(w.Offset * w.Size), i);
        _vectors = [.. Vectors()];
        // Vectors may be read to their end where a row ends before.
        _imageBytes = _planes.Depth * _planes.Plane + 4L * Igemm.Shape.Columns;
        _image = b.SharedScratch(g.Batch * g.Groups * _imageBytes);
        _rowTerms = b.SharedScratch(8 * g.Groups * g.Filters);
        _sums = b.Scratch(4 * Igemm.Shape.Columns);
        (_tileParts, _vectorParts) = Cut(b.Workers);
    }

    public override bool TakesEpilogue => true;

    /// <summary>Whether the planes of <paramref name="g"/> can be addressed, and its rows fill vectors well enough.</summary>
    public static bool Takes(ConvGeometry g) => new QuadPlanes(g) is { } p && p.Depth * p.Plane < int.MaxValue / 2 && g.Channels * g.Taps < 1 << 20;

    /// <summary>A window of one element that meets every position once: all positions are one row.</summary>
    public static ConvGeometry Flat(ConvGeometry g) => !g.IsPointwise || g.Rank == 1 ? g : new()
    {
        Batch = g.Batch, Groups = g.Groups, Channels = g.Channels, Filters = g.Filters, In = [g.InSize], Out = [g.OutSize], Kernel = [1], Strides = [1], Dilations = [1], Before = [0],
    };

    private (long Tiles, long Vectors) Cut(int workers)
    {
        long pairs = (_vectors.Length + 1) / 2, tiles = 1, vectors = 1, wanted = workers == 1 ? 1 : 3 * workers;
        while (_g.Batch * _g.Groups * tiles * vectors < wanted)
        {
            if (vectors * 4 <= pairs) vectors *= 2;
            else if (tiles * 2 <= _weights.Groups) tiles *= 2;
            else break;
        }
        return (tiles, vectors);
    }

    private IEnumerable<(long, long, int)> Vectors()
    {
        int lanes = Igemm.Shape.Columns / 2;
        long width = _g.Out[^1];
        for (long row = 0; row < _g.OutSize / width; row++)
            for (long x = 0; x < width; x += lanes) yield return (_planes.Row(row) + 4 * x, row * width + x, (int)Math.Min(lanes, width - x));
    }

    /// <summary>The weights of a group, four channels of a tap side by side.</summary>
    private void Pack(Operand w, nint from, int group)
    {
        int taps = (int)_g.Taps, filters = (int)_g.Filters, channels = (int)_g.Channels;
        sbyte[] sorted = new sbyte[filters * _k];
        for (int f = 0; f < filters; f++)
            for (int c = 0; c < channels; c++)
                for (int t = 0; t < taps; t++)
                {
                    long at = (((long)group * filters + f) * channels + c) * taps + t;
                    int v = w.Type == DType.Int32 ? ((int*)from)[at] : w.Type == DType.UInt8 ? ((byte*)from)[at] : ((sbyte*)from)[at];
                    sorted[f * _k + (c / 4 * taps + t) * 4 + c % 4] = (sbyte)(v + _shift);
                }
        byte* to = (byte*)_packed + group * _packedBytes;
        fixed (sbyte* p = sorted) for (int i = 0; i < _weights.Groups; i++) _weights.Pack(p, _k, 1, 0, i, to, true);
        for (int i = 0; i < _weights.Groups; i++)
            for (int q = 0; q < _weights.Quads; q++)
            {
                int* order = _weights.Order(to, i) + q;
                *order = (int)(*order / taps * _planes.Plane + _planes.Tap(*order % taps));
            }
    }

    public override void Run(RunContext c)
    {
        bool alone = c.Workers(Flops * 0.015 + Writes[0].Count * 0.5) == 1;
        RowTerms(c);
        Split(c, 0, checked((int)(_g.Batch * _g.Groups * _planes.Depth)), alone);
        Split(c, 1, checked((int)(_g.Batch * _g.Groups * _tileParts * _vectorParts)), alone);
    }

    private void Split(RunContext c, int phase, int parts, bool alone)
    {
        if (!alone && parts > 1) c.Fork(this, phase, parts);
        else for (int i = 0; i < parts; i++) Part(c, phase, i, 0);
    }

    private byte Pad(RunContext c) => (byte)(Zero(c) ^ _flip);

    private int Zero(RunContext c) => _zero is null ? 0 : *c.Ptr<int>(_zero);

    /// <summary>Per filter what its sums have too much: the zero point of x times the sum of the weights; then the zero point that its packed weights have.</summary>
    private void RowTerms(RunContext c)
    {
        int* to = c.Ptr<int>(_rowTerms, 0);
        int zero = Zero(c) + _flip, n = (int)(_g.Groups * _g.Filters), real = (int)(_g.Channels * _g.Taps);
        for (int i = 0; i < n; i++)
        {
            (int group, int f) = Math.DivRem(i, (int)_g.Filters);
            to[i] = zero * (QuadWeights.Sums((byte*)_packed + group * _packedBytes)[f] - real * _shift);
            to[n + i] = _shift;
        }
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        if (phase == 1) Block(c, part, worker);
        else
        {
            (long image, long depth) = Math.DivRem(part, _planes.Depth);
            int channels = (int)Math.Min(4, _g.Channels - 4 * depth);
            _planes.Fill(c.Ptr<byte>(Reads[0]) + (image * _g.Channels + 4 * depth) * _g.InSize, channels, _flip, Pad(c), c.Ptr<byte>(_image, 0) + image * _imageBytes + depth * _planes.Plane);
        }
    }

    private void Block(RunContext c, int part, int worker)
    {
        (long rest, long vi) = Math.DivRem(part, _vectorParts);
        (long image, long ti) = Math.DivRem(rest, _tileParts);
        long group = image % _g.Groups, pairs = (_vectors.Length + 1) / 2, size = _g.OutSize;
        int first = (int)(2 * (pairs * vi / _vectorParts)), end = (int)Math.Min(_vectors.Length, 2 * (pairs * (vi + 1) / _vectorParts)), tile0 = (int)(_weights.Groups * ti / _tileParts), tile1 = (int)(_weights.Groups * (ti + 1) / _tileParts);
        byte* packed = (byte*)_packed + group * _packedBytes, x = c.Ptr<byte>(_image, 0) + image * _imageBytes;
        QuadOutput o = _output.At(c, Writes[0], image * _g.Filters * size, group * _g.Filters, size);
        o.RowZero = c.Ptr<int>(_rowTerms, 0) + group * _g.Filters;
        if (_shift != 0) o.RowSum = o.RowZero + _g.Groups * _g.Filters;
        int* sums = c.Ptr<int>(_sums, worker), tile = stackalloc int[12 * 32];
        int lanes = Igemm.Shape.Columns / 2, width = 2 * lanes;
        for (int v = first; v < end; v += 2)
        {
            (long at, long position, int n) = _vectors[v];
            (long next, long nextPosition, int m) = v + 1 < end ? _vectors[v + 1] : (at, position, 0);
            if (_shift != 0) Sum(x + at, next - at, sums);
            for (int i = tile0; i < tile1; i++)
            {
                int rows = _weights.Of(i);
                Igemm.Rows(_weights, packed, i, x + at, next - at, tile);
                long row = (long)i * _weights.Group;
                o.ColumnSum = sums - position;
                // Two full vectors of neighbouring positions are one stretch.
                bool joined = n == lanes && nextPosition == position + n;
                o.Put(tile, width, row, rows, position, joined ? n + m : n);
                o.ColumnSum = sums + lanes - nextPosition;
                if (!joined && m > 0) o.Put(tile + lanes, width, row, rows, nextPosition, m);
            }
        }
        if (Epilogue is null) return;
        long from = _vectors[first].First, to = _vectors[end - 1].First + _vectors[end - 1].Count, start = image * _g.Filters * size;
        long row0 = (long)tile0 * _weights.Group, row1 = Math.Min(_g.Filters, (long)tile1 * _weights.Group);
        if (from == 0 && to == size) Finish(c, start + row0 * size, (row1 - row0) * size, worker);
        else for (long r = row0; r < row1; r++) Finish(c, start + r * size + from, to - from, worker);
    }

    /// <summary>∑ of the real channels' bytes under the window, for each position of two vectors.</summary>
    private void Sum(byte* x, long gap, int* sums)
    {
        int lanes = Igemm.Shape.Columns / 2;
        new Span<int>(sums, 2 * lanes).Clear();
        for (long d = 0; d < _planes.Depth; d++, x += _planes.Plane)
        {
            int channels = (int)Math.Min(4, _g.Channels - 4 * d);
            for (long t = 0; t < _g.Taps; t++)
            {
                byte* at = x + _planes.Tap(t);
                for (int j = 0; j < 2 * lanes; j++)
                {
                    byte* quad = at + (j < lanes ? 4 * j : gap + 4 * (j - lanes));
                    for (int p = 0; p < channels; p++) sums[j] += quad[p];
                }
            }
        }
    }
}
