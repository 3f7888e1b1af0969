using System.Numerics;
using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Convolution of an 8-bit image with a 3 × 3 window, step 1 and known 8-bit weights by <see cref="IntegerWinograd"/>: blocks of tiles are transformed with channels as lanes,
/// multiplied point by point with the transformed weights as pairs of 16 bits, and transformed back while they are in cache. Exact.
/// </summary>
/// <remarks>Transformed input: [point][tile][channel]; weights: [group][chunk of filters][point][pair of channels][filter][2]; products: [point][tile][filter of the chunk].</remarks>
internal sealed unsafe class IntegerWinogradStep : Step
{
    /// <summary>Tiles of a row whose pixels lie in the first-level cache.</summary>
    private const int Segment = 8;

    private readonly ConvGeometry _g;
    private readonly IntegerWinogradPlan _p;
    private readonly IntegerWinograd _f;
    private readonly IntegerOutput _output;
    private readonly Operand? _zero;
    private readonly byte _flip;
    private readonly bool _shared;
    private readonly int _pairs;
    private readonly nint _weights, _none;
    private readonly Scratch _input, _products, _patch, _results;

    /// <param name="x">UInt8 or Int8.</param>
    /// <param name="w">Known; UInt8, Int8, or Int32 whose values and 0 span at most 255.</param>
    /// <param name="zero">Int32, one number that is taken off x.</param>
    public IntegerWinogradStep(StepBuilder b, ConvGeometry g, IntegerWinogradPlan p, Operand x, Operand w, Operand? zero, IntegerOutput output, Operand y)
        : base("conv winograd int8", [.. new[] { x, w, zero }.OfType<Operand>(), .. output.Reads], [y], 2 * y.Count * g.Channels * g.Taps, $"{g}{(g.Groups > 1 ? $", {g.Groups} groups" : "")} → {y.Type}, F({p.Filter.Size}×{p.Filter.Size}, 3×3), blocks of {p.Rows}×{p.Cols} tiles")
    {
        (_g, _p, _f, _output, _zero) = (g, p, p.Filter, output, zero);
        _flip = x.Type == DType.Int8 ? (byte)128 : (byte)0;
        _pairs = (int)((g.Channels + 1) / 2);
        long points = _f.Points * _f.Points, input = 2 * points * p.InputPitch;
        // Few blocks: their transformed input is made first, by all, and then shared out by filters.
        _shared = b.Workers > 1 && p.Blocks(g) < 2 * b.Workers;
        _input = _shared ? b.SharedScratch(input * p.Blocks(g)) : b.Scratch(input);
        _products = b.Scratch(4 * points * p.OutputPitch);
        _patch = b.Scratch(2 * ByteTurning.Channels * _f.Points * (_f.Size * Segment + 2));
        _results = b.Scratch(4 * Vector<int>.Count * (_f.Size * Math.Min(p.Cols, Segment) * _f.Size + _f.Size * _f.Points + p.Rows * p.Cols * _f.Size * _f.Size));
        _weights = Transform(b, w);
        _none = b.Own(4 * g.Groups * g.Filters);
    }

    public override bool TakesEpilogue => true;

    /// <summary>The largest sum of a filter's |w|.</summary>
    public static long LargestSum(StepBuilder b, ConvGeometry g, Operand w)
    {
        nint from = (nint)(b.Slots[w.Slot].Address + w.Offset * w.Size);
        long largest = 0, k = g.Channels * g.Taps;
        for (long f = 0; f < g.Groups * g.Filters; f++)
        {
            long sum = 0;
            for (long i = f * k; i < (f + 1) * k; i++) sum += Math.Abs(Weight(w.Type, from, i));
            largest = Math.Max(largest, sum);
        }
        return largest;
    }

    /// <summary>Element <paramref name="at"/> of 8-bit or Int32 weights.</summary>
    public static int Weight(DType type, nint from, long at) => type == DType.Int32 ? ((int*)from)[at] : type == DType.UInt8 ? ((byte*)from)[at] : ((sbyte*)from)[at];

    /// <summary>G·w·Gᵀ of all filters, the last chunk filled up with zeros.</summary>
    private nint Transform(StepBuilder b, Operand w)
    {
        long points = _f.Points * _f.Points, size = points * _pairs * 2 * _p.Chunk, parts = _g.Groups * _p.Chunks;
        nint from = (nint)(b.Slots[w.Slot].Address + w.Offset * w.Size);
        return b.Own($"integer Winograd {_f.Points} of {_g.Groups} × {_g.Filters} in {_p.Chunk}", 2 * parts * size, to =>
        {
            void Part(long i) => TransformChunk(w.Type, from, i / _p.Chunks, i % _p.Chunks, (short*)to + i * size);
            if (w.Count < 1 << 14) for (long i = 0; i < parts; i++) Part(i);
            else ThreadTeam.Shared.For(parts, b.Workers, Part);
        }, w);
    }

