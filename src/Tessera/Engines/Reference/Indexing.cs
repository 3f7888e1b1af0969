using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>Gathers and scatters. A negative index counts from the end; one outside is refused.</summary>
internal static class Indexing
{
    public static Cells Gather(Cells x, Cells indices, int axis, Shape to)
    {
        (int outer, int along, int inner) = Positions.Around(x.Shape, axis);
        int n = indices.Count;
        int[] pick = new int[outer * n * inner];
        for (int o = 0; o < outer; o++)
            for (int j = 0; j < n; j++)
            {
                int from = (o * along + At(indices.Integers[j], along, GraphOp.Gather)) * inner;
                for (int i = 0; i < inner; i++) pick[(o * n + j) * inner + i] = from + i;
            }
        return x.Pick(to, pick);
    }

    public static Cells GatherElements(Cells x, Cells indices, int axis, Shape to) => x.Pick(to, Along(x.Shape, indices, axis, GraphOp.GatherElements));

    /// <summary>For each index, the element of x that has its coordinates, with the one along the axis replaced.</summary>
    private static int[] Along(Shape s, Cells indices, int axis, GraphOp op)
    {
        Shape strides = s.RowMajorStrides();
        long[] steps = strides.ToArray();
        long step = steps[axis];
        steps[axis] = 0;
        for (int i = 0; i < s.Rank; i++)
            if (i != axis && indices.Shape[i] > s[i]) throw new TesseraException(ErrorCode.ShapeMismatch, $"{op}: indices {indices.Shape} exceed {s} on axis {i}.");
        int[] at = Positions.Of(indices.Shape, steps);
        for (int i = 0; i < at.Length; i++) at[i] += (int)(At(indices.Integers[i], (int)s[axis], op) * step);
        return at;
    }

    public static Cells GatherNd(Cells x, Cells indices, int batch, Shape to)
    {
        int[] blocks = Blocks(x.Shape, indices, batch, GraphOp.GatherNd, out int size);
        int[] pick = new int[blocks.Length * size];
        for (int b = 0; b < blocks.Length; b++)
            for (int i = 0; i < size; i++) pick[b * size + i] = blocks[b] + i;
        return x.Pick(to, pick);
    }

    /// <summary>Start of the block of x that each index tuple names.</summary>
    private static int[] Blocks(Shape s, Cells indices, int batch, GraphOp op, out int size)
    {
        int depth = (int)indices.Shape[-1];
        size = (int)s.CountOf(batch + depth, s.Rank);
        int tuples = (int)indices.Shape.CountOf(0, indices.Shape.Rank - 1);
        int perBatch = (int)indices.Shape.CountOf(batch, indices.Shape.Rank - 1), batchSize = (int)s.CountOf(batch, s.Rank);
        int[] at = new int[tuples];
        for (int t = 0; t < tuples; t++)
        {
            long p = 0;
            for (int d = 0; d < depth; d++) p = p * s[batch + d] + At(indices.Integers[t * depth + d], (int)s[batch + d], op);
            at[t] = (perBatch == 0 ? 0 : t / perBatch * batchSize) + (int)p * size;
        }
        return at;
    }

    public static Cells ScatterElements(Cells x, Cells indices, Cells updates, Arg.Scatter a) =>
        Scatter(x, updates, Along(x.Shape, indices, a.Axis, GraphOp.ScatterElements), 1, a.Reduction);

    public static Cells ScatterNd(Cells x, Cells indices, Cells updates, Arg.Scatter a)
    {
        int[] blocks = Blocks(x.Shape, indices, 0, GraphOp.ScatterNd, out int size);
        return Scatter(x, updates, blocks, size, a.Reduction);
    }

    private static Cells Scatter(Cells x, Cells updates, int[] at, int size, ScatterReduction reduction)
    {
        Cells y = x.Copied();
        for (int b = 0; b < at.Length; b++)
            for (int i = 0; i < size; i++)
            {
                int to = at[b] + i, from = b * size + i;
                if (x.IsString) y.Strings[to] = reduction == ScatterReduction.None ? updates.Strings[from] : throw new TesseraException(ErrorCode.TypeMismatch, "Strings are scattered without a reduction only.");
                else if (x.IsFloat) y.Floats[to] = Combine(reduction, y.Floats[to], updates.Floats[from]);
                else y.Integers[to] = Rounding.Integer(x.Type, Combine(x.Type, reduction, y.Integers[to], updates.Integers[from]));
            }
        return y;
    }

    private static double Combine(ScatterReduction r, double old, double update) => r switch
    {
        ScatterReduction.None => update,
        ScatterReduction.Add => old + update,
        ScatterReduction.Mul => old * update,
        ScatterReduction.Min => Math.Min(old, update),
        ScatterReduction.Max => Math.Max(old, update),
    };

    private static long Combine(DType type, ScatterReduction r, long old, long update) => r switch
    {
        ScatterReduction.None => update,
        ScatterReduction.Add => type == DType.Bool ? old | update : old + update,
        ScatterReduction.Mul => old * update,
        ScatterReduction.Min => type == DType.UInt64 ? (long)Math.Min((ulong)old, (ulong)update) : Math.Min(old, update),
        ScatterReduction.Max => type == DType.UInt64 ? (long)Math.Max((ulong)old, (ulong)update) : Math.Max(old, update),
    };

    private static int At(long index, int extent, GraphOp op)
    {
        long i = index < 0 ? index + extent : index;
        return i >= 0 && i < extent ? (int)i : throw new TesseraException(ErrorCode.InvalidArgument, $"{op}: index {index} lies outside an axis of {extent} elements.");
    }
}
