using System.Collections.Immutable;

namespace Tessera.Ir;

internal static class MovementRules
{
    public static ImmutableArray<TensorType> Transpose(ReadOnlySpan<Node> x, Arg.Permutation p)
    {
        Shape s = x[0].Shape;
        Span<long> extents = stackalloc long[s.Rank];
        int seen = 0;
        for (int i = 0; i < p.Axes.Count && p.Axes.Count == s.Rank; i++)
        {
            if ((ulong)p.Axes[i] >= (ulong)s.Rank) break;
            seen |= 1 << (int)p.Axes[i];
            extents[i] = s[(int)p.Axes[i]];
        }
        return seen == (1 << s.Rank) - 1 && p.Axes.Count == s.Rank ? [new(x[0].Type, Shape.Of(extents))] : throw ShapeRules.Bad(GraphOp.Transpose, x, $"{p.Axes} is no permutation of its axes");
    }

    public static ImmutableArray<TensorType> Slice(ReadOnlySpan<Node> x, Arg.Slice a)
    {
        Shape s = x[0].Shape;
        bool fits = a.Starts.Count == s.Rank && a.Counts.Count == s.Rank && a.Steps.Count == s.Rank;
        for (int i = 0; fits && i < s.Rank; i++)
            fits = a.Counts[i] == 0 || (a.Counts[i] > 0 && a.Starts[i] >= 0 && a.Starts[i] < s[i] && a.Starts[i] + (a.Counts[i] - 1) * a.Steps[i] is var last && last >= 0 && last < s[i]);
        return fits ? [new(x[0].Type, Shape.Of(a.Counts.Span))] : throw ShapeRules.Bad(GraphOp.Slice, x, $"{a} leaves it");
    }

    public static ImmutableArray<TensorType> Pad(ReadOnlySpan<Node> x, Arg.Pad p)
    {
        Shape s = x[0].Shape;
        long[] e = new long[s.Rank];
        for (int i = 0; i < s.Rank; i++)
        {
            e[i] = checked(s[i] + p.Before[i] + p.After[i]);
            bool fits = p.Before[i] >= 0 && p.After[i] >= 0 && (p.Mode == PadMode.Constant || e[i] == 0 || s[i] > 0);
            if (!fits) throw ShapeRules.Bad(GraphOp.Pad, x, $"{p}");
        }
        return x.Length == 2 && x[1].Shape.Count == 1 && x[1].Type == x[0].Type ? [new(x[0].Type, Shape.Of(e))] : throw ShapeRules.Bad(GraphOp.Pad, x, "the value is no scalar of its type");
    }

    public static ImmutableArray<TensorType> Concat(ReadOnlySpan<Node> x, int axis)
    {
        Shape s = x[0].Shape;
        long total = 0;
        foreach (Node n in x)
        {
            if (n.Type != x[0].Type || n.Shape.Rank != s.Rank || n.Shape.With(axis, s[axis]) != s) throw ShapeRules.Bad(GraphOp.Concat, x, $"axis {axis}");
            total = checked(total + n.Shape[axis]);
        }
        return [new(x[0].Type, s.With(axis, total))];
    }
}

internal static class ContractionRules
{
    /// <summary>a [.., M, K] · b [.., K, N] with broadcast batches; rank at least 2 on both sides.</summary>
    public static ImmutableArray<TensorType> MatMul(ReadOnlySpan<Node> x)
    {
        Shape a = x[0].Shape, b = x[1].Shape;
        if (a.Rank < 2 || b.Rank < 2 || x[0].Type != x[1].Type || a[-1] != b[-2]) throw ShapeRules.Bad(GraphOp.MatMul, x, "inner extents must be equal, ranks at least 2, types the same");
        Shape batch = Shape.Broadcast(Shape.Of(a.Span[..^2]), Shape.Of(b.Span[..^2]));
        return [new(x[0].Type, Shape.Of([.. batch.Span, a[-2], b[-1]]))];
    }

