using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Float32 pooling: each output row combines shifted rows of a padded input plane.</summary>
internal sealed unsafe class PoolStep<TOp> : Step where TOp : struct, IPoolOp
{
    private readonly ConvGeometry _g;
    private readonly PhaseRows _rows;
    private readonly WindowRows _windows;
    private readonly PoolCounts _counts;
    private readonly float[] _lastCounts;
    private readonly Scratch _plane;
    private readonly Scratch _reads;
    private readonly long _planesPerPart;

    public PoolStep(StepBuilder b, ConvGeometry g, Arg.Pool p, Operand x, Operand y) : base($"pool {p.Kind} f32", [x], [y], y.Count * g.Taps, $"{g}")
    {
        (_g, _rows, _windows, _counts) = (g, new(g), new(g), new(g, p));
        _plane = b.Scratch(4 * _rows.Floats);
        _reads = b.Scratch(g.Taps * 8);
        // Small planes go together, so that what follows the pooling is not called for a few elements.
        _planesPerPart = Math.Clamp(2048 / g.OutSize, 1, Math.Max(1, g.Batch / (4 * b.Workers)));
        _lastCounts = [.. _counts.Last.Select(v => (float)v), .. Enumerable.Repeat(1f, 16)];
    }

    public override bool TakesEpilogue => true;

    public override void Run(RunContext c)
    {
        int parts = checked((int)((_g.Batch + _planesPerPart - 1) / _planesPerPart));
        if (parts > 1 && c.Workers(Flops * 0.2) > 1) c.Fork(this, 0, parts);
        else for (int i = 0; i < parts; i++) Part(c, 0, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long first = part * _planesPerPart, count = Math.Min(_planesPerPart, _g.Batch - first);
        for (long p = first; p < first + count; p++) Plane(c, p, worker);
        Finish(c, first * _g.OutSize, count * _g.OutSize, worker);
    }

    private void Plane(RunContext c, long part, int worker)
    {
        float* plane = c.Ptr<float>(_plane, worker), y = c.Ptr<float>(Writes[0]) + part * _g.OutSize;
        _rows.Fill(c.Ptr<float>(Reads[0]) + part * _g.InSize, TOp.Start, plane);
        float** reads = (float**)c.Ptr<nint>(_reads, worker);
        float* end = y + _g.OutSize;
        int row = (int)_g.Out[^1];
        for (long r = 0; r < _windows.Count; r++, y += row)
        {
            int k = 0;
            foreach ((int input, _) in _windows.Of(r)) foreach (long at in _rows.Taps) reads[k++] = plane + input * _rows.Row + at;
            float outer = _counts.OfRow(r);
            fixed (float* counts = _lastCounts)
            {
                if (Vector512.IsHardwareAccelerated) Row<Lanes512<float>>(reads, k, y, row, counts, outer, end - y);
                else if (Vector256.IsHardwareAccelerated) Row<Lanes256<float>>(reads, k, y, row, counts, outer, end - y);
                else Row<Lanes128<float>>(reads, k, y, row, counts, outer, end - y);
            }
        }
    }

    /// <param name="room">Elements from y to the end of the plane: later rows may be overwritten, for they come later.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<V>(float** reads, int taps, float* y, int n, float* counts, float outer, long room) where V : unmanaged, ILanes<V, float>
    {
        float* edge = stackalloc float[V.Count];
        V scale = V.All(outer);
        for (int i = 0; i < n; i += V.Count)
        {
            V s = V.All(TOp.Start);
            for (int t = 0; t < taps; t++) s = TOp.Add(s, V.Load(reads[t] + i));
            s = TOp.Finish(s, V.Load(counts + i) * scale);
            if (i + V.Count <= room) V.Store(s, y + i);
            else
            {
                V.Store(s, edge);
                new ReadOnlySpan<float>(edge, n - i).CopyTo(new Span<float>(y + i, n - i));
            }
        }
    }
}
