using System.Runtime.CompilerServices;
using Tessera.Ir;

namespace Tessera.Compiler;

/// <summary>One side of an integer product.</summary>
/// <param name="Values">UInt8 or Int8 values; or a constant of Int32 whose elements span at most 255.</param>
/// <param name="Zero">Int32 node that broadcasts to the values and is taken off them; null when there is none.</param>
/// <param name="Shift">Of a constant: what makes its elements signed bytes when added.</param>
public sealed record IntegerOperand(Node Values, Node? Zero, int Shift);

/// <summary>An Int32 MatMul or Conv of two 8-bit operands.</summary>
public sealed record IntegerProduct(IntegerOperand A, IntegerOperand B);

/// <summary>Finds 8-bit products in the form that MatMulInteger, ConvInteger, QLinearMatMul, QLinearConv and DynamicQuantizeMatMul decompose to.</summary>
/// <remarks>That form, (Cast(a) − a₀)·(Cast(b) − b₀) in Int32, stays in the graph: an engine without 8-bit kernels runs it as it is, with the same result.</remarks>
public static class IntegerPatterns
{
    private static readonly ConditionalWeakTable<Tensor, Span> s_spans = [];

    private sealed record Span(int Low, int High);

    /// <summary>The 8-bit operands of <paramref name="n"/>; null when it is no Int32 MatMul or Conv of them, or of a form that 8-bit kernels have no use for.</summary>
    /// <remarks>Zero points of a MatMul: one, one per row of a, one per column of b. Of a Conv: one for x, one or one per filter for w; of convolutions of one channel per group only those that <see cref="IsProduct"/> names.</remarks>
    public static IntegerProduct? Match(Node n)
    {
        if (n.Op is not (GraphOp.MatMul or GraphOp.Conv) || n.Type != DType.Int32 || Operand(n.In[0]) is not { Values.Op: not GraphOp.Const } a || Operand(n.In[1]) is not { } b) return null;
        Shape x = n.In[0].Shape, w = n.In[1].Shape;
        bool fits = n.Op == GraphOp.MatMul
            ? IsAlong(a.Zero, x, x.Rank - 2, x.Count / Math.Max(1, x[-1])) && IsAlong(b.Zero, w, w.Rank - 1, w[-1])
            : IsProduct(n) && b.Values.Constant is { IsContiguous: true } && b.Zero is null && IsPadding(a.Zero, a.Values.Type);
        return fits ? new(a, b) : null;
    }

    /// <summary>Whether a Conv is a product to speak of: several channels per group; or one, for a few filters of at most 256 taps over planes, whose sums of 8-bit numbers Float32 holds too.</summary>
    public static bool IsProduct(Node conv)
    {
        Shape w = conv.In[1].Shape, y = conv.Shape;
        return w[1] > 1 || w.Rank == 4 && w[0] <= 4 * ((Arg.Conv)conv.Arg!).Group && w[2] * w[3] <= 256 && y[2] > 1;
    }

    /// <summary>Whether <paramref name="zero"/> is one number, or one for each of the <paramref name="count"/> elements of axes up to <paramref name="axis"/>.</summary>
    private static bool IsAlong(Node? zero, Shape x, int axis, long count)
    {
        if (zero is null || zero.Shape.Count == 1) return true;
        int at = axis - (x.Rank - zero.Shape.Rank);
        return at >= 0 && zero.Shape.Count == count && zero.Shape[at] == x[axis];
    }

    /// <summary>Whether <paramref name="zero"/> is one number that an element of <paramref name="type"/> can be.</summary>
    private static bool IsPadding(Node? zero, DType type) => zero is null || zero.Shape.Count == 1
        && (zero is { Op: GraphOp.Cast, In: [var from] } ? from.Type == type : zero.Constant is { } c && Scalars.ToInt64(c)[0] is var v && (type == DType.UInt8 ? v is >= 0 and <= 255 : v is >= -128 and <= 127));

    private static IntegerOperand? Operand(Node x)
    {
        if (x.Constant is { } c) return Shift(c) is { } shift ? new(x, null, shift) : null;
        if (Values(x) is { } plain) return new(plain, null, 0);
        return x is { Op: GraphOp.Sub, In: [var wide, var zero] } && wide.Shape == x.Shape && Values(wide) is { } values ? new(values, zero, 0) : null;
    }

    private static Node? Values(Node wide) => wide is { Op: GraphOp.Cast, In: [{ Type: DType.UInt8 or DType.Int8 } values] } ? values : null;

    /// <summary>What makes all elements of an Int32 constant signed bytes, 0 if nothing needs to; null when they span more than 255. Found once per tensor.</summary>
    private static int? Shift(Tensor wide)
    {
        if (wide.Type != DType.Int32 || wide.Bytes > int.MaxValue) return null;
        Span s = s_spans.GetValue(wide, static t =>
        {
            using Tensor c = t.Contiguous();
            int low = 0, high = 0;
            foreach (int e in c.Span<int>()) (low, high) = (Math.Min(low, e), Math.Max(high, e));
            return new(low, high);
        });
        if ((long)s.High - s.Low > 255) return null;
        return s.Low < sbyte.MinValue ? sbyte.MinValue - s.Low : s.High > sbyte.MaxValue ? sbyte.MaxValue - s.High : 0;
    }
}
