using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Float32 convolution of planes, one input channel per group. A plane is padded on all sides, so that every output has all taps at the same
/// distances, and four output rows are summed up at once.
/// </summary>
internal sealed unsafe class PlaneStep : Step
{
    private const int RowsAtOnce = 4;

    private readonly ConvGeometry _g;
    private readonly PhaseRows _rows;
    private readonly long[] _taps;
    private readonly long _rowStep, _planeRows, _planesPerPart, _planes;
    private readonly Scratch _plane;

    public PlaneStep(StepBuilder b, ConvGeometry g, Operand x, Operand w, Operand y)
        : base("conv depthwise f32", [x, w], [y], 2 * y.Count * g.Taps, $"{g}, one channel per group, {RowsAtOnce} rows at once")
    {
        (_g, _rows) = (g, new(g));
        _rowStep = g.Strides[0] * _rows.Row;
        _planeRows = (g.Out[0] - 1) * g.Strides[0] + (g.Kernel[0] - 1) * g.Dilations[0] + 1;
        _taps = GC.AllocateArray<long>(checked((int)g.Taps), pinned: true);
        for (long t = 0; t < _taps.Length; t++) _taps[t] = t / g.Kernel[1] * g.Dilations[0] * _rows.Row + _rows.Taps[t % g.Kernel[1]];
        _plane = b.Scratch(4 * (_rows.Row * _planeRows + Vector512<float>.Count));
        _planes = g.Batch * g.Groups;
        // Small planes go together, so that what follows the convolution is not called for a few elements.
        _planesPerPart = Math.Clamp(2048 / (g.Filters * g.OutSize), 1, Math.Max(1, _planes / (4 * b.Workers)));
    }

    /// <summary>Whether <paramref name="g"/> has the form that this step computes.</summary>
    public static bool Takes(ConvGeometry g) => g is { Channels: 1, Rank: 2 } && g.Out[0] > 1 && g.Filters <= 4 && g.Taps <= 1024;

    public override bool TakesEpilogue => true;

