using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Scaled dot-product attention written out as matmul, scale, mask, softmax, matmul.</summary>
/// <remarks>
/// The composite computes the same formula; results differ by rounding. A row whose mask is −∞ everywhere gives zeros, where the written-out
/// form gives NaN; with finite masks both are the same. Scores that anything else reads stay as they are.
/// </remarks>
internal static class AttentionRules
{
    public static IReadOnlyList<Rule> All { get; } = [new("softmax(q·kᵀ·scale + mask)·v → attention", GraphOp.MatMul, Recognise)];

    /// <summary>What was found on the way from the probabilities down to the product of queries and keys.</summary>
    /// <param name="Level">The shape [B, H, S, T], or of lower rank, that the mask broadcasts to.</param>
    private sealed record Scores(Node Product, double Scale, Node? Mask, Shape Level);

    private static Node? Recognise(Rewriting r, Node n)
    {
        if (!n.Type.IsFloat() || n.Shape.Count == 0 || Probabilities(r, n.In[0]) is not { } softmax || Find(r, softmax.In[0]) is not { } found) return null;
        (Node q, double scaleQ) = Unscaled(found.Product.In[0]);
        (Node kt, double scaleK) = Unscaled(found.Product.In[1]);
        Node v = n.In[1];
        if (q.Type != n.Type || kt.Shape.Rank < 2 || Batch(found.Level) is not var (b, h)) return null;
        Node? q4 = Lift(r.G, q, b, h, true), k4 = Lift(r.G, Swapped(r.G, kt), b, h, false), v4 = Lift(r.G, v, b, h, false);
        if (q4 is null || k4 is null || v4 is null || k4.Shape[1] != v4.Shape[1] || n.Shape.Count != b * h * q4.Shape[2] * v4.Shape[3]) return null;
        if (found.Mask is { } mask && (mask.Type != n.Type || Shape.Broadcast(mask.Shape, Shape.Of(b, h, q4.Shape[2], k4.Shape[2])) != Shape.Of(b, h, q4.Shape[2], k4.Shape[2]))) return null;
        Node y = r.G.Attention(q4, k4, v4, found.Mask, new Arg.Attention(found.Scale * scaleQ * scaleK, false, 0, 0));
        return r.G.Reshape(y, n.Shape);
    }

    /// <summary>The softmax along the last axis that <paramref name="p"/> is, a change of batch axes or of precision around it aside.</summary>
    private static Node? Probabilities(Rewriting r, Node p)
    {
        p = Peeled(r, p);
        if (p is { Op: GraphOp.Cast, In: [{ Op: GraphOp.Softmax } wide] } && wide.Type.IsFloat() && wide.Type.Bits() > p.Type.Bits() && r.IsOnlyUse(p)) p = wide;
        return p is { Op: GraphOp.Softmax, Arg: Arg.Along { Axis: var axis } } && axis == p.Shape.Rank - 1 && r.IsOnlyUse(p) ? p : null;
    }

    private static Scores? Find(Rewriting r, Node s)
    {
        if (s is { Op: GraphOp.Cast, In: [var narrow] } && r.IsOnlyUse(s) && narrow.Type.IsFloat() && narrow.Type.Bits() < s.Type.Bits()) s = narrow;
        s = Peeled(r, s);
        if (!r.IsOnlyUse(s)) return null;
        if (Product(r, s) is { } plain) return plain;
        if (s.Op == GraphOp.Add)
            return s.In[0].Shape == s.Shape && Unmasked(r, s.In[0]) is { } left ? Masked(r, left, s.In[1], s.Shape)
                : s.In[1].Shape == s.Shape && Unmasked(r, s.In[1]) is { } right ? Masked(r, right, s.In[0], s.Shape) : null;
        return s.Op == GraphOp.Where ? Selected(r, s) : null;
    }

    /// <summary>Scores to which a mask is added: a product, or one that a condition has already masked.</summary>
    private static Scores? Unmasked(Rewriting r, Node s) => Product(r, s) ?? (s.Op == GraphOp.Where && r.IsOnlyUse(s) ? Selected(r, s) : null);

    private static Scores Masked(Rewriting r, Scores s, Node mask, Shape level) => s with { Mask = s.Mask is { } first ? r.G.Add(first, mask) : mask, Level = level };

