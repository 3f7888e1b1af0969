using System.Numerics;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Pooling of any numeric type, element by element; maximum with indices too.</summary>
internal sealed unsafe class PoolStepOf<T> : Step where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private readonly ConvGeometry _g;
    private readonly Arg.Pool _p;
    private readonly PoolCounts _counts;
    private readonly long[] _numbering;

    public PoolStepOf(ConvGeometry g, Arg.Pool p, Operand x, Operand[] y) : base($"pool {p.Kind} {x.Type}{(p.Indices ? " indices" : "")}", [x], y, y[0].Count * g.Taps, $"{g}, element by element")
    {
        (_g, _p, _counts) = (g, p, new(g, p));
        _numbering = new long[g.Rank];
        long step = 1;
        for (int i = 0; i < g.Rank; i++)
        {
            int a = p.ColumnMajor ? i : g.Rank - 1 - i;
            _numbering[a] = step;
            step *= g.In[a];
        }
    }

    public override void Run(RunContext c)
    {
        int parts = checked((int)_g.Batch);
        if (parts > 1 && c.Workers(Flops * 2.0) > 1) c.Fork(this, 0, parts);
        else for (int i = 0; i < parts; i++) Part(c, 0, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        T* x = c.Ptr<T>(Reads[0]) + part * _g.InSize, y = c.Ptr<T>(Writes[0]) + part * _g.OutSize;
        long* indices = _p.Indices && Writes[1].Slot >= 0 ? c.Ptr<long>(Writes[1]) + part * _g.OutSize : null;
        long* corner = stackalloc long[Shape.MaxRank], at = stackalloc long[Shape.MaxRank];
        int last = _g.Rank - 1;
        for (long o = 0; o < _g.OutSize; o++)
        {
            long rest = o;
            for (int a = last; a >= 0; a--)
            {
                (rest, long i) = Math.DivRem(rest, _g.Out[a]);
                corner[a] = i * _g.Strides[a] - _g.Before[a];
            }
            y[o] = Window(x, corner, at, out long index, o);
            if (indices != null) indices[o] = index < 0 ? -1 : part * _g.InSize + index;
        }
    }

    private T Window(T* x, long* corner, long* at, out long index, long output)
    {
        bool max = _p.Kind == PoolKind.Max;
        T best = typeof(T) == typeof(float) || typeof(T) == typeof(double) ? T.CreateTruncating(double.NegativeInfinity) : T.MinValue;
        double sum = 0;
        index = -1;
        bool any = false;
        for (long t = 0; t < _g.Taps; t++)
        {
            if (!Locate(t, corner, at, out long place)) continue;
            T v = x[place];
            if (max && (!any || v > best || (T.IsNaN(v) && !T.IsNaN(best))))
            {
                (best, any, index) = (v, true, 0);
                for (int a = 0; a < _g.Rank; a++) index += at[a] * _numbering[a];
            }
            else if (!max) sum += _p.Kind == PoolKind.Average ? double.CreateTruncating(v) : Math.Pow(Math.Abs(double.CreateTruncating(v)), _p.P);
        }
        return _p.Kind switch
        {
            PoolKind.Max => best,
            PoolKind.Average => T.CreateTruncating(sum / (_counts.OfRow(output / _g.Out[^1]) * _counts.Last[output % _g.Out[^1]])),
            PoolKind.Lp => T.CreateTruncating(Math.Pow(sum, 1 / _p.P)),
        };
    }

    private bool Locate(long tap, long* corner, long* at, out long place)
    {
        place = 0;
        for (int a = _g.Rank - 1; a >= 0; a--)
        {
            (tap, long k) = Math.DivRem(tap, _g.Kernel[a]);
            at[a] = corner[a] + k * _g.Dilations[a];
            if ((ulong)at[a] >= (ulong)_g.In[a]) return false;
        }
        for (int a = 0; a < _g.Rank; a++) place = place * _g.In[a] + at[a];
        return true;
    }
}
