namespace Tessera.Ir;

/// <summary>Movement, reduction, contraction and indexing primitives as methods. Axes may be negative.</summary>
public sealed partial class GraphBuilder
{
    public Node Reshape(Node x, Shape shape) => x.Shape == shape ? x : Emit(GraphOp.Reshape, [x.Op == GraphOp.Reshape ? x.In[0] : x], new Arg.Shaped(shape));

    public Node Broadcast(Node x, Shape shape) => x.Shape == shape ? x : Emit(GraphOp.Broadcast, [x], new Arg.Shaped(shape));

    public Node Transpose(Node x, params ReadOnlySpan<int> axes)
    {
        long[] p = new long[axes.Length];
        bool identity = true;
        for (int i = 0; i < axes.Length; i++) { p[i] = x.Shape.Axis(axes[i]); identity &= p[i] == i; }
        return identity && p.Length == x.Shape.Rank ? x : Emit(GraphOp.Transpose, [x], new Arg.Permutation(Ints.Of(p)));
    }

    /// <summary>Transpose of the last two axes.</summary>
    public Node TransposeLast(Node x)
    {
        int r = x.Shape.Rank;
        return Transpose(x, [.. Enumerable.Range(0, r - 2), r - 1, r - 2]);
    }

    /// <summary>Elements start, start+step … along one axis, <paramref name="count"/> of them.</summary>
    public Node Slice(Node x, int axis, long start, long count, long step = 1)
    {
        axis = x.Shape.Axis(axis);
        long[] starts = new long[x.Shape.Rank], steps = [.. Enumerable.Repeat(1L, x.Shape.Rank)], counts = x.Shape.ToArray();
        (starts[axis], counts[axis], steps[axis]) = (start, count, step);
        return Slice(x, Ints.Of(starts), Ints.Of(counts), Ints.Of(steps));
    }

    public Node Slice(Node x, Ints starts, Ints counts, Ints steps)
    {
        // The step of a single element has no meaning; 1 keeps equal slices equal.
        Ints canonical = Ints.Of(steps.Select((s, i) => counts[i] <= 1 ? 1 : s));
        return Shape.Of(counts.Span) == x.Shape && canonical.All(s => s == 1) ? x : Emit(GraphOp.Slice, [x], new Arg.Slice(starts, counts, canonical));
    }

    public Node Pad(Node x, PadMode mode, Ints before, Ints after, Node? value = null) =>
        before.All(v => v == 0) && after.All(v => v == 0) ? x : Emit(GraphOp.Pad, [x, value ?? Const(Scalars.Zero(x.Type))], new Arg.Pad(mode, before, after));

    public Node Concat(int axis, params ReadOnlySpan<Node> x) => x.Length == 1 ? x[0] : Emit(GraphOp.Concat, x, new Arg.Along(x[0].Shape.Axis(axis)));

    /// <summary>A reduction over <paramref name="axes"/>; all of them when empty.</summary>
    public Node Reduce(GraphOp op, Node x, bool keepDims, params ReadOnlySpan<int> axes)
    {
        ReadOnlySpan<int> all = [0, 1, 2, 3, 4, 5, 6, 7];
        return Emit(op, [x], new Arg.Reduce(Ints.Axes(x.Shape, axes.Length == 0 ? all[..x.Shape.Rank] : axes), keepDims));
    }

    public Node Sum(Node x, bool keepDims, params ReadOnlySpan<int> axes) => Reduce(GraphOp.ReduceSum, x, keepDims, axes);

    /// <summary>Arithmetic mean as sum ÷ count.</summary>
    public Node Mean(Node x, bool keepDims, params ReadOnlySpan<int> axes)
    {
        Node s = Sum(x, keepDims, axes);
        return Div(s, (double)x.Shape.Count / Math.Max(1, s.Shape.Count));
    }

    /// <summary>a · b as NumPy matmul: operands of rank 1 are seen as a row and a column.</summary>
    public Node MatMul(Node a, Node b)
    {
        Node x = a.Shape.Rank == 1 ? Reshape(a, [1, a.Shape[0]]) : a, y = b.Shape.Rank == 1 ? Reshape(b, [b.Shape[0], 1]) : b;
        Node z = Emit(GraphOp.MatMul, [x, y]);
        if (ReferenceEquals(x, a) && ReferenceEquals(y, b)) return z;
        List<long> shape = [.. z.Shape.ToArray()];
        if (b.Shape.Rank == 1) shape.RemoveAt(shape.Count - 1);
        if (a.Shape.Rank == 1) shape.RemoveAt(shape.Count - (b.Shape.Rank == 1 ? 1 : 2));
        return Reshape(z, Shape.Of([.. shape]));
    }

    public Node Gather(Node x, Node indices, int axis) => Emit(GraphOp.Gather, [x, indices], new Arg.Along(x.Shape.Axis(axis)));

    public Node GatherElements(Node x, Node indices, int axis) => Emit(GraphOp.GatherElements, [x, indices], new Arg.Along(x.Shape.Axis(axis)));

    public Node Softmax(Node x, int axis) => Emit(GraphOp.Softmax, [x], new Arg.Along(x.Shape.Axis(axis)));

    /// <summary>The axis removed: x seen without an extent of 1.</summary>
    public Node Squeeze(Node x, int axis)
    {
        axis = x.Shape.Axis(axis);
        return Reshape(x, Shape.Of([.. x.Shape.Span[..axis], .. x.Shape.Span[(axis + 1)..]]));
    }

    /// <summary>A new axis of extent 1 at <paramref name="axis"/> of the result.</summary>
    public Node Unsqueeze(Node x, int axis)
    {
        if (axis < 0) axis += x.Shape.Rank + 1;
        return Reshape(x, Shape.Of([.. x.Shape.Span[..axis], 1, .. x.Shape.Span[axis..]]));
    }

    public Node Host(string name, ReadOnlySpan<Node> inputs, TensorType[] outputs, Func<IReadOnlyList<Tensor>, Tensor[]> run) =>
        Emit(GraphOp.Host, inputs, new Arg.Host(new HostFunction(name, [.. outputs], run)));
}
