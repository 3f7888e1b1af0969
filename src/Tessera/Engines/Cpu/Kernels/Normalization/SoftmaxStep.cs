using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Softmax or its logarithm along one axis: rows when it is the last one, else a vector of columns at a time.</summary>
internal sealed unsafe class SoftmaxStep<T> : Step
{
    private readonly AxisLayout _l;
    private readonly bool _log;
    private readonly long _perPart;
    private readonly int _parts;
    private readonly Scratch _edge;

    public SoftmaxStep(StepBuilder b, AxisLayout l, bool log, Operand x, Operand y)
        : base(log ? "logsoftmax" : "softmax", [x], [y], 8 * y.Count, l.Inner == 1 ? $"{l.Outer} rows of {l.Length}" : $"{l.Outer * l.Inner} columns of {l.Length}")
    {
        (_l, _log) = (l, log);
        long units = l.Inner == 1 ? l.Outer : l.Outer * Blocks;
        // About 16,000 elements per part.
        _perPart = Math.Clamp(16384 / Math.Max(1, l.Length * (l.Inner == 1 ? 1 : Lanes)), 1, Math.Max(1, units));
        _parts = checked((int)((units + _perPart - 1) / _perPart));
        if (l.Inner > 1 || Short) _edge = b.Scratch(l.Length * Lanes * sizeof(T));
    }

    public override bool TakesEpilogue => _l.Inner == 1;

    private static int Lanes => Vector512.IsHardwareAccelerated ? Vector512<T>.Count : Vector256.IsHardwareAccelerated ? Vector256<T>.Count : Vector128<T>.Count;

    /// <summary>Whether rows are shorter than a vector: then a vector of rows is turned into columns.</summary>
    private bool Short => _l.Inner == 1 && _l.Length < Lanes;

    private long Blocks => (_l.Inner + Lanes - 1) / Lanes;

    public override void Run(RunContext c)
    {
        if (_parts > 1 && c.Workers(Writes[0].Count * 0.7) > 1) c.Fork(this, 0, _parts);
        else for (int i = 0; i < _parts; i++) Part(c, 0, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        if (Vector512.IsHardwareAccelerated) Part<Lanes512<T>>(c, part, worker);
        else if (Vector256.IsHardwareAccelerated) Part<Lanes256<T>>(c, part, worker);
        else Part<Lanes128<T>>(c, part, worker);
    }

    private void Part<V>(RunContext c, int part, int worker) where V : unmanaged, ILanes<V, T>
    {
        T* x = c.Ptr<T>(Reads[0]), y = c.Ptr<T>(Writes[0]);
        long first = part * _perPart, n = _l.Length;
        if (_l.Inner == 1)
        {
            long end = Math.Min(_l.Outer, first + _perPart);
            if (Short) for (long r = first; r < end; r += V.Count) Turned<V>(x + r * n, y + r * n, Math.Min(V.Count, end - r), c.Ptr<T>(_edge, worker));
            else for (long r = first; r < end; r++) SoftmaxRows<V, T>.Row(x + r * n, y + r * n, n, _log);
            Finish(c, first * n, (end - first) * n, worker);
            return;
        }
        for (long u = first; u < Math.Min(_l.Outer * Blocks, first + _perPart); u++)
        {
            (long outer, long block) = Math.DivRem(u, Blocks);
            long at = outer * n * _l.Inner + block * V.Count, width = Math.Min(V.Count, _l.Inner - block * V.Count);
            if (width == V.Count) SoftmaxRows<V, T>.Columns(x + at, y + at, n, _l.Inner, _log);
            else Edge<V>(x + at, y + at, width, c.Ptr<T>(_edge, worker));
        }
    }

    /// <summary>Up to V.Count rows as columns of a block; lanes without a row repeat the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Turned<V>(T* x, T* y, long rows, T* block) where V : unmanaged, ILanes<V, T>
    {
        long n = _l.Length;
        for (long r = 0; r < V.Count; r++)
        {
            T* from = x + Math.Min(r, rows - 1) * n;
            for (long j = 0; j < n; j++) block[j * V.Count + r] = from[j];
        }
        SoftmaxRows<V, T>.Columns(block, block, n, V.Count, _log);
        for (long r = 0; r < rows; r++) for (long j = 0; j < n; j++) y[r * n + j] = block[j * V.Count + r];
    }

    private void Edge<V>(T* x, T* y, long width, T* block) where V : unmanaged, ILanes<V, T>
    {
        for (long i = 0; i < _l.Length; i++) for (long j = 0; j < V.Count; j++) block[i * V.Count + j] = j < width ? x[i * _l.Inner + j] : Scalar<T>.Zero;
        SoftmaxRows<V, T>.Columns(block, block, _l.Length, V.Count, _log);
        for (long i = 0; i < _l.Length; i++) for (long j = 0; j < width; j++) y[i * _l.Inner + j] = block[i * V.Count + j];
    }
}
