using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Float32 convolution with a 3 × 3 window, step 1 and known weights by Winograd's minimal filtering: blocks of tiles are transformed with channels as lanes, multiplied
/// point by point with the transformed weights, and transformed back while they are in cache.
/// </summary>
/// <remarks>Transformed input: [point][tile][channel]; weights: [group][chunk of filters][point][channel][filter]; products: [point][tile][filter of the chunk].</remarks>
internal sealed unsafe class WinogradStep<W> : Step where W : struct, IWinograd
{
    /// <summary>Tiles of a row whose pixels lie in the first-level cache.</summary>
    private const int Segment = 8;

    private readonly ConvGeometry _g;
    private readonly WinogradPlan _p;
    private readonly bool _shared;
    private readonly nint _weights;
    private readonly long _kPart;
    private readonly Scratch _input, _products, _patch;

    public WinogradStep(StepBuilder b, ConvGeometry g, WinogradPlan p, Operand x, Operand w, Operand y)
        : base("conv winograd f32", [x, w], [y], 2 * y.Count * g.Channels * g.Taps, $"{g}{(g.Groups > 1 ? $", {g.Groups} groups" : "")}, F({W.Size}×{W.Size}, 3×3), blocks of {p.Rows}×{p.Cols} tiles")
    {
        (_g, _p, _kPart) = (g, p, Blocking.KPartOf(g.Channels));
        long points = W.Points * W.Points;
        // Few blocks: their transformed input is made first, by all, and then shared out by filters.
        _shared = b.Workers > 1 && p.Blocks(g) < 2 * b.Workers;
        long input = 4 * points * p.InputPitch;
        _input = _shared ? b.SharedScratch(input * p.Blocks(g)) : b.Scratch(input);
        _products = b.Scratch(4 * points * p.OutputPitch);
        _patch = b.Scratch(4 * p.Lanes * (W.Points * (W.Size * Segment + 2) + points));
        _weights = WinogradWeights.Transform<W>(b, g, w);
    }

    public override bool TakesEpilogue => true;

    public override bool TakesBias => true;

    public override bool TakesAddend => true;

    public override void Run(RunContext c)
    {
        int blocks = checked((int)_p.Blocks(_g));
        bool alone = c.Workers(Flops * 0.01) == 1;
        if (!_shared)
        {
            Split(c, 0, blocks, alone);
            return;
        }
        Split(c, 1, checked((int)(blocks * Groups)), alone);
        Split(c, 2, checked((int)(blocks * _p.Chunks)), alone);
    }

    private long Groups => (_g.Channels + _p.Lanes - 1) / _p.Lanes;

