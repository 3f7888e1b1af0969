using Tessera.Ir;

namespace Tessera.Engines.Cpu.Indexing;

/// <summary>GatherNd: each row of the index operand addresses a block.</summary>
internal static class GatherNdKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y) =>
        b.Add(new GatherNdStep(b.Contiguous(x[0]), Indices.Int64(b, x[1]), y[0], ((Arg.Along)n.Arg!).Axis));
}

/// <summary>Turns rows of indices into offsets.</summary>
internal sealed unsafe class RowAddress
{
    private readonly long[] _extents, _steps;

    public RowAddress(Shape x, int batch, int depth)
    {
        (_extents, _steps) = (new long[depth], new long[depth]);
        for (int i = 0; i < depth; i++) (_extents[i], _steps[i]) = (x[batch + i], x.CountOf(batch + i + 1, x.Rank));
    }

    public int Depth => _extents.Length;

    public long Offset(Step step, long* row)
    {
        long offset = 0;
        for (int i = 0; i < _extents.Length; i++) offset += Indices.Checked(step, row[i], _extents[i]) * _steps[i];
        return offset;
    }
}

internal sealed unsafe class GatherNdStep(Operand x, Operand indices, Operand y, int batch) : Step("gather nd", [x, indices], [y], 0, "a block per row of indices")
{
    private readonly RowAddress _address = new(x.Shape, batch, (int)indices.Shape[-1]);
    private readonly long _batches = x.Shape.CountOf(0, batch);
    private readonly long _batchStep = x.Shape.CountOf(batch, x.Shape.Rank);
    private readonly long _block = x.Shape.CountOf(batch + (int)indices.Shape[-1], x.Shape.Rank);
    private readonly long _rows = indices.Shape.CountOf(0, indices.Shape.Rank - 1);

    public override void Run(RunContext c)
    {
        if (_rows == 0 || _block == 0) return;
        int size = Reads[0].Size;
        long bytes = _block * size, each = _rows / _batches;
        byte* x = c.Base(Reads[0].Slot) + Reads[0].Offset * size, y = c.Ptr<byte>(Writes[0]);
        long* index = c.Ptr<long>(Reads[1]);
        for (long r = 0; r < _rows; r++)
            Buffer.MemoryCopy(x + (r / each * _batchStep + _address.Offset(this, index + r * _address.Depth)) * size, y + r * bytes, bytes, bytes);
    }
}
