using Tessera.Ir;

namespace Tessera.Engines.Cpu.Indexing;

/// <summary>ScatterNd with constant indices: where updates go is known, so that neighbouring rows become one block of memory.</summary>
internal sealed unsafe class PlaceStep : Step
{
    private readonly (long To, long From, long Bytes)[] _blocks;

    public PlaceStep(StepBuilder b, Node n, Operand data, Operand indices, Operand updates, Operand y) : base("scatter nd constant", [data, updates], [y], 0, "constant indices: neighbouring rows are one block")
    {
        Nodes = [n];
        int depth = (int)indices.Shape[-1];
        RowAddress address = new(data.Shape, 0, depth);
        long bytes = data.Shape.CountOf(depth, data.Shape.Rank) * data.Size, rows = indices.Shape.CountOf(0, indices.Shape.Rank - 1);
        long* index = b.Known<long>(indices);
        List<(long To, long From, long Bytes)> blocks = [];
        for (long r = 0; r < rows; r++)
        {
            long to = address.Offset(this, index + r * depth) * data.Size, from = r * bytes;
            if (blocks.Count > 0 && blocks[^1] is var last && last.To + last.Bytes == to) blocks[^1] = (last.To, last.From, last.Bytes + bytes);
            else blocks.Add((to, from, bytes));
        }
        _blocks = [.. blocks];
    }

    public override (int From, int To)? Overwrites() => Reads[0].Offset == 0 && Reads[1].Slot != Reads[0].Slot ? (Reads[0].Slot, Writes[0].Slot) : null;

    public override void Run(RunContext c)
    {
        byte* x = c.Base(Reads[0].Slot) + Reads[0].Offset * Reads[0].Size, u = c.Base(Reads[1].Slot) + Reads[1].Offset * Reads[1].Size, y = c.Base(Writes[0].Slot) + Writes[0].Offset * Writes[0].Size;
        if (x != y) Buffer.MemoryCopy(x, y, Writes[0].Bytes, Writes[0].Bytes);
        foreach ((long to, long from, long bytes) in _blocks) Buffer.MemoryCopy(u + from, y + to, bytes, bytes);
    }
}