    private void Split(RunContext c, int phase, int parts, bool alone)
    {
        if (!alone) c.Fork(this, phase, parts);
        else for (int i = 0; i < parts; i++) Part(c, phase, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        if (_p.Lanes == 16) Part<Lanes512<float>>(c, phase, part, worker);
        else if (_p.Lanes == 8) Part<Lanes256<float>>(c, phase, part, worker);
        else Part<Lanes128<float>>(c, phase, part, worker);
    }

    private void Part<V>(RunContext c, int phase, int part, int worker) where V : unmanaged, ILanes<V, float>
    {
        if (phase == 1)
        {
            (long at, long channels) = Math.DivRem(part, Groups);
            Transform<V>(c, at, channels, Input(c, at, worker), worker);
            return;
        }
        if (phase == 2)
        {
            (long at, long chunk) = Math.DivRem(part, _p.Chunks);
            Chunk<V>(c, at, chunk, Input(c, at, worker), worker);
            return;
        }
        float* input = Input(c, part, worker);
        for (long i = 0; i < Groups; i++) Transform<V>(c, part, i, input, worker);
        for (long i = 0; i < _p.Chunks; i++) Chunk<V>(c, part, i, input, worker);
    }

    private float* Input(RunContext c, long block, int worker) => _shared ? c.Ptr<float>(_input, 0) + block * W.Points * W.Points * _p.InputPitch : c.Ptr<float>(_input, worker);

    /// <summary>The tiles of block <paramref name="index"/> of a plane: first row and column, how many of each exist.</summary>
    private (long Y, long X, long Rows, long Cols) Tiles(long index)
    {
        (long by, long bx) = Math.DivRem(index, _p.BlocksX);
        long y = by * _p.Rows, x = bx * _p.Cols;
        return (y, x, Math.Min(_p.Rows, _p.TilesY - y), Math.Min(_p.Cols, _p.TilesX - x));
    }

    /// <summary>Bᵀ·x·B of all tiles of a block, for one vector of channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transform<V>(RunContext c, long block, long group, float* input, int worker) where V : unmanaged, ILanes<V, float>
    {
        (long plane, long at) = Math.DivRem(block, _p.BlocksPerPlane);
        (long ty, long tx, long rows, long cols) = Tiles(at);
        long first = group * V.Count;
        int lanes = (int)Math.Min(V.Count, _g.Channels - first);
        float* x = c.Ptr<float>(Reads[0]) + (plane * _g.Channels + first) * _g.InSize, patch = c.Ptr<float>(_patch, worker), to = input + first;
        nint pitch = (nint)_p.InputPitch;
        for (long r = 0; r < rows; r++)
            for (long s = 0; s < cols; s += Segment)
            {
                int tiles = (int)Math.Min(Segment, cols - s), width = W.Size * tiles + 2;
                Patch<V>(x, lanes, (ty + r) * W.Size - _g.Before[0], (tx + s) * W.Size - _g.Before[1], width, patch);
                nint row = width * V.Count;
                for (nint i = 0; i < row; i += V.Count) W.Input<V>(patch + i, row, patch + i, row);
                for (int t = 0; t < tiles; t++, to += _p.Channels)
                    for (int i = 0; i < W.Points; i++) W.Input<V>(patch + i * row + t * W.Size * V.Count, V.Count, to + i * W.Points * pitch, pitch);
            }
    }

    /// <summary>Input rows y … y + points − 1, columns x0 … x0 + width − 1, channels as lanes; zeros outside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Patch<V>(float* x, int lanes, long y, long x0, int width, float* to) where V : unmanaged, ILanes<V, float>
    {
        long height = _g.In[0], size = _g.In[1];
        int lo = (int)Math.Clamp(-x0, 0, width), hi = (int)Math.Clamp(size - x0, lo, width);
        for (int r = 0; r < W.Points; r++, y++, to += width * V.Count)
        {
            bool inside = (ulong)y < (ulong)height;
            int from = inside ? lo : width, end = inside ? hi : width;
            for (int i = 0; i < from; i++) V.Store(V.All(0), to + i * V.Count);
            if (from < end) Turning.ToLanes<V>(x + y * size + x0 + from, (nint)_g.InSize, lanes, to + from * V.Count, end - from);
            for (int i = end; i < width; i++) V.Store(V.All(0), to + i * V.Count);
        }
    }

    /// <summary>Products of a block with one chunk of filters, point by point, then Aᵀ·m·A.</summary>
    private void Chunk<V>(RunContext c, long block, long chunk, float* input, int worker) where V : unmanaged, ILanes<V, float>
    {
        (long plane, long at) = Math.DivRem(block, _p.BlocksPerPlane);
        (_, _, long rows, long cols) = Tiles(at);
        long wide = Sgemm.Columns, points = W.Points * W.Points, f0 = chunk * wide, filters = Math.Min(wide, _g.Filters - f0), panel = _g.Channels * wide;
        float* w = (float*)_weights + (plane % _g.Groups * _p.Chunks + chunk) * points * panel, m = c.Ptr<float>(_products, worker);
        GemmBlock g = new() { Rows = rows * cols, Cols = (filters + V.Count - 1) / V.Count * V.Count, AStep = _p.Channels, Direct = true, Ldc = wide };
        for (long p = 0; p < points; p++, w += panel, m += _p.OutputPitch, input += _p.InputPitch)
        {
            g.C = m;
            g.From = null;
            for (long k = 0; k < _g.Channels; k += _kPart)
            {
                g.K = Math.Min(_kPart, _g.Channels - k);
                g.A = input + k;
                g.B = w + k * wide;
                Sgemm.Run(g);
                g.From = m;
                g.FromStep = wide;
            }
        }
        m = c.Ptr<float>(_products, worker);
        for (long f = 0; f < filters; f += V.Count) Output<V>(c, plane, at, f0 + f, (int)Math.Min(V.Count, filters - f), m + f, worker);
        Finish(c, plane, at, f0, filters, worker);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Output<V>(RunContext c, long plane, long at, long filter, int lanes, float* m, int worker) where V : unmanaged, ILanes<V, float>
    {
        (long ty, long tx, long rows, long cols) = Tiles(at);
        long width = _g.Out[1];
        nint pitch = (nint)_p.OutputPitch;
        float* y = c.Ptr<float>(Writes[0]) + (plane * _g.Filters + filter) * _g.OutSize, half = c.Ptr<float>(_patch, worker), patch = half + W.Size * W.Points * V.Count;
        float* bias = stackalloc float[V.Count];
        for (int l = 0; l < V.Count; l++) bias[l] = Bias is null || l >= lanes ? 0 : c.Ptr<float>(Bias)[plane % _g.Groups * _g.Filters + filter + l];
        // Bounds come after the sum, which is added to whole rows.
        Bounded<V> last = Addend is null ? new(V.Load(bias), Low, High) : new(V.Load(bias), float.NegativeInfinity, float.PositiveInfinity);
        for (long r = 0; r < rows; r++)
            for (long s = 0; s < cols; s += Segment)
            {
                int tiles = (int)Math.Min(Segment, cols - s);
                nint row = W.Size * tiles * V.Count;
                for (int t = 0; t < tiles; t++, m += Sgemm.Columns)
                {
                    for (int j = 0; j < W.Points; j++) W.Output<V, Unchanged<V>>(m + j * pitch, W.Points * pitch, half + j * V.Count, W.Points * V.Count, default);
                    for (int i = 0; i < W.Size; i++) W.Output<V, Bounded<V>>(half + i * W.Points * V.Count, V.Count, patch + i * row + t * W.Size * V.Count, V.Count, last);
                }
                long oy = (ty + r) * W.Size, ox = (tx + s) * W.Size;
                int high = (int)Math.Min(W.Size, _g.Out[0] - oy), wide = (int)Math.Min(W.Size * tiles, width - ox);
                for (int i = 0; i < high; i++) Turning.FromLanes<V>(patch + i * row, V.Count, y + (oy + i) * width + ox, (nint)_g.OutSize, lanes, wide);
            }
    }

    private void Finish(RunContext c, long plane, long at, long filter, long filters, int worker)
    {
        if (Epilogue is null && Addend is null) return;
        (long ty, long tx, long rows, long cols) = Tiles(at);
        long y = ty * W.Size, x = tx * W.Size, high = Math.Min(rows * W.Size, _g.Out[0] - y), wide = Math.Min(cols * W.Size, _g.Out[1] - x);
        long start = (plane * _g.Filters + filter) * _g.OutSize + y * _g.Out[1] + x;
        if (high * wide == _g.OutSize) Stretch(c, start, filters * _g.OutSize, worker);
        else for (long f = 0; f < filters; f++, start += _g.OutSize)
        {
            if (wide == _g.Out[1]) Stretch(c, start, high * wide, worker);
            else for (long r = 0; r < high; r++) Stretch(c, start + r * _g.Out[1], wide, worker);
        }
    }

    private void Stretch(RunContext c, long start, long count, int worker)
    {
        if (Addend is not null) Tail.Run(c.Ptr<float>(Writes[0]) + start, c.Ptr<float>(Addend) + start, count, Low, High);
        Finish(c, start, count, worker);
    }
}
