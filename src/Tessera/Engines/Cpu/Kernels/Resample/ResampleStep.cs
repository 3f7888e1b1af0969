using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>y[…, o, …] = Σₜ w[o, t]·x[…, at[o, t], …]; a tap of weight 0 contributes nothing, whatever lies there.</summary>
internal sealed unsafe class ResampleStep<T> : Step where T : unmanaged, INumber<T>
{
    private readonly AxisLayout _l;
    private readonly long _results, _taps, _perPart, _units;
    private readonly int _parts;
    private readonly WindowTaps? _windows;

    /// <param name="l">The input around the axis.</param>
    /// <param name="x">Data, Int32 positions [results, taps], weights [results, taps].</param>
    public ResampleStep(StepBuilder b, AxisLayout l, Operand[] x, Operand y) : base("resample", x, [y], 2 * y.Count * x[1].Shape[1], $"{l.Outer} × {l.Length} → {x[1].Shape[0]} × {l.Inner}, {x[1].Shape[1]} taps")
    {
        (_l, _results, _taps) = (l, x[1].Shape[0], x[1].Shape[1]);
        // A unit is one row of Inner elements, or, along the last axis, all results of one input row.
        _units = l.Inner == 1 ? l.Outer : l.Outer * _results;
        _perPart = Math.Clamp(16384 / Math.Max(1, l.Inner == 1 ? _results : l.Inner), 1, _units);
        _parts = checked((int)((_units + _perPart - 1) / _perPart));
        if (typeof(T) == typeof(float) && l.Inner == 1 && b.IsKnown(x[1]) && b.IsKnown(x[2])) _windows = WindowTaps.Of(l.Length, _results, _taps, b.Known<int>(x[1]), b.Known<float>(x[2]));
    }

    public override bool TakesEpilogue => true;

    public override void Run(RunContext c)
    {
        if (_parts > 1 && c.Workers(Flops * (_windows is null && _l.Inner == 1 ? 0.5 : 0.1)) > 1) c.Fork(this, 0, _parts);
        else for (int i = 0; i < _parts; i++) Part(c, 0, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        T* x = c.Ptr<T>(Reads[0]), w = c.Ptr<T>(Reads[2]), y = c.Ptr<T>(Writes[0]);
        int* at = c.Ptr<int>(Reads[1]);
        long first = part * _perPart, end = Math.Min(_units, first + _perPart), unit = _l.Inner == 1 ? _results : _l.Inner;
        for (long u = first; u < end; u++)
        {
            if (_windows is not null)
            {
                _windows.Row((float*)x + u * _l.Length, (float*)y + u * _results);
                continue;
            }
            if (_l.Inner == 1)
            {
                Gather(x + u * _l.Length, at, w, y + u * _results);
                continue;
            }
            (long outer, long j) = Math.DivRem(u, _results);
            Row(x + outer * _l.Length * _l.Inner, at + j * _taps, w + j * _taps, y + u * _l.Inner);
        }
        Finish(c, first * unit, (end - first) * unit, worker);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(T* x, int* at, T* w, T* y)
    {
        for (long j = 0; j < _results; j++, at += _taps, w += _taps)
        {
            T s = T.Zero;
            for (long t = 0; t < _taps; t++) if (w[t] != T.Zero) s += w[t] * x[at[t]];
            y[j] = s;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row(T* x, int* at, T* w, T* y)
    {
        long i = 0, n = _l.Inner;
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count)
        {
            Vector<T> s = default;
            for (long t = 0; t < _taps; t++) if (w[t] != T.Zero) s += Vector.Create(w[t]) * Vector.Load(x + at[t] * n + i);
            s.Store(y + i);
        }
        for (; i < n; i++)
        {
            T s = T.Zero;
            for (long t = 0; t < _taps; t++) if (w[t] != T.Zero) s += w[t] * x[at[t] * n + i];
            y[i] = s;
        }
    }
}
