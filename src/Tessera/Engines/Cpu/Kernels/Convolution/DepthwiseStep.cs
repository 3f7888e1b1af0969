using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Float32 convolution with one input channel per group: each output row is a sum of shifted input rows, one weight each.</summary>
internal sealed unsafe class DepthwiseStep : Step
{
    private readonly ConvGeometry _g;
    private readonly PhaseRows _rows;
    private readonly WindowRows _windows;
    private readonly Scratch _plane;
    private readonly Scratch _taps;
    private readonly int _last;

    public DepthwiseStep(StepBuilder b, ConvGeometry g, Operand x, Operand w, Operand y)
        : base("conv depthwise f32", [x, w], [y], 2 * y.Count * g.Taps, $"{g}, one channel per group")
    {
        (_g, _rows, _windows, _last) = (g, new(g), new(g), g.Rank - 1);
        _plane = b.Scratch(4 * _rows.Floats);
        _taps = b.Scratch(g.Taps * 12);
    }

    public override bool TakesEpilogue => true;

    public override void Run(RunContext c)
    {
        int parts = checked((int)(_g.Batch * _g.Groups));
        if (parts > 1 && c.Workers(Flops * 0.1) > 1) c.Fork(this, 0, parts);
        else for (int i = 0; i < parts; i++) Part(c, 0, i, 0);
    }

    /// <summary>One input channel with all its filters.</summary>
    public override void Part(RunContext c, int phase, int part, int worker)
    {
        float* plane = c.Ptr<float>(_plane, worker), w = c.Ptr<float>(Reads[1]) + part % _g.Groups * _g.Filters * _g.Taps;
        long start = part * _g.Filters * _g.OutSize;
        _rows.Fill(c.Ptr<float>(Reads[0]) + part * _g.InSize, 0, plane);
        for (long f = 0; f < _g.Filters; f++) Filter(c, plane, w + f * _g.Taps, c.Ptr<float>(Writes[0]) + start + f * _g.OutSize, worker);
        Finish(c, start, _g.Filters * _g.OutSize, worker);
    }

    private void Filter(RunContext c, float* plane, float* w, float* y, int worker)
    {
        float** reads = (float**)c.Ptr<nint>(_taps, worker);
        float* weights = (float*)(reads + _g.Taps), end = y + _g.OutSize;
        int width = (int)_g.Kernel[_last], row = (int)_g.Out[_last];
        for (long r = 0; r < _windows.Count; r++, y += row)
        {
            int k = 0;
            foreach ((int input, int tap) in _windows.Of(r))
                for (int i = 0; i < width; i++, k++)
                {
                    reads[k] = plane + input * _rows.Row + _rows.Taps[i];
                    weights[k] = w[tap * width + i];
                }
            if (Vector512.IsHardwareAccelerated) Row<Lanes512<float>>(reads, weights, k, y, row, end - y);
            else if (Vector256.IsHardwareAccelerated) Row<Lanes256<float>>(reads, weights, k, y, row, end - y);
            else Row<Lanes128<float>>(reads, weights, k, y, row, end - y);
        }
    }

    /// <param name="room">Elements from y to the end of the plane: later rows may be overwritten, for they come later.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<V>(float** reads, float* w, int taps, float* y, int n, long room) where V : unmanaged, ILanes<V, float>
    {
        int i = 0;
        for (; i + 4 * V.Count <= n; i += 4 * V.Count)
        {
            V s0 = V.All(0), s1 = s0, s2 = s0, s3 = s0;
            for (int t = 0; t < taps; t++)
            {
                float* x = reads[t] + i;
                V v = V.All(w[t]);
                s0 = V.Fma(v, V.Load(x), s0);
                s1 = V.Fma(v, V.Load(x + V.Count), s1);
                s2 = V.Fma(v, V.Load(x + 2 * V.Count), s2);
                s3 = V.Fma(v, V.Load(x + 3 * V.Count), s3);
            }
            V.Store(s0, y + i);
            V.Store(s1, y + i + V.Count);
            V.Store(s2, y + i + 2 * V.Count);
            V.Store(s3, y + i + 3 * V.Count);
        }
        float* edge = stackalloc float[V.Count];
        for (; i < n; i += V.Count)
        {
            V s = V.All(0);
            for (int t = 0; t < taps; t++) s = V.Fma(V.All(w[t]), V.Load(reads[t] + i), s);
            if (i + V.Count <= room) V.Store(s, y + i);
            else
            {
                V.Store(s, edge);
                new ReadOnlySpan<float>(edge, n - i).CopyTo(new Span<float>(y + i, n - i));
            }
        }
    }
}