    public override void Run(RunContext c)
    {
        int parts = checked((int)((_planes + _planesPerPart - 1) / _planesPerPart));
        if (parts > 1 && c.Workers(Flops * 0.04) > 1) c.Fork(this, 0, parts);
        else for (int i = 0; i < parts; i++) Part(c, 0, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long first = part * _planesPerPart, count = Math.Min(_planesPerPart, _planes - first), size = _g.OutSize;
        float* plane = c.Ptr<float>(_plane, worker), x = c.Ptr<float>(Reads[0]) + first * _g.InSize, y = c.Ptr<float>(Writes[0]) + first * _g.Filters * size, w = c.Ptr<float>(Reads[1]);
        long* taps = (long*)Unsafe.AsPointer(ref _taps[0]);
        for (long p = first; p < first + count; p++, x += _g.InSize)
        {
            _rows.FillPadded(x, _g.In[0], _g.Before[0], _planeRows, 0, plane);
            float* weights = w + p % _g.Groups * _g.Filters * _g.Taps;
            for (long f = 0; f < _g.Filters; f++, weights += _g.Taps, y += size)
            {
                if (Vector512.IsHardwareAccelerated) Filter<Lanes512<float>>(plane, taps, weights, y);
                else if (Vector256.IsHardwareAccelerated) Filter<Lanes256<float>>(plane, taps, weights, y);
                else Filter<Lanes128<float>>(plane, taps, weights, y);
            }
        }
        Finish(c, first * _g.Filters * size, count * _g.Filters * size, worker);
    }

    private void Filter<V>(float* plane, long* taps, float* w, float* y) where V : unmanaged, ILanes<V, float>
    {
        long height = _g.Out[0];
        float* end = y + _g.OutSize;
        for (long r = 0; r < height; r += RowsAtOnce, plane += RowsAtOnce * _rowStep, y += RowsAtOnce * _g.Out[1])
        {
            switch (height - r)
            {
                case 1: Rows<V, Rows1>(plane, taps, w, y, end); break;
                case 2: Rows<V, Rows2>(plane, taps, w, y, end); break;
                case 3: Rows<V, Rows3>(plane, taps, w, y, end); break;
                default: Rows<V, Rows4>(plane, taps, w, y, end); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Rows<V, R>(float* x, long* taps, float* w, float* y, float* end) where V : unmanaged, ILanes<V, float> where R : struct, IRows
    {
        int n = (int)_g.Out[1];
        if (n >= V.Count) Wide<V, R>(x, taps, w, _taps.Length, y, n, _rowStep);
        else Narrow<V, R>(x, taps, w, _taps.Length, y, n, _rowStep, end);
    }

    /// <summary>Rows of a vector and more; the last vector of a row ends where the row ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide<V, R>(float* x, long* taps, float* w, int count, float* y, int n, long rowStep) where V : unmanaged, ILanes<V, float> where R : struct, IRows
    {
        float* x1 = x + rowStep, x2 = x1 + rowStep, x3 = x2 + rowStep;
        int i = 0;
        for (; i + 2 * V.Count <= n; i += 2 * V.Count)
        {
            V a0 = V.All(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
            for (int t = 0; t < count; t++)
            {
                long at = taps[t] + i;
                V v = V.All(w[t]);
                a0 = V.Fma(v, V.Load(x + at), a0);
                b0 = V.Fma(v, V.Load(x + at + V.Count), b0);
                if (R.Count > 1) a1 = V.Fma(v, V.Load(x1 + at), a1);
                if (R.Count > 1) b1 = V.Fma(v, V.Load(x1 + at + V.Count), b1);
                if (R.Count > 2) a2 = V.Fma(v, V.Load(x2 + at), a2);
                if (R.Count > 2) b2 = V.Fma(v, V.Load(x2 + at + V.Count), b2);
                if (R.Count > 3) a3 = V.Fma(v, V.Load(x3 + at), a3);
                if (R.Count > 3) b3 = V.Fma(v, V.Load(x3 + at + V.Count), b3);
            }
            float* to = y + i;
            V.Store(a0, to);
            V.Store(b0, to + V.Count);
            if (R.Count > 1) { V.Store(a1, to + n); V.Store(b1, to + n + V.Count); }
            if (R.Count > 2) { V.Store(a2, to + 2 * n); V.Store(b2, to + 2 * n + V.Count); }
            if (R.Count > 3) { V.Store(a3, to + 3 * n); V.Store(b3, to + 3 * n + V.Count); }
        }
        for (; i < n; i += V.Count)
        {
            i = Math.Min(i, n - V.Count);
            V a0 = V.All(0), a1 = a0, a2 = a0, a3 = a0;
            for (int t = 0; t < count; t++)
            {
                long at = taps[t] + i;
                V v = V.All(w[t]);
                a0 = V.Fma(v, V.Load(x + at), a0);
                if (R.Count > 1) a1 = V.Fma(v, V.Load(x1 + at), a1);
                if (R.Count > 2) a2 = V.Fma(v, V.Load(x2 + at), a2);
                if (R.Count > 3) a3 = V.Fma(v, V.Load(x3 + at), a3);
            }
            float* to = y + i;
            V.Store(a0, to);
            if (R.Count > 1) V.Store(a1, to + n);
            if (R.Count > 2) V.Store(a2, to + 2 * n);
            if (R.Count > 3) V.Store(a3, to + 3 * n);
        }
    }

    /// <summary>Rows shorter than a vector: what is written beyond a row is overwritten by the next one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow<V, R>(float* x, long* taps, float* w, int count, float* y, int n, long rowStep, float* end) where V : unmanaged, ILanes<V, float> where R : struct, IRows
    {
        float* x1 = x + rowStep, x2 = x1 + rowStep, x3 = x2 + rowStep;
        V a0 = V.All(0), a1 = a0, a2 = a0, a3 = a0;
        for (int t = 0; t < count; t++)
        {
            long at = taps[t];
            V v = V.All(w[t]);
            a0 = V.Fma(v, V.Load(x + at), a0);
            if (R.Count > 1) a1 = V.Fma(v, V.Load(x1 + at), a1);
            if (R.Count > 2) a2 = V.Fma(v, V.Load(x2 + at), a2);
            if (R.Count > 3) a3 = V.Fma(v, V.Load(x3 + at), a3);
        }
        Put(a0, y, n, end);
        if (R.Count > 1) Put(a1, y + n, n, end);
        if (R.Count > 2) Put(a2, y + 2 * n, n, end);
        if (R.Count > 3) Put(a3, y + 3 * n, n, end);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<V>(V v, float* to, int n, float* end) where V : unmanaged, ILanes<V, float>
    {
        if (to + V.Count <= end)
        {
            V.Store(v, to);
            return;
        }
        float* edge = (float*)&v;
        for (int i = 0; i < n; i++) to[i] = edge[i];
    }
}