    public static ImmutableArray<TensorType> Conv(ReadOnlySpan<Node> x, Arg.Conv c)
    {
        Shape s = x[0].Shape, w = x[1].Shape;
        int spatial = s.Rank - 2;
        if (spatial < 1 || w.Rank != s.Rank || x[0].Type != x[1].Type || c.Group < 1 || s[1] != w[1] * c.Group || w[0] % c.Group != 0
            || c.Strides.Count != spatial || c.Dilations.Count != spatial || c.Before.Count != spatial || c.After.Count != spatial || c.Strides.Any(v => v < 1) || c.Dilations.Any(v => v < 1))
            throw ShapeRules.Bad(GraphOp.Conv, x, $"{c}");
        CheckWindow(GraphOp.Conv, x, c.Strides, c.Dilations, c.Before, c.After);
        long[] e = new long[s.Rank];
        (e[0], e[1]) = (s[0], w[0]);
        for (int i = 0; i < spatial; i++)
        {
            long window = (w[i + 2] - 1) * c.Dilations[i] + 1;
            long room = s[i + 2] + c.Before[i] + c.After[i] - window;
            e[i + 2] = room < 0 ? 0 : room / c.Strides[i] + 1;
        }
        return [new(x[0].Type, Shape.Of(e))];
    }

    /// <summary>Refuses numbers whose products a kernel's positions could not hold.</summary>
    public static void CheckWindow(GraphOp op, ReadOnlySpan<Node> x, params ReadOnlySpan<Ints> lists)
    {
        foreach (Ints list in lists)
            foreach (long v in list.Span)
                if (v is < 0 or > int.MaxValue) throw ShapeRules.Bad(op, x, $"{v} is no stride, dilation, padding or size between 0 and 2^31");
    }

    public static ImmutableArray<TensorType> ConvTranspose(ReadOnlySpan<Node> x, Arg.ConvTranspose c)
    {
        Shape s = x[0].Shape, w = x[1].Shape;
        if (s.Rank < 3 || w.Rank != s.Rank || x[0].Type != x[1].Type || c.Group < 1 || s[1] != w[0] || s[1] % c.Group != 0 || c.Out.Count != s.Rank - 2)
            throw ShapeRules.Bad(GraphOp.ConvTranspose, x, $"{c}");
        CheckWindow(GraphOp.ConvTranspose, x, c.Strides, c.Dilations, c.Before, c.Out);
        return [new(x[0].Type, Shape.Of([s[0], w[1] * c.Group, .. c.Out.Span]))];
    }
}

internal static class IndexRules
{
    private static bool IsIndex(Node n) => n.Type is DType.Int64 or DType.Int32;

    public static ImmutableArray<TensorType> Gather(ReadOnlySpan<Node> x, int axis)
    {
        Shape s = x[0].Shape;
        if (!IsIndex(x[1]) || axis >= s.Rank) throw ShapeRules.Bad(GraphOp.Gather, x);
        return [new(x[0].Type, Shape.Of([.. s.Span[..axis], .. x[1].Shape.Span, .. s.Span[(axis + 1)..]]))];
    }

    public static ImmutableArray<TensorType> GatherNd(ReadOnlySpan<Node> x, int batch)
    {
        Shape s = x[0].Shape, i = x[1].Shape;
        if (!IsIndex(x[1]) || i.Rank < 1 || i[-1] + batch > s.Rank || batch >= i.Rank) throw ShapeRules.Bad(GraphOp.GatherNd, x, $"{batch} batch axes");
        return [new(x[0].Type, Shape.Of([.. i.Span[..^1], .. s.Span[(int)(batch + i[-1])..]]))];
    }

    public static ImmutableArray<TensorType> ScatterNd(ReadOnlySpan<Node> x)
    {
        Shape s = x[0].Shape, i = x[1].Shape;
        if (!IsIndex(x[1]) || i.Rank < 1 || i[-1] > s.Rank || x[2].Type != x[0].Type || x[2].Shape != Shape.Of([.. i.Span[..^1], .. s.Span[(int)i[-1]..]]))
            throw ShapeRules.Bad(GraphOp.ScatterNd, x);
        return [x[0].Outputs[0]];
    }

