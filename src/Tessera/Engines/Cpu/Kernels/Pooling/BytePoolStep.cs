using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Maxima over windows of 8-bit numbers. Each output row's input rows become one padded line, each line a row of maxima over windows that begin at every position, and every step-th of these is an output.
/// Rows of maxima are as long as the outputs of a row are apart, so that the outputs of many short rows are picked at one go.
/// </summary>
internal sealed unsafe class BytePoolStep<T> : Step
{
    private const long MostBytes = 4096, Ready = 4096;

    private readonly ConvGeometry _g;
    private readonly long _line, _row, _rows, _count;
    private readonly Scratch _lines, _maxima;

    /// <summary>Where each output row's input rows begin in a plane, one after another, and where the first of each is in that list. Pinned.</summary>
    private readonly long[] _inputs, _first;

    public BytePoolStep(StepBuilder b, ConvGeometry g, Operand x, Operand y) : base($"pool Max {x.Type}", [x], [y], y.Count * g.Taps, $"{g}")
    {
        _g = g;
        WindowRows windows = new(g);
        _count = windows.Count;
        _first = GC.AllocateArray<long>(checked((int)_count) + 1, pinned: true);
        List<long> inputs = [];
        for (int r = 0; r < _count; _first[++r] = inputs.Count) foreach ((int input, _) in windows.Of(r)) inputs.Add(input * g.In[^1]);
        _inputs = GC.AllocateArray<long>(inputs.Count + 1, pinned: true);
        inputs.CopyTo(_inputs);
        _row = g.Out[^1] * g.Strides[^1];
        // Whole vectors are read behind the last window.
        _line = Math.Max(_row + (g.Kernel[^1] - 1) * g.Dilations[^1], g.Before[^1] + g.In[^1]) + 64;
        _rows = Math.Clamp(MostBytes / _line, 1, Math.Max(1, _count));
        _lines = b.Scratch(_line * _rows);
        _maxima = b.Scratch(_row * _rows + 64);
    }

    public override bool TakesEpilogue => true;

    public override void Run(RunContext c)
    {
        long rows = _g.Batch * _count;
        int workers = c.Workers(rows * (_g.In[^1] * (_g.Taps / _g.Kernel[^1]) + _row * (_g.Kernel[^1] + 1)) * 0.02 + rows * 5);
        long planes = workers == 1 ? _g.Batch : Math.Max(1, _g.Batch / (4 * workers));
        c.Fork(this, checked((int)planes), (int)((_g.Batch + planes - 1) / planes));
    }

    /// <summary>Planes, <paramref name="phase"/> of them.</summary>
    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long size = _g.OutSize, first = part * (long)phase, end = Math.Min(_g.Batch, first + phase), done = first;
        T* y = c.Ptr<T>(Writes[0]);
        new Span<T>(c.Ptr<T>(_lines, worker), checked((int)(_line * _rows))).Fill(Scalar<T>.Least);
        for (long p = first; p < end; p++)
        {
            Plane(c, c.Ptr<T>(Reads[0]) + p * _g.InSize, y + p * size, worker);
            // What follows the pooling runs while the results are in cache, but not for a few of them.
            if ((p + 1 - done) * size < Ready && p + 1 < end) continue;
            Finish(c, done * size, (p + 1 - done) * size, worker);
            done = p + 1;
        }
    }

    private void Plane(RunContext c, T* x, T* y, int worker)
    {
        long width = _g.In[^1], step = _g.Strides[^1];
        T* lines = c.Ptr<T>(_lines, worker), maxima = c.Ptr<T>(_maxima, worker);
        long* inputs = (long*)Unsafe.AsPointer(ref _inputs[0]), first = (long*)Unsafe.AsPointer(ref _first[0]);
        for (long r = 0; r < _count; r += _rows)
        {
            // Several rows at each turn: a load that straddles stores has to wait for them.
            long rows = Math.Min(_rows, _count - r);
            BytePoolRows<T>.Join(x, inputs, first + r, rows, width, lines + _g.Before[^1], _line);
            BytePoolRows<T>.Slide(lines, _line, rows, _g.Kernel[^1], _g.Dilations[^1], _row, maxima);
            BytePoolRows<T>.Pick((byte*)maxima, step, rows * _g.Out[^1], (byte*)y);
            y += rows * _g.Out[^1];
        }
    }
}
