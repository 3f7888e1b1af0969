namespace Tessera.Ir;

/// <summary>Further primitives as methods: filled and counting constants, scans, indexing, predicates.</summary>
public sealed partial class GraphBuilder
{
    /// <summary>A tensor filled with <paramref name="value"/>.</summary>
    public Node Full(DType type, Shape shape, double value) => Broadcast(Scalar(type, value), shape);

    /// <summary>The Int64 vector 0, 1, … count−1.</summary>
    /// <exception cref="TesseraException">Unsupported beyond 2²⁶ elements: a few bytes in a file must not claim gigabytes while a graph is built.</exception>
    public Node Iota(long count)
    {
        if (count > 1 << 26) throw new TesseraException(ErrorCode.Unsupported, $"An axis of {count} positions is longer than the {1 << 26} that positions are counted on.");
        long[] v = new long[count];
        for (long i = 0; i < count; i++) v[i] = i;
        return Const(Tensor.From(v, Shape.Of(count)));
    }

    /// <summary>0, 1, … along <paramref name="axis"/> of a tensor of the given rank whose other extents are 1; Int64.</summary>
    public Node Iota(long count, int axis, int rank)
    {
        long[] e = new long[rank];
        Array.Fill(e, 1);
        e[axis] = count;
        return Reshape(Iota(count), Shape.Of(e));
    }

    /// <summary>A seed that no other call on this builder gives, mixed with <paramref name="name"/>; equal from run to run.</summary>
    public ulong NewSeed(string name)
    {
        ulong h = 14695981039346656037;
        foreach (char c in name) h = (h ^ c) * 1099511628211;
        return (h ^ ++_seeds) * 0x9E3779B97F4A7C15;
    }

    private ulong _seeds;

    public Node Random(RandomKind kind, DType type, Shape shape, double a, double b, ulong seed) => Emit(GraphOp.Random, [], new Arg.Random(kind, type, shape, a, b, seed));

    public Node Mod(Node a, Node b) => Emit(GraphOp.Mod, [a, b]);
    public Node Rem(Node a, Node b) => Emit(GraphOp.Rem, [a, b]);
    public Node Xor(Node a, Node b) => Emit(GraphOp.Xor, [a, b]);
    public Node IsNaN(Node x) => Emit(GraphOp.IsNaN, [x]);
    public Node IsInf(Node x, bool positive = true, bool negative = true) => Emit(GraphOp.IsInf, [x], new Arg.Infinity(positive, negative));

    public Node LogSoftmax(Node x, int axis) => Emit(GraphOp.LogSoftmax, [x], new Arg.Along(x.Shape.Axis(axis)));

    public Node ArgMax(Node x, int axis, bool keepDims, bool last = false) => Emit(GraphOp.ArgMax, [x], new Arg.ArgReduce(x.Shape.Axis(axis), keepDims, last));

    public Node ArgMin(Node x, int axis, bool keepDims, bool last = false) => Emit(GraphOp.ArgMin, [x], new Arg.ArgReduce(x.Shape.Axis(axis), keepDims, last));

    public Node CumSum(Node x, int axis, bool exclusive = false, bool reverse = false) => Emit(GraphOp.CumSum, [x], new Arg.Scan(x.Shape.Axis(axis), exclusive, reverse));

    public Node GatherNd(Node x, Node indices, int batchAxes = 0) => Emit(GraphOp.GatherNd, [x, indices], new Arg.Along(batchAxes));

    public Node ScatterElements(Node x, Node indices, Node updates, int axis, ScatterReduction reduction = ScatterReduction.None) =>
        Emit(GraphOp.ScatterElements, [x, indices, updates], new Arg.Scatter(x.Shape.Axis(axis), reduction));

    public Node ScatterNd(Node x, Node indices, Node updates, ScatterReduction reduction = ScatterReduction.None) =>
        Emit(GraphOp.ScatterNd, [x, indices, updates], new Arg.Scatter(0, reduction));

    /// <summary>The k largest or smallest along an axis: values and Int64 indices.</summary>
    public (Node Values, Node Indices) TopK(Node x, long k, int axis, bool largest = true, bool sorted = true)
    {
        Node t = Emit(GraphOp.TopK, [x], new Arg.TopK(k, x.Shape.Axis(axis), largest, sorted));
        return (Part(t, 0), Part(t, 1));
    }

    /// <summary><paramref name="f"/> of x, computed in Float32 when x has 16 bits and rounded back once at the end: what keeps a composite of many steps precise.</summary>
    public Node InFloat32(Node x, Func<Node, Node> f) => x.Type is DType.Float16 or DType.BFloat16 ? Cast(f(Cast(x, DType.Float32)), x.Type) : f(x);

    /// <summary>ln(1 + y) for y ≥ 0, precise for small y by the factor y ÷ ((1 + y) − 1), which cancels the rounding of 1 + y.</summary>
    public Node Log1p(Node y)
    {
        Node u = Add(y, 1), rounded = Sub(u, 1);
        return Where(Eq(rounded, 0), y, Mul(Log(u), Where(Lt(y, 1), Div(y, rounded), Scalar(y, 1))));
    }
}
