using System.Runtime.CompilerServices;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Float32 pooling: the input rows of an output row are combined into one line, then neighbours of that line.</summary>
internal sealed unsafe class PoolStep<TOp> : Step where TOp : struct, IPoolOp
{
    private const int RowsAtOnce = 8;
    private const long Ready = 4096;

    private readonly ConvGeometry _g;
    private readonly PhaseRows _rows;
    private readonly WindowRows _windows;
    private readonly float[] _shares, _outerShares;
    private readonly Scratch _lines, _joined, _inputs;

    public PoolStep(StepBuilder b, ConvGeometry g, Arg.Pool p, Operand x, Operand y) : base($"pool {p.Kind} f32", [x], [y], y.Count * g.Taps, $"{g}")
    {
        (_g, _rows, _windows) = (g, new(g), new(g));
        _lines = b.Scratch(sizeof(float) * _rows.Row * RowsAtOnce);
        _joined = b.Scratch(sizeof(float) * (g.In[^1] * RowsAtOnce + 16));
        _inputs = b.Scratch(sizeof(nint) * _windows.OuterTaps);
        PoolCounts counts = new(g, p);
        _shares = GC.AllocateArray<float>(checked((int)g.Out[^1]) + 16, pinned: true);
        for (int i = 0; i < g.Out[^1]; i++) _shares[i] = 1f / counts.Last[i];
        _outerShares = new float[_windows.Count];
        for (int i = 0; i < _outerShares.Length; i++) _outerShares[i] = 1f / counts.OfRow(i);
    }

    public override bool TakesEpilogue => true;

    public override void Run(RunContext c)
    {
        long rows = _g.Batch * _windows.Count;
        int workers = c.Workers(rows * (_g.In[^1] * _windows.OuterTaps + _g.Out[^1] * _g.Kernel[^1]) * 0.05 + rows * 15);
        long planes = workers == 1 ? _g.Batch : Math.Max(1, _g.Batch / (4 * workers));
        c.Fork(this, checked((int)planes), (int)((_g.Batch + planes - 1) / planes));
    }

    /// <summary>Planes, <paramref name="phase"/> of them.</summary>
    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long size = _g.OutSize, first = part * (long)phase, end = Math.Min(_g.Batch, first + phase), done = first;
        float* y = c.Ptr<float>(Writes[0]), last = y + end * size;
        new Span<float>(c.Ptr<float>(_lines, worker), checked((int)_rows.Row * RowsAtOnce)).Fill(TOp.Start);
        for (long p = first; p < end; p++)
        {
            float* x = c.Ptr<float>(Reads[0]) + p * _g.InSize;
            // A maximum that keeps NaN takes three instructions: where windows overlap much, a look at the plane before pays.
            if (typeof(TOp) == typeof(MaxPool) && _windows.OuterTaps + _g.Kernel[^1] > 8 && !PoolRows<TOp>.AnyNaN(x, _g.InSize)) Plane<MaxOfNumbersPool>(c, x, y + p * size, last, worker);
            else Plane<TOp>(c, x, y + p * size, last, worker);
            // What follows the pooling runs while the results are in cache, but not for a few of them.
            if ((p + 1 - done) * size < Ready && p + 1 < end) continue;
            Finish(c, done * size, (p + 1 - done) * size, worker);
            done = p + 1;
        }
    }

    /// <param name="end">End of the part's results: what is written beyond a row is overwritten by the next one.</param>
    private void Plane<T>(RunContext c, float* x, float* y, float* end, int worker) where T : struct, IPoolOp
    {
        long width = _g.In[^1], row = _g.Out[^1];
        float* lines = c.Ptr<float>(_lines, worker), joined = c.Ptr<float>(_joined, worker), shares = (float*)Unsafe.AsPointer(ref _shares[0]);
        float** inputs = (float**)c.Ptr<nint>(_inputs, worker);
        long* taps = (long*)Unsafe.AsPointer(ref _rows.Taps[0]);
        // Several rows at each turn: a load that straddles stores has to wait for them.
        for (int r = 0; r < _outerShares.Length; r += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, _outerShares.Length - r);
            for (int k = 0; k < rows; k++)
            {
                int n = 0;
                foreach ((int input, _) in _windows.Of(r + k)) inputs[n++] = x + input * width;
                PoolRows<T>.Join(inputs, n, width, joined + k * width);
            }
            _rows.Copy(joined, lines, rows);
            for (int k = 0; k < rows; k++, y += row) PoolRows<T>.Windows(new(lines + k * _rows.Row, taps, _rows.Taps.Length, row, shares, _outerShares[r + k]), y, end);
        }
    }
}
