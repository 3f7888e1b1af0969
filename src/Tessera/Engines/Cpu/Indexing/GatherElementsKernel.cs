using System.Runtime.CompilerServices;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Indexing;

/// <summary>GatherElements: one element per index, at the index's own position on all other axes.</summary>
internal static class GatherElementsKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        int axis = ((Arg.Along)n.Arg!).Axis;
        Operand i = Indices.Int64(b, x[1]);
        b.Add(x[0].Size switch
        {
            1 => new GatherElementsStep<byte>(x[0], i, y[0], axis),
            2 => new GatherElementsStep<ushort>(x[0], i, y[0], axis),
            4 => new GatherElementsStep<uint>(x[0], i, y[0], axis),
            _ => new GatherElementsStep<ulong>(x[0], i, y[0], axis),
        });
    }
}

internal sealed unsafe class GatherElementsStep<T> : Step
{
    private readonly long _n;
    private readonly long _step;
    private readonly Layout _layout;

    public GatherElementsStep(Operand x, Operand indices, Operand y, int axis) : base("gather elements", [x, indices], [y], 0, "one element per index")
    {
        (_n, _step) = (x.Shape.Rank == 0 ? 1 : x.Shape[axis], x.Shape.Rank == 0 ? 0 : x.Strides[axis]);
        _layout = Layout.Of(indices.Shape, Without(x.Strides, axis));
    }

    /// <summary>Strides that leave an axis out.</summary>
    public static Strides Without(Strides strides, int axis)
    {
        long[] s = strides.Span.ToArray();
        if (s.Length > 0) s[axis] = 0;
        return new Strides(s);
    }

    public override void Run(RunContext c)
    {
        long rows = Reads[1].Count == 0 ? 0 : _layout.CountOf(_layout.Rank - 1);
        int workers = c.Workers(Reads[1].Count * 2.0), parts = (int)Math.Min(rows, workers * 4L);
        if (workers <= 1 || parts <= 1) Range(c, 0, rows);
        else c.Fork(this, parts, parts);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long rows = _layout.CountOf(_layout.Rank - 1);
        Range(c, rows * part / phase, rows * (part + 1) / phase);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Range(RunContext c, long first, long end)
    {
        int last = _layout.Rank - 1;
        long m = _layout.Extents[last], s = _layout.Strides[0][last];
        Layout.Cursor at = _layout.Rows(first);
        for (long r = first; r < end; r++, at.Next())
        {
            T* x = c.Ptr<T>(Reads[0]) + at.A, y = c.Ptr<T>(Writes[0]) + r * m;
            long* index = c.Ptr<long>(Reads[1]) + r * m;
            for (long i = 0; i < m; i++) y[i] = x[i * s + Indices.Checked(this, index[i], _n) * _step];
        }
    }
}