    /// <summary>where(seen, scores, fill) with a fill so low that adding a score to it changes nothing.</summary>
    private static Scores? Selected(Rewriting r, Node s)
    {
        bool direct = Constants.Uniform(s.In[2]) is not null;
        Node scores = s.In[direct ? 1 : 2];
        // Float32 has 24 bits, so a score below 10²² in magnitude vanishes beside 10³⁰: hidden rows come out uniform in both forms.
        if (s.Type is not (DType.Float32 or DType.BFloat16) || Constants.Uniform(s.In[direct ? 2 : 1]) is not <= -1e30 || scores.Shape != s.Shape || Product(r, scores) is not { } found) return null;
        Node zero = r.G.Scalar(s, 0), fill = s.In[direct ? 2 : 1];
        return found with { Mask = direct ? r.G.Where(s.In[0], zero, fill) : r.G.Where(s.In[0], fill, zero), Level = s.Shape };
    }

    private static Scores? Product(Rewriting r, Node s)
    {
        double scale = 1;
        Shape level = s.Shape;
        for (int i = 0; i < 4; i++)
        {
            s = Peeled(r, s);
            if (!r.IsOnlyUse(s)) return null;
            if (s.Op == GraphOp.MatMul) return new(s, scale, null, level);
            (Node inner, double by) = Unscaled(s);
            if (ReferenceEquals(inner, s)) return null;
            (s, scale) = (inner, scale * by);
        }
        return null;
    }

    /// <summary>The operand of a product with, or quotient by, one number, and that number.</summary>
    private static (Node, double) Unscaled(Node x)
    {
        if (x.Op == GraphOp.Mul && Constants.Split(x) is var (c, other) && c.Shape.Count == 1 && other.Shape == x.Shape && Constants.Uniform(c) is { } by && double.IsFinite(by)) return (other, by);
        if (x.Op == GraphOp.Div && x.In[1].Shape.Count == 1 && x.In[0].Shape == x.Shape && Constants.Uniform(x.In[1]) is { } d && double.IsFinite(1 / d)) return (x.In[0], 1 / d);
        return (x, 1);
    }

    /// <summary>Past reshapes that keep the last two axes.</summary>
    private static Node Peeled(Rewriting r, Node x)
    {
        while (x is { Op: GraphOp.Reshape, In: [var y] } && r.IsOnlyUse(x) && x.Shape.Rank >= 2 && y.Shape.Rank >= 2 && y.Shape[-1] == x.Shape[-1] && y.Shape[-2] == x.Shape[-2]) x = y;
        return x;
    }

    private static (long B, long H)? Batch(Shape s) => s.Rank switch { 4 => (s[0], s[1]), 3 => (1, s[0]), 2 => (1, 1), _ => null };

    /// <summary>kᵀ as k.</summary>
    private static Node Swapped(GraphBuilder g, Node kt)
    {
        int rank = kt.Shape.Rank;
        long[] axes = new long[rank];
        for (int i = 0; i < rank; i++) axes[i] = i < rank - 2 ? i : 2 * rank - 3 - i;
        Arg.Permutation swap = new(Ints.Of(axes.AsSpan()));
        return kt is { Op: GraphOp.Transpose, Arg: Arg.Permutation p } ? g.Transpose(kt.In[0], Permutations.Compose(p, swap))
            : Permutations.KeepsOrder(swap, kt.Shape) ? g.Reshape(kt, Shape.Of([.. kt.Shape.Span[..^2], kt.Shape[-1], kt.Shape[-2]])) : g.TransposeLast(kt);
    }

    /// <summary>As [B, H, …, …]; keys and values may be one for all heads.</summary>
    private static Node? Lift(GraphBuilder g, Node x, long b, long h, bool query)
    {
        if (x.Shape.Rank is < 2 or > 4) return null;
        if (x.Shape.Rank == 4 && x.Shape[0] == b && (x.Shape[1] == h || (!query && x.Shape[1] == 1))) return x;
        return x.Shape.CountOf(0, x.Shape.Rank - 2) == b * h ? g.Reshape(x, Shape.Of(b, h, x.Shape[-2], x.Shape[-1])) : null;
    }
}
