using Tessera.Compiler;
using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Products of integers that fit 16 bits, with constant weights: two steps of the sum at a time.</summary>
/// <remarks>
/// Σ x[k]·w[k] for k &lt; K, K even, is Σ x[k]·w[k] + x[k + K/2]·w[k + K/2] for k &lt; K/2. Step k and step k + K/2 are kept in one Int32, as its low and its high half:
/// halves of an axis lie side by side as the axis itself does. Sums wrap as they do otherwise.
/// </remarks>
internal static class PairedProducts
{
    // Packing the operand takes longer than it saves for fewer steps.
    private const long LeastSteps = 16;
    private const int MostDepth = 8;

    public static Pass Pass { get; } = new("pairs", [new("product of small integers → product of pairs", [GraphOp.MatMul, GraphOp.Conv], (r, n) => Apply(r.G, n))]);

    private static Node? Apply(GraphBuilder g, Node n)
    {
        if (n.Type != DType.Int32 || n.In[1].Constant is not { } w || n.In[0].Type != DType.Int32) return null;
        int axis = n.Op == GraphOp.MatMul ? n.In[0].Shape.Rank - 1 : 1, along = n.Op == GraphOp.MatMul ? w.Shape.Rank - 2 : 1;
        if (along < 0 || n.In[0].Shape.Rank < 2 || n.Arg is Arg.Paired or Arg.Conv { InPairs: true } or Arg.Conv { Group: not 1 }) return null;
        long steps = n.In[0].Shape[axis];
        if (steps % 2 != 0 || steps * (n.Op == GraphOp.Conv ? w.Shape.CountOf(2, w.Shape.Rank) : 1) < LeastSteps || !Fits(Range(n.In[1], 0)) || !Fits(Range(n.In[0], 0))) return null;
        Node x = n.In[0], low = g.Slice(x, axis, 0, steps / 2), high = g.Slice(x, axis, steps / 2, steps / 2);
        Node pairs = g.Add(g.And(low, g.Scalar(DType.Int32, ushort.MaxValue)), g.Mul(high, 1 << 16)), weights = g.Const(Packed(w, along));
        return n.Op == GraphOp.MatMul ? g.Emit(GraphOp.MatMul, [pairs, weights], new Arg.Paired()) : g.Emit(GraphOp.Conv, [pairs, weights], (Arg.Conv)n.Arg! with { InPairs = true });
    }

    private static Tensor Packed(Tensor w, int axis)
    {
        using Tensor c = w.Contiguous();
        Shape s = w.Shape;
        long half = s[axis] / 2;
        Tensor packed = Tensor.Empty(DType.Int32, Shape.Of([.. s.Span[..axis], half, .. s.Span[(axis + 1)..]]));
        ReadOnlySpan<int> from = c.Span<int>();
        Span<int> to = packed.Span<int>();
        int run = (int)(half * s.CountOf(axis + 1, s.Rank));
        for (int at = 0; at < to.Length; at++)
        {
            int low = at / run * 2 * run + at % run;
            to[at] = from[low] & ushort.MaxValue | from[low + run] << 16;
        }
        return packed;
    }

    private static bool Fits((long Low, long High)? r) => r is { Low: >= short.MinValue, High: <= short.MaxValue };

    /// <summary>Bounds of an integer node's elements; null where they are not known.</summary>
    private static (long Low, long High)? Range(Node n, int depth)
    {
        if (depth > MostDepth) return null;
        (long Low, long High)? Of(int operand) => Range(n.In[operand], depth + 1);
        return n.Op switch
        {
            _ when n.Type is DType.UInt8 or DType.Int8 or DType.UInt16 or DType.Int16 or DType.UInt4 or DType.Int4 => (Contraction.Extreme(n.Type, least: true), Contraction.Extreme(n.Type, least: false)),
            GraphOp.Const when n.Type == DType.Int32 => Range(n.Constant!),
            GraphOp.Cast when n.In[0].Type.IsInteger() => Of(0),
            GraphOp.Reshape or GraphOp.Transpose or GraphOp.Broadcast or GraphOp.Slice or GraphOp.Gather => Of(0),
            GraphOp.Pad => Of(0) is { } x && Of(1) is { } p ? (Math.Min(x.Low, p.Low), Math.Max(x.High, p.High)) : null,
            GraphOp.Add => Of(0) is { } a && Of(1) is { } b ? (a.Low + b.Low, a.High + b.High) : null,
            GraphOp.Sub => Of(0) is { } a && Of(1) is { } b ? (a.Low - b.High, a.High - b.Low) : null,
            _ => null,
        };
    }

    private static (long Low, long High) Range(Tensor t)
    {
        using Tensor c = t.Contiguous();
        (int low, int high) = (0, 0);
        foreach (int v in c.Span<int>()) (low, high) = (Math.Min(low, v), Math.Max(high, v));
        return (low, high);
    }
}
