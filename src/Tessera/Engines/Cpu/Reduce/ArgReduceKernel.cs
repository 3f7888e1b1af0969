using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Reduce;

/// <summary>ArgMax and ArgMin along one axis; NaN wins, then the first (or last) of equals.</summary>
internal static class ArgReduceKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y) => b.Add(Dispatch.Numeric<Factory, Step>(x[0].Type, new Factory(n, x[0], y[0])));

    private readonly struct Factory(Node n, Operand x, Operand y) : INumericFactory<Step>
    {
        public Step Make<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => new ArgReduceStep<T>(n.Op == GraphOp.ArgMax, (Arg.ArgReduce)n.Arg!, x, y);
    }
}

internal sealed unsafe class ArgReduceStep<T> : Step
{
    private readonly bool _max;
    private readonly bool _last;
    private readonly Layout _kept;
    private readonly long _n;
    private readonly long _step;

    public ArgReduceStep(bool max, Arg.ArgReduce a, Operand x, Operand y) : base(max ? "argmax" : "argmin", [x], [y], x.Count, "a scan per output")
    {
        (_max, _last, _n, _step) = (max, a.Last, x.Shape[a.Axis], x.Strides[a.Axis]);
        Shape kept = x.Shape.With(a.Axis, 1);
        _kept = Layout.Of(kept, x.Strides);
    }

    public override void Run(RunContext c)
    {
        int outputs = checked((int)Writes[0].Count);
        if (outputs == 0) return;
        if (_n == 0) throw new TesseraException(ErrorCode.ShapeMismatch, $"{Kernel} over an empty axis of {Reads[0].Shape} has no answer.");
        int workers = c.Workers(Reads[0].Count * 1.0), parts = Math.Min(outputs, workers * 4);
        if (workers <= 1 || parts <= 1) Range(c, 0, outputs);
        else c.Fork(this, parts, parts);
    }

    public override void Part(RunContext c, int phase, int part, int worker) => Range(c, Writes[0].Count * part / phase, Writes[0].Count * (part + 1) / phase);

    private void Range(RunContext c, long first, long end)
    {
        T* x = c.Ptr<T>(Reads[0]);
        long* y = c.Ptr<long>(Writes[0]);
        for (long i = first; i < end; i++)
        {
            T* from = x + _kept.OffsetOf(0, i, _kept.Rank);
            y[i] = _step == 1 && _n >= 64 ? Row(from) : One(from);
        }
    }

    /// <summary>The extremum of neighbouring elements first, then where it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long Row(T* x)
    {
        T best = _max ? ReduceLoops.Row<MaxReduction, T>(x, _n) : ReduceLoops.Row<MinReduction, T>(x, _n);
        if (Scalar<T>.IsNaN(best))
        {
            long at = _last ? _n - 1 : 0;
            while (!Scalar<T>.IsNaN(x[at])) at += _last ? -1 : 1;
            return at;
        }
        return Vector512.IsHardwareAccelerated ? Find<Lanes512<T>>(x, best) : Vector256.IsHardwareAccelerated ? Find<Lanes256<T>>(x, best) : Find<Lanes128<T>>(x, best);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long Find<V>(T* x, T best) where V : unmanaged, ILanes<V, T>
    {
        V b = V.All(best);
        if (_last)
        {
            long end = _n;
            while (end >= V.Count && !V.Any(V.Equal(V.Load(x + end - V.Count), b))) end -= V.Count;
            for (end--; !Scalar<T>.Equal(x[end], best); end--) { }
            return end;
        }
        long i = 0;
        while (i <= _n - V.Count && !V.Any(V.Equal(V.Load(x + i), b))) i += V.Count;
        while (!Scalar<T>.Equal(x[i], best)) i++;
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long One(T* x)
    {
        long at = 0;
        T best = *x;
        for (long i = 1; i < _n && (_last || !Scalar<T>.IsNaN(best)); i++)
        {
            T v = x[i * _step];
            if (Scalar<T>.IsNaN(v) || (_max ? (Scalar<T>)v > best : (Scalar<T>)v < best) || (_last && Scalar<T>.Equal(v, best))) (best, at) = (v, i);
        }
        return at;
    }
}
