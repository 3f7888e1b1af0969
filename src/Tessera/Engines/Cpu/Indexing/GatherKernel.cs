using System.Runtime.CompilerServices;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Indexing;

/// <summary>Gather along one axis: a block of memory per index.</summary>
internal static class GatherKernel
{
    public static unsafe void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        int axis = ((Arg.Along)n.Arg!).Axis;
        Operand data = b.Contiguous(x[0]), indices = Indices.Int64(b, x[1]);
        LaneGather? lanes = axis == data.Shape.Rank - 1 && data.Size == 4 && b.IsKnown(indices) ? LaneGather.Of(b, b.Known<long>(indices), indices.Count, data.Shape[axis]) : null;
        b.Add(new GatherStep(data, indices, y[0], axis, lanes));
    }
}

internal sealed unsafe class GatherStep(Operand x, Operand indices, Operand y, int axis, LaneGather? lanes)
    : Step("gather", [x, indices], [y], 0, lanes is null ? $"blocks of {x.Shape.CountOf(axis + 1, x.Shape.Rank) * x.Size} bytes" : "vectors of neighbours, permuted")
{
    private readonly long _outer = x.Shape.CountOf(0, axis);
    private readonly long _n = x.Shape[axis];
    private readonly long _bytes = x.Shape.CountOf(axis + 1, x.Shape.Rank) * x.Size;

    public override void Run(RunContext c)
    {
        long blocks = _outer * Reads[1].Count;
        if (blocks == 0 || _bytes == 0) return;
        int workers = c.Workers(blocks * (lanes is null ? 2 + _bytes * 0.15 : 0.2)), parts = (int)Math.Min(blocks, workers * 4L);
        if (workers <= 1 || parts <= 1) Range(c, 0, blocks);
        else c.Fork(this, parts, parts);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long blocks = _outer * Reads[1].Count;
        Range(c, blocks * part / phase, blocks * (part + 1) / phase);
    }

    private void Range(RunContext c, long first, long end)
    {
        byte* x = c.Base(Reads[0].Slot) + Reads[0].Offset * Reads[0].Size, y = c.Ptr<byte>(Writes[0]);
        long* index = c.Ptr<long>(Reads[1]);
        long count = Reads[1].Count;
        while (first < end)
        {
            (long outer, long i) = Math.DivRem(first, count);
            long n = Math.Min(end - first, count - i);
            byte* from = x + outer * _n * _bytes, to = y + first * _bytes;
            if (lanes is not null && n == count) lanes.Row((int*)from, (int*)to);
            else switch (_bytes)
                {
                    case 1: Elements(from, index + i, to, n); break;
                    case 2: Elements((ushort*)from, index + i, (ushort*)to, n); break;
                    case 4: Elements((uint*)from, index + i, (uint*)to, n); break;
                    case 8: Elements((ulong*)from, index + i, (ulong*)to, n); break;
                    default: Blocks(from, index + i, to, n); break;
                }
            first += n;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Elements<T>(T* x, long* index, T* y, long count)
    {
        long n = _n;
        for (long i = 0; i < count; i++)
        {
            long at = index[i];
            if ((ulong)at >= (ulong)n) at = Indices.Checked(this, at, n);
            y[i] = x[at];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Blocks(byte* x, long* index, byte* y, long count)
    {
        for (long i = 0; i < count; i++, y += _bytes) Buffer.MemoryCopy(x + Indices.Checked(this, index[i], _n) * _bytes, y, _bytes, _bytes);
    }
}