    private void TransformChunk(DType type, nint from, long group, long chunk, short* to)
    {
        int n = _f.Points;
        int* half = stackalloc int[3 * n];
        ReadOnlySpan<int> g = _f.Filter;
        long first = chunk * _p.Chunk, filters = Math.Min(_p.Chunk, _g.Filters - first), at = (group * _g.Filters + first) * _g.Channels * 9, plane = _pairs * 2L * _p.Chunk;
        for (long f = 0; f < filters; f++)
            for (long c = 0; c < _g.Channels; c++, at += 9)
            {
                for (int j = 0; j < 3; j++)
                {
                    int a = Weight(type, from, at + j), b = Weight(type, from, at + 3 + j), d = Weight(type, from, at + 6 + j);
                    for (int i = 0; i < n; i++) half[3 * i + j] = g[3 * i] * a + g[3 * i + 1] * b + g[3 * i + 2] * d;
                }
                short* y = to + (c / 2 * _p.Chunk + f) * 2 + c % 2;
                for (int i = 0; i < n; i++)
                    for (int j = 0; j < n; j++, y += plane) *y = (short)(half[3 * i] * g[3 * j] + half[3 * i + 1] * g[3 * j + 1] + half[3 * i + 2] * g[3 * j + 2]);
            }
    }

    public override void Run(RunContext c)
    {
        int blocks = checked((int)_p.Blocks(_g));
        bool alone = c.Workers(Flops * 0.004) == 1;
        if (!_shared)
        {
            Split(c, 0, blocks, alone);
            return;
        }
        Split(c, 1, checked((int)(blocks * Parts)), alone);
        Split(c, 2, checked((int)(blocks * _p.Chunks)), alone);
    }

    /// <summary>Stretches of channels that are transformed together.</summary>
    private long Parts => (_g.Channels + ByteTurning.Channels - 1) / ByteTurning.Channels;

