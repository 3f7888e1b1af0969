using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Operators that leave their operand as it is. x + 0 is no such operator on floats: it turns −0 into 0; x + (−0) and x − 0 are.</summary>
internal static class IdentityRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("x · 1 → x", GraphOp.Mul, (r, n) => Constants.Beside(n, 1) is { } x ? As(r, x, n) : null),
        new("x ÷ 1 → x", GraphOp.Div, (r, n) => Constants.Is(n.In[1], 1) ? As(r, n.In[0], n) : null),
        new("x ^ 1 → x", GraphOp.Pow, (r, n) => Constants.Is(n.In[1], 1) ? As(r, n.In[0], n) : null),
        new("x + 0 → x (integers), x + −0 → x (floats)", GraphOp.Add, (r, n) => Constants.Beside(n, n.Type.IsFloat() ? -0.0 : 0) is { } x ? As(r, x, n) : null),
        new("x − 0 → x", GraphOp.Sub, (r, n) => Constants.Is(n.In[1], 0) ? As(r, n.In[0], n) : null),
        new("x and true → x", GraphOp.And, (r, n) => n.Type == DType.Bool && Constants.Beside(n, 1) is { } x ? As(r, x, n) : null),
        new("x or false → x", GraphOp.Or, (r, n) => Constants.Beside(n, 0) is { } x ? As(r, x, n) : null),
        new("max(x, −∞) → x", GraphOp.Max, (r, n) => n.Type.IsFloat() && Constants.Beside(n, double.NegativeInfinity) is { } x ? As(r, x, n) : null),
        new("min(x, ∞) → x", GraphOp.Min, (r, n) => n.Type.IsFloat() && Constants.Beside(n, double.PositiveInfinity) is { } x ? As(r, x, n) : null),
        new("−(−x) → x", GraphOp.Neg, (_, n) => n.In[0] is { Op: GraphOp.Neg } inner ? inner.In[0] : null),
        new("not not x → x", GraphOp.Not, (_, n) => n.In[0] is { Op: GraphOp.Not } inner ? inner.In[0] : null),
        new("| |x| |, |−x| → |x|", GraphOp.Abs, (r, n) => n.In[0] is { Op: GraphOp.Abs or GraphOp.Neg } inner && !n.Type.IsUnsigned() ? r.G.Abs(inner.In[0]) : null),
        new("where(constant, a, b) → a or b", GraphOp.Where, (r, n) => Constants.Uniform(n.In[0]) is { } c ? As(r, n.In[c != 0 ? 1 : 2], n) : null),
        new("where(c, x, x) → x", GraphOp.Where, (r, n) => ReferenceEquals(n.In[1], n.In[2]) ? As(r, n.In[1], n) : null),
        new("where(not c, a, b) → where(c, b, a)", GraphOp.Where, (r, n) => n.In[0] is { Op: GraphOp.Not } not ? r.G.Where(not.In[0], n.In[2], n.In[1]) : null),
    ];

    // The operand that goes may have been the one that gave the result its shape.
    private static Node As(Rewriting r, Node x, Node n) => r.G.Broadcast(x, n.Shape);
}
