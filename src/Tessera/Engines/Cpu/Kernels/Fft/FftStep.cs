using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Complex transforms along one axis, a vector of lines at a time.</summary>
internal sealed unsafe class FftStep<T> : Step where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly AxisLayout _l;
    private readonly bool _inverse;
    private readonly FftPlan<T> _plan;
    private readonly long _inner, _lines, _batches;
    private readonly Scratch _work;

    /// <param name="l">The value around the axis; Inner counts real and imaginary parts.</param>
    public FftStep(StepBuilder b, AxisLayout l, bool inverse, Operand x, Operand y)
        : base("fft", [x], [y], (long)(2.5 * y.Count * Math.Log2(Math.Max(2, l.Length))), $"{l.Outer * l.Inner / 2} lines of {l.Length}")
    {
        (_l, _inverse, _inner, _lines) = (l, inverse, l.Inner / 2, l.Outer * l.Inner / 2);
        _plan = new(checked((int)l.Length), b.Own);
        _batches = (_lines + Vector<T>.Count - 1) / Vector<T>.Count;
        _work = b.Scratch((4 * l.Length + FftPasses<T>.Scratch(_plan)) * sizeof(Vector<T>));
    }

    public override void Run(RunContext c)
    {
        int parts = checked((int)_batches);
        if (parts > 1 && c.Workers(Flops * 0.5) > 1) c.Fork(this, 0, parts);
        else for (int i = 0; i < parts; i++) Part(c, 0, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        T* x = c.Ptr<T>(Reads[0]), y = c.Ptr<T>(Writes[0]);
        Vector<T>* a = c.Ptr<Vector<T>>(_work, worker), b = a + 2 * _l.Length, scratch = b + 2 * _l.Length;
        long first = (long)part * Vector<T>.Count;
        int lanes = (int)Math.Min(Vector<T>.Count, _lines - first), swap = _inverse ? 1 : 0;
        for (int v = 0; v < Vector<T>.Count; v++)
        {
            // Lanes without a line repeat the last one.
            T* from = x + Start(first + Math.Min(v, lanes - 1)), to = (T*)a + v;
            for (long j = 0; j < _l.Length; j++, from += _l.Inner, to += 2 * Vector<T>.Count) (to[0], to[Vector<T>.Count]) = (from[swap], from[1 - swap]);
        }
        Vector<T>* z = FftPasses<T>.Run(_plan, a, b, scratch);
        T scale = _inverse ? T.One / T.CreateTruncating(_l.Length) : T.One;
        for (int v = 0; v < lanes; v++)
        {
            T* to = y + Start(first + v), from = (T*)z + v;
            for (long j = 0; j < _l.Length; j++, to += _l.Inner, from += 2 * Vector<T>.Count) (to[swap], to[1 - swap]) = (from[0] * scale, from[Vector<T>.Count] * scale);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long Start(long line)
    {
        (long outer, long i) = Math.DivRem(line, _inner);
        return outer * _l.Length * _l.Inner + 2 * i;
    }
}
