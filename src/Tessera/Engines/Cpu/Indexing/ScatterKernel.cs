using System.Numerics;
using System.Runtime.CompilerServices;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Indexing;

/// <summary>ScatterElements and ScatterNd: the operand is copied (or taken over when it dies here), then updates are applied in order, so that the last of equal indices wins.</summary>
internal static class ScatterKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        Arg.Scatter a = (Arg.Scatter)n.Arg!;
        Operand data = b.Contiguous(x[0]), indices = Indices.Int64(b, x[1]), updates = b.Contiguous(x[2]);
        // Without arithmetic only the size of an element matters.
        DType type = a.Reduction != ScatterReduction.None ? x[0].Type : x[0].Size switch { 1 => DType.UInt8, 2 => DType.UInt16, 4 => DType.UInt32, _ => DType.UInt64 };
        if (n.Op == GraphOp.ScatterNd && a.Reduction == ScatterReduction.None && b.IsKnown(indices) && indices.Count > 0)
        {
            b.Add(new PlaceStep(b, n, data, indices, updates, y[0]));
            return;
        }
        b.Add(Dispatch.Numeric<Factory, Step>(type, new Factory(n.Op, a, data, indices, updates, y[0])));
    }

    private readonly struct Factory(GraphOp op, Arg.Scatter a, Operand data, Operand indices, Operand updates, Operand y) : INumericFactory<Step>
    {
        public Step Make<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
            op == GraphOp.ScatterElements ? new ScatterElementsStep<T>(a, data, indices, updates, y) : new ScatterNdStep<T>(a.Reduction, data, indices, updates, y);
    }
}

internal abstract unsafe class ScatterStep<T>(string kernel, ScatterReduction reduction, Operand data, Operand indices, Operand updates, Operand y)
    : Step(kernel, [data, indices, updates], [y], updates.Count, $"{reduction}, in the order of the updates") where T : unmanaged, INumber<T>
{
    public override (int From, int To)? Overwrites() => Reads[0].Offset == 0 && Reads[1].Slot != Reads[0].Slot && Reads[2].Slot != Reads[0].Slot ? (Reads[0].Slot, Writes[0].Slot) : null;

    public override void Run(RunContext c)
    {
        T* x = c.Ptr<T>(Reads[0]), y = c.Ptr<T>(Writes[0]);
        if (x != y) Buffer.MemoryCopy(x, y, Writes[0].Bytes, Writes[0].Bytes);
        if (Reads[2].Count > 0) Scatter(c.Ptr<long>(Reads[1]), c.Ptr<T>(Reads[2]), y);
    }

    protected abstract void Scatter(long* indices, T* updates, T* y);

    protected T Combine(T old, T update) => reduction switch
    {
        ScatterReduction.None => update,
        ScatterReduction.Add => old + update,
        ScatterReduction.Mul => old * update,
        ScatterReduction.Min => T.Min(old, update),
        ScatterReduction.Max => T.Max(old, update),
    };
}

internal sealed unsafe class ScatterElementsStep<T>(Arg.Scatter a, Operand data, Operand indices, Operand updates, Operand y)
    : ScatterStep<T>("scatter elements", a.Reduction, data, indices, updates, y) where T : unmanaged, INumber<T>
{
    private readonly Layout _layout = Layout.Of(indices.Shape, GatherElementsStep<byte>.Without(data.Strides, a.Axis));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Scatter(long* indices, T* updates, T* y)
    {
        int last = _layout.Rank - 1;
        long m = _layout.Extents[last], s = _layout.Strides[0][last], rows = _layout.CountOf(last), n = Reads[0].Shape.Rank == 0 ? 1 : Reads[0].Shape[a.Axis], step = Reads[0].Shape.Rank == 0 ? 0 : Reads[0].Strides[a.Axis];
        for (long r = 0; r < rows; r++)
        {
            T* row = y + _layout.OffsetOf(0, r, last);
            for (long i = 0; i < m; i++)
            {
                T* at = row + i * s + Indices.Checked(this, indices[r * m + i], n) * step;
                *at = Combine(*at, updates[r * m + i]);
            }
        }
    }
}

internal sealed unsafe class ScatterNdStep<T>(ScatterReduction reduction, Operand data, Operand indices, Operand updates, Operand y)
    : ScatterStep<T>("scatter nd", reduction, data, indices, updates, y) where T : unmanaged, INumber<T>
{
    private readonly RowAddress _address = new(data.Shape, 0, (int)indices.Shape[-1]);
    private readonly long _block = data.Shape.CountOf((int)indices.Shape[-1], data.Shape.Rank);
    private readonly long _rows = indices.Shape.CountOf(0, indices.Shape.Rank - 1);
    private readonly bool _copies = reduction == ScatterReduction.None;

    protected override void Scatter(long* indices, T* updates, T* y)
    {
        for (long r = 0; r < _rows; r++)
        {
            T* to = y + _address.Offset(this, indices + r * _address.Depth), from = updates + r * _block;
            if (_copies) Buffer.MemoryCopy(from, to, _block * sizeof(T), _block * sizeof(T));
            else for (long i = 0; i < _block; i++) to[i] = Combine(to[i], from[i]);
        }
    }
}