    private void Split(RunContext c, int phase, int parts, bool alone)
    {
        if (!alone && parts > 1) c.Fork(this, phase, parts);
        else for (int i = 0; i < parts; i++) Part(c, phase, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        if (phase == 1)
        {
            (long at, long channels) = Math.DivRem(part, Parts);
            Transform(c, at, channels, Input(c, at, worker), worker);
            return;
        }
        if (phase == 2)
        {
            (long at, long chunk) = Math.DivRem(part, _p.Chunks);
            Chunk(c, at, chunk, Input(c, at, worker), worker);
            return;
        }
        short* input = Input(c, part, worker);
        for (long i = 0; i < Parts; i++) Transform(c, part, i, input, worker);
        for (long i = 0; i < _p.Chunks; i++) Chunk(c, part, i, input, worker);
    }

    private short* Input(RunContext c, long block, int worker) => _shared ? c.Ptr<short>(_input, 0) + block * _f.Points * _f.Points * _p.InputPitch : c.Ptr<short>(_input, worker);

    /// <summary>The tiles of block <paramref name="index"/> of a plane: first row and column, how many of each exist.</summary>
    private (long Y, long X, long Rows, long Cols) Tiles(long index)
    {
        (long by, long bx) = Math.DivRem(index, _p.BlocksX);
        long y = by * _p.Rows, x = bx * _p.Cols;
        return (y, x, Math.Min(_p.Rows, _p.TilesY - y), Math.Min(_p.Cols, _p.TilesX - x));
    }

    /// <summary>Bᵀ·x·B of all tiles of a block, for one stretch of channels.</summary>
    private void Transform(RunContext c, long block, long part, short* input, int worker)
    {
        (long plane, long at) = Math.DivRem(block, _p.BlocksPerPlane);
        (long ty, long tx, long rows, long cols) = Tiles(at);
        long first = part * ByteTurning.Channels;
        int channels = (int)Math.Min(ByteTurning.Channels, _g.Channels - first), size = _f.Size;
        byte* x = c.Ptr<byte>(Reads[0]) + (plane * _g.Channels + first) * _g.InSize, zero = stackalloc byte[1] { (byte)((_zero is null ? 0 : *c.Ptr<int>(_zero)) ^ _flip) };
        short* patch = c.Ptr<short>(_patch, worker), to = input + first;
        nint pitch = (nint)_p.InputPitch;
        for (long r = 0; r < rows; r++)
            for (long s = 0; s < cols; s += Segment)
            {
                int tiles = (int)Math.Min(Segment, cols - s), width = size * tiles + 2;
                Patch(x, channels, *zero, (ty + r) * size - _g.Before[0], (tx + s) * size - _g.Before[1], width, patch);
                nint row = width * ByteTurning.Channels;
                _f.Rows(patch, row, row);
                for (int i = 0; i < _f.Points; i++) _f.Columns(patch + i * row, tiles, to + i * _f.Points * pitch, (nint)_p.Channels, pitch);
                to += tiles * _p.Channels;
            }
    }

    /// <summary>Input rows y … y + points − 1, columns x0 … x0 + width − 1, channels side by side, less their zero point; zeros outside.</summary>
    private void Patch(byte* x, int channels, byte zero, long y, long x0, int width, short* to)
    {
        long height = _g.In[0], size = _g.In[1];
        int lo = (int)Math.Clamp(-x0, 0, width), hi = (int)Math.Clamp(size - x0, lo, width);
        for (int r = 0; r < _f.Points; r++, y++, to += width * ByteTurning.Channels)
        {
            bool inside = (ulong)y < (ulong)height;
            int from = inside ? lo : width, end = inside ? hi : width;
            new Span<short>(to, from * ByteTurning.Channels).Clear();
            if (from < end) ByteTurning.ToChannels(x + y * size + x0 + from, (nint)_g.InSize, channels, _flip, zero, to + from * ByteTurning.Channels, end - from);
            new Span<short>(to + end * ByteTurning.Channels, (width - end) * ByteTurning.Channels).Clear();
        }
    }

    /// <summary>Products of a block with one chunk of filters, point by point, then Aᵀ·m·A.</summary>
    private void Chunk(RunContext c, long block, long chunk, short* input, int worker)
    {
        (long plane, long at) = Math.DivRem(block, _p.BlocksPerPlane);
        (long ty, long tx, long rows, long cols) = Tiles(at);
        int points = _f.Points * _f.Points, v = Vector<int>.Count;
        long f0 = chunk * _p.Chunk, filters = Math.Min(_p.Chunk, _g.Filters - f0), panel = (long)_pairs * _p.Chunk;
        int* w = (int*)_weights + (plane % _g.Groups * _p.Chunks + chunk) * points * panel, m = c.Ptr<int>(_products, worker), to = m;
        for (int p = 0; p < points; p++, w += panel, to += _p.OutputPitch, input += _p.InputPitch) Pgemm.Run((int)(rows * cols), _pairs, (int*)input, (nint)(_p.Channels / 2), w, to);
        long size = _g.OutSize, y = ty * _f.Size, x = tx * _f.Size, high = Math.Min(rows * _f.Size, _g.Out[0] - y), wide = Math.Min(cols * _f.Size, _g.Out[1] - x);
        QuadOutput o = _output.At(c, Writes[0], plane * _g.Filters * size, plane % _g.Groups * _g.Filters, size);
        o.RowZero = (int*)_none;
        for (long f = 0; f < filters; f += v)
        {
            int lanes = (int)Math.Min(v, filters - f);
            int* results = c.Ptr<int>(_results, worker);
            Results(m + f, (int)rows, (int)cols, (int)high, (int)wide, lanes, results, results + v * high * wide);
            if (wide == _g.Out[1]) o.Put(results, (int)(high * wide), f0 + f, lanes, y * wide, (int)(high * wide));
            else for (long r = 0; r < high; r++) o.Put(results + r * wide, (int)(high * wide), f0 + f, lanes, (y + r) * _g.Out[1] + x, (int)wide);
        }
        if (Epilogue is null) return;
        long start = (plane * _g.Filters + f0) * size + y * _g.Out[1] + x;
        if (high * wide == size) Finish(c, start, filters * size, worker);
        else for (long f = 0; f < filters; f++, start += size)
        {
            if (wide == _g.Out[1]) Finish(c, start, high * wide, worker);
            else for (long r = 0; r < high; r++) Finish(c, start + r * _g.Out[1], wide, worker);
        }
    }

    /// <summary>Results of one vector of filters, planes of high × wide pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Results(int* m, int rows, int cols, int high, int wide, int lanes, int* to, int* room)
    {
        int size = _f.Size, v = Vector<int>.Count;
        int* half = room, patch = room + size * _f.Points * v;
        for (int r = 0; r < rows; r++)
            for (int s = 0; s < cols; s += Segment)
            {
                int tiles = Math.Min(Segment, cols - s), n = Math.Min(size * tiles, wide - s * size);
                nint row = size * tiles * v;
                for (int t = 0; t < tiles; t++, m += _p.Chunk) _f.Output(m, (nint)_p.OutputPitch, half, patch + t * size * v, row);
                for (int i = 0; i < Math.Min(size, high - r * size); i++) Turn((float*)(patch + i * row), (float*)(to + (r * size + i) * wide + s * size), high * wide, lanes, n);
            }
    }

    // Moves bits, whatever their type.
    private static void Turn(float* x, float* to, nint step, int lanes, int n)
    {
        if (Vector<int>.Count == 16) Turning.FromLanes<Lanes512<float>>(x, 16, to, step, lanes, n);
        else if (Vector<int>.Count == 8) Turning.FromLanes<Lanes256<float>>(x, 8, to, step, lanes, n);
        else Turning.FromLanes<Lanes128<float>>(x, 4, to, step, lanes, n);
    }
}
