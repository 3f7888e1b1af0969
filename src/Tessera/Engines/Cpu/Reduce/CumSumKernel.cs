using System.Numerics;
using System.Runtime.CompilerServices;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Reduce;

/// <summary>CumSum along one axis.</summary>
internal static class CumSumKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y) => b.Add(Dispatch.Numeric<Factory, Step>(x[0].Type, new Factory((Arg.Scan)n.Arg!, x[0], y[0])));

    private readonly struct Factory(Arg.Scan a, Operand x, Operand y) : INumericFactory<Step>
    {
        public Step Make<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => new CumSumStep<T>(a, x, y);
    }
}

internal sealed unsafe class CumSumStep<T>(Arg.Scan a, Operand x, Operand y) : Step("cumsum", [x], [y], x.Count, "a running sum per line") where T : unmanaged, INumber<T>
{
    private readonly Layout _lines = Layout.Of(x.Shape.With(a.Axis, 1), x.Strides, y.Strides);
    private readonly long _n = x.Shape[a.Axis];

    public override void Run(RunContext c)
    {
        if (Reads[0].Count == 0) return;
        long lines = Reads[0].Count / _n;
        int workers = c.Workers(Reads[0].Count * 1.0), parts = (int)Math.Min(lines, workers * 4L);
        if (workers <= 1 || parts <= 1) Range(c, 0, lines);
        else c.Fork(this, parts, parts);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long lines = Reads[0].Count / _n;
        Range(c, lines * part / phase, lines * (part + 1) / phase);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Range(RunContext c, long first, long end)
    {
        long from = Reads[0].Strides[a.Axis], to = Writes[0].Strides[a.Axis];
        for (long i = first; i < end; i++)
        {
            T* p = c.Ptr<T>(Reads[0]) + _lines.OffsetOf(0, i, _lines.Rank), q = c.Ptr<T>(Writes[0]) + _lines.OffsetOf(1, i, _lines.Rank);
            T sum = T.Zero;
            for (long j = 0; j < _n; j++)
            {
                long k = a.Reverse ? _n - 1 - j : j;
                T v = p[k * from];
                q[k * to] = a.Exclusive ? sum : sum + v;
                sum += v;
            }
        }
    }
}
