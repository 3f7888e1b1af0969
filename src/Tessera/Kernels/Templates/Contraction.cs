using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Primitives whose every result is a sum, an extremum or a choice over many elements, computed result by result.</summary>
internal static class Contraction
{
    /// <summary>The value of <paramref name="n"/> at <paramref name="at"/>; null for primitives that are not of this kind.</summary>
    public static Val? Compute(Node n, Coords at, Emitter e, Reader r) => n.Op switch
    {
        GraphOp.MatMul => MatMul(n, at, e, r),
        GraphOp.Conv => Convolution.Conv(n, at, e, r),
        GraphOp.ConvTranspose => Convolution.Transposed(n, at, e, r),
        GraphOp.ReduceSum or GraphOp.ReduceProd or GraphOp.ReduceMax or GraphOp.ReduceMin => Reduced(n, at, e, r, inVectors: false),
        GraphOp.ArgMax => ArgBest(n, at, e, r, smallest: false),
        GraphOp.ArgMin => ArgBest(n, at, e, r, smallest: true),
        GraphOp.Resample => Resample(n, at, e, r),
        GraphOp.Pool when n.Outputs.Length == 1 => Pooling.Pool(n, at, e, r).Value,
        _ => null,
    };

    private static Val MatMul(Node n, Coords at, Emitter e, Reader r)
    {
        Node a = n.In[0], b = n.In[1];
        int rank = n.Shape.Rank;
        Local sum = e.Local(Zero(n, e));
        e.For(a.Shape[-1], k =>
        {
            Val x = r.Read(a, Coords.OfDigits(e, a.Shape, d => d == a.Shape.Rank - 1 ? k : d == a.Shape.Rank - 2 ? at[rank - 2] : at[d + rank - a.Shape.Rank]));
            Val y = r.Read(b, Coords.OfDigits(e, b.Shape, d => d == b.Shape.Rank - 1 ? at[rank - 1] : d == b.Shape.Rank - 2 ? k : at[d + rank - b.Shape.Rank]));
            sum.Value = n.Arg is Arg.Paired ? x.PairDot(y, sum.Value) : x.Fma(y, sum.Value);
        });
        return Finish(sum.Value, n);
    }

    /// <param name="inVectors">Lanes hold partial results; the result is one for all.</param>
    public static Val Reduced(Node n, Coords at, Emitter e, Reader r, bool inVectors)
    {
        Arg.Reduce arg = (Arg.Reduce)n.Arg!;
        Shape s = n.In[0].Shape;
        KernelType type = KernelType.Reads(n.Type)!.Value;
        bool truth = type.Kind == ScalarKind.Bool;
        if (truth) type = KernelType.Int32;
        Val Extremum(bool least) => type.IsFloat ? e.Const(type, least ? double.NegativeInfinity : double.PositiveInfinity) : e.Const(type, Extreme(n.Type, least));
        (Val start, Func<Val, Val, Val> join) = n.Op switch
        {
            GraphOp.ReduceSum => (e.Const(type, 0.0), (Func<Val, Val, Val>)((p, q) => p + q)),
            GraphOp.ReduceProd => (e.Const(type, 1.0), (p, q) => p * q),
            GraphOp.ReduceMax => (Extremum(least: true), (p, q) => p.Max(q)),
            _ => (Extremum(least: false), (p, q) => p.Min(q)),
        };
        // Coordinates along the axes that stay.
        int[] from = [.. Enumerable.Range(0, s.Rank).Select(a => arg.KeepDims ? a : a - arg.Axes.Count(axis => axis < a))];
        Coords line = Coords.OfDigits(e, Lines.Of(s, arg.Axes), a => at[from[a]]);
        LineWalk walk = new(e, s, arg.Axes, line, inVectors);
        // Sums and products of truth values are bounded by true.
        Val all = truth ? walk.Fold(start, (p, q) => join(p, q).Min(1), c => r.Read(n.In[0], c).To(ScalarKind.Int32)) : walk.Fold(start, join, c => r.Read(n.In[0], c), isCheap: true);
        return truth ? !all.Is(0) : Finish(all, n);
    }

    private static Val ArgBest(Node n, Coords at, Emitter e, Reader r, bool smallest)
    {
        Arg.ArgReduce arg = (Arg.ArgReduce)n.Arg!;
        Shape s = n.In[0].Shape;
        Coords Of(Val j) => Coords.OfDigits(e, s, a => a == arg.Axis ? j : at[!arg.KeepDims && a > arg.Axis ? a - 1 : a]);
        if (s[arg.Axis] == 0) throw new TesseraException(ErrorCode.ShapeMismatch, $"{n.Op} along axis {arg.Axis} of {s}, which is empty.");
        Local best = e.Local(Number(r.Read(n.In[0], Of(e.Int(0))))), place = e.Local(e.Int(0));
        e.For(e.Int(1), e.Int(s[arg.Axis]), 1, j =>
        {
            Val v = Number(r.Read(n.In[0], Of(j)));
            Val wins = Before(v, best.Value, !smallest, arg.Last);
            place.Value = wins.Then(j, place.Value);
            best.Value = wins.Then(v, best.Value);
        });
        return place.Value.To(ScalarKind.Int64);
    }

    private static Val Number(Val v) => v.Type.Kind == ScalarKind.Bool ? v.To(ScalarKind.Int32) : v;

    /// <summary>Whether a comes before b when the largest (or smallest) come first; NaN counts as the largest number, and wins among the smallest too when asked.</summary>
    public static Val Before(Val a, Val b, bool largest, bool orEqual, bool nanFirst = true)
    {
        Val better = largest ? orEqual ? a >= b : a > b : orEqual ? a <= b : a < b;
        if (!a.Type.IsFloat) return better;
        Val na = Maths.IsNaN(a), nb = Maths.IsNaN(b);
        if (largest || nanFirst) return orEqual ? na | (better & !nb) : (na & !nb) | (better & !nb);
        return orEqual ? nb | (better & !na) : (nb & !na) | (better & !na);
    }

    private static Val Resample(Node n, Coords at, Emitter e, Reader r)
    {
        int axis = ((Arg.Along)n.Arg!).Axis;
        Node x = n.In[0], indices = n.In[1], weights = n.In[2];
        Local sum = e.Local(Zero(n, e));
        e.For(indices.Shape[1], t =>
        {
            Coords tap = Coords.OfDigits(e, indices.Shape, a => a == 0 ? at[axis] : t);
            Val place = r.Read(indices, tap).To(ScalarKind.Int32), w = r.Read(weights, tap);
            Val v = r.Read(x, Coords.OfDigits(e, x.Shape, a => a == axis ? place : at[a]));
            // A tap of weight 0 contributes nothing, whatever lies there.
            sum.Value = w.Is(0).Then(sum.Value, w.Fma(v, sum.Value));
        });
        return sum.Value;
    }

    public static Val Zero(Node n, Emitter e) => e.Const(KernelType.Reads(n.Type)!.Value, 0.0);

    public static Val Finish(Val v, Node n) => v.Type.IsInteger ? Casting.Wrapped(v, n.Type) : v;

    public static long Extreme(DType type, bool least) => least ? type.IsSigned() ? -1L << (type.Bits() - 1) : 0
        : type.Bits() == 64 ? type.IsSigned() ? long.MaxValue : -1 : (1L << (type.IsSigned() ? type.Bits() - 1 : type.Bits())) - 1;
}
