using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Transforms along one axis: a vector of lines at a time, the few that are left over one by one.</summary>
internal sealed unsafe class FftStep<T> : Step where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly bool _inverse;
    private readonly long _n, _bins, _inner, _together;
    private readonly int _parts, _tasks, _batches;
    private readonly FftPlan<T>? _plan;
    private readonly LineFft<T>? _line;
    private readonly RealFft<T>? _realLine;
    private readonly Scratch _work;

    /// <param name="b">Where the step goes.</param>
    /// <param name="axis">Of the transform.</param>
    /// <param name="inverse">Whether the exponent is positive and the result divided by the length.</param>
    /// <param name="x">[… , 1] or [… , 2], contiguous.</param>
    /// <param name="y">[… , 2]; as many bins along the axis as are wanted.</param>
    public FftStep(StepBuilder b, int axis, bool inverse, Operand x, Operand y)
        : base(x.Shape[-1] == 1 ? "fft real" : "fft", [x], [y], (long)(5 * x.Count / x.Shape[-1] * Math.Log2(Math.Max(2, x.Shape[axis]))), $"{x.Count / x.Shape[-1] / x.Shape[axis]} lines of {x.Shape[axis]}")
    {
        (_inverse, _n, _bins, _parts) = (inverse, x.Shape[axis], y.Shape[axis], (int)x.Shape[-1]);
        _inner = x.Shape.CountOf(axis + 1, x.Shape.Rank) / _parts;
        long lines = x.Count / _parts / _n, left = lines % Vector<T>.Count;
        _together = lines;
        if (_inner == 1 && left > 0 && left <= Vector<T>.Count / 2)
        {
            if (_parts == 1) _realLine = RealFft<T>.Of(_n, b.Own);
            else if (_bins == _n) _line = LineFft<T>.Of(_n, b.Own);
            if (_line is not null || _realLine is not null) _together = lines - left;
        }
        if (_together > 0) _plan = new(checked((int)_n), b.Own);
        _batches = checked((int)((_together + Vector<T>.Count - 1) / Vector<T>.Count));
        _tasks = checked((int)(_batches + lines - _together));
        _work = b.Scratch(Math.Max(_plan is null ? 0 : 4 * _n + FftPasses<T>.Scratch(_plan), Math.Max(_line?.Scratch ?? 0, _realLine?.Scratch ?? 0)) * sizeof(Vector<T>));
    }

    public override void Run(RunContext c)
    {
        if (_tasks > 1 && c.Workers(Flops * 0.5) > 1) c.Fork(this, 0, _tasks);
        else for (int i = 0; i < _tasks; i++) Part(c, 0, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        T* x = c.Ptr<T>(Reads[0]), y = c.Ptr<T>(Writes[0]);
        Vector<T>* work = c.Ptr<Vector<T>>(_work, worker);
        long line = _together + part - _batches;
        if (part < _batches) Batch(x, y, work, (long)part * Vector<T>.Count);
        else if (_realLine is not null) _realLine.Run(x + line * _n, y + 2 * line * _bins, _bins, work, _inverse);
        else _line!.Run(x + 2 * line * _n, y + 2 * line * _n, work, _inverse, Factor);
    }

    private T Factor => _inverse ? T.One / T.CreateTruncating(_n) : T.One;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Batch(T* x, T* y, Vector<T>* work, long first)
    {
        Vector<T>* a = work, b = a + 2 * _n, scratch = b + 2 * _n;
        int lanes = (int)Math.Min(Vector<T>.Count, _together - first), swap = _inverse ? 1 : 0;
        for (int v = 0; v < Vector<T>.Count; v++)
        {
            // Lanes without a line repeat the last one.
            T* from = x + Start(first + Math.Min(v, lanes - 1), _n) * _parts, to = (T*)a + v;
            if (_parts == 2) for (long j = 0; j < _n; j++, from += 2 * _inner, to += 2 * Vector<T>.Count) (to[0], to[Vector<T>.Count]) = (from[swap], from[1 - swap]);
            else for (long j = 0; j < _n; j++, from += _inner, to += 2 * Vector<T>.Count) (to[swap * Vector<T>.Count], to[(1 - swap) * Vector<T>.Count]) = (*from, T.Zero);
        }
        Vector<T>* z = FftPasses<T>.Run(_plan!, a, b, scratch);
        T scale = Factor;
        for (int v = 0; v < lanes; v++)
        {
            T* to = y + 2 * Start(first + v, _bins), from = (T*)z + v;
            for (long j = 0; j < _bins; j++, to += 2 * _inner, from += 2 * Vector<T>.Count) (to[swap], to[1 - swap]) = (from[0] * scale, from[Vector<T>.Count] * scale);
        }
    }

    /// <summary>The first number of a line where lines have so many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long Start(long line, long length)
    {
        (long outer, long i) = Math.DivRem(line, _inner);
        return outer * length * _inner + i;
    }
}