    public static ImmutableArray<TensorType> TopK(ReadOnlySpan<Node> x, Arg.TopK a)
    {
        if (a.K < 0 || a.K > x[0].Shape[a.Axis]) throw ShapeRules.Bad(GraphOp.TopK, x, $"k = {a.K} on axis {a.Axis}");
        Shape s = x[0].Shape.With(a.Axis, a.K);
        return [new(x[0].Type, s), new(DType.Int64, s)];
    }
}

internal static class CompositeRules
{
    public static ImmutableArray<TensorType> Attention(ReadOnlySpan<Node> x)
    {
        Shape q = x[0].Shape, k = x[1].Shape, v = x[2].Shape;
        bool fits = q.Rank == 4 && k.Rank == 4 && v.Rank == 4 && q[0] == k[0] && k[0] == v[0] && q[3] == k[3] && k[2] == v[2] && k[1] == v[1] && k[1] > 0 && q[1] % k[1] == 0;
        if (!fits) throw ShapeRules.Bad(GraphOp.Attention, x);
        Shape scores = Shape.Of(q[0], q[1], q[2], k[2]);
        if (x.Length > 3 && Shape.Broadcast(x[3].Shape, scores) != scores) throw ShapeRules.Bad(GraphOp.Attention, x, $"the mask does not broadcast to {scores}");
        return [new(x[0].Type, Shape.Of(q[0], q[1], q[2], v[3]))];
    }

    public static ImmutableArray<TensorType> Rnn(ReadOnlySpan<Node> x, Arg.Rnn a)
    {
        Shape s = x[0].Shape;
        long d = a.Direction == RnnDirection.Bidirectional ? 2 : 1, gates = a.Kind switch { RnnKind.Rnn => 1, RnnKind.Gru => 3, RnnKind.Lstm => 4 };
        if (s.Rank != 3 || x[1].Shape != Shape.Of(d, gates * a.Hidden, s[2]) || x[2].Shape != Shape.Of(d, gates * a.Hidden, a.Hidden)) throw ShapeRules.Bad(GraphOp.Rnn, x, $"{a.Kind} with {a.Hidden} hidden units");
        TensorType state = new(x[0].Type, Shape.Of(d, s[1], a.Hidden)), y = new(x[0].Type, Shape.Of(s[0], d, s[1], a.Hidden));
        return a.Kind == RnnKind.Lstm ? [y, state, state] : [y, state];
    }

    public static ImmutableArray<TensorType> Fft(ReadOnlySpan<Node> x, Arg.Fft a)
    {
        Shape s = x[0].Shape;
        if (s.Rank < 2 || s[-1] is not (1 or 2) || a.Axis < 0 || a.Axis >= s.Rank - 1 || !x[0].Type.IsFloat()) throw ShapeRules.Bad(GraphOp.Fft, x, $"{a}");
        Shape y = s.With(s.Rank - 1, 2);
        return [new(x[0].Type, a.OneSided ? y.With(a.Axis, s[a.Axis] == 0 ? 0 : s[a.Axis] / 2 + 1) : y)];
    }

    public static ImmutableArray<TensorType> Pool(ReadOnlySpan<Node> x, Arg.Pool a)
    {
        Shape s = x[0].Shape;
        if (s.Rank < 3 || a.Out.Count != s.Rank - 2 || a.Kernel.Count != s.Rank - 2) throw ShapeRules.Bad(GraphOp.Pool, x, $"{a}");
        ContractionRules.CheckWindow(GraphOp.Pool, x, a.Kernel, a.Strides, a.Dilations, a.Before, a.After, a.Out);
        // A window that large lies mostly in padding: no model means it, and it would run for days.
        double taps = 1;
        foreach (long k in a.Kernel) taps *= k;
        if (taps > 1 << 26) throw ShapeRules.Bad(GraphOp.Pool, x, $"a window of {a.Kernel}");
        Shape y = Shape.Of([s[0], s[1], .. a.Out.Span]);
        return a.Indices ? [new(x[0].Type, y), new(DType.Int64, y)] : [new(x[0].Type, y)];
    }
}
