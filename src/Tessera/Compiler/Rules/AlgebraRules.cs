using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Cheaper forms of the same arithmetic; exact, NaN and −0 included, unless the rule says otherwise.</summary>
internal static class AlgebraRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("x · −1 → −x", GraphOp.Mul, (r, n) => n.Type.IsFloat() && Constants.Beside(n, -1) is { } x ? r.G.Broadcast(r.G.Neg(x), n.Shape) : null),
        new("x ÷ 2ᵏ → x · 2⁻ᵏ (floats)", GraphOp.Div, InversePower),
        new("a + −b → a − b", GraphOp.Add, (r, n) => n switch
        {
            { In: [var a, { Op: GraphOp.Neg, In: [var b] }] } => r.G.Sub(a, b),
            { In: [{ Op: GraphOp.Neg, In: [var a] }, var b] } => r.G.Sub(b, a),
            _ => null,
        }),
        new("a − −b → a + b", GraphOp.Sub, (r, n) => n is { In: [var a, { Op: GraphOp.Neg, In: [var b] }] } ? r.G.Add(a, b) : null),
        new("(x + c₁) + c₂ → x + (c₁ + c₂) (integers)", GraphOp.Add, (r, n) => Reassociate(r, n)),
        new("(x · c₁) · c₂ → x · (c₁ · c₂) (integers)", GraphOp.Mul, (r, n) => Reassociate(r, n)),
        new("1 ÷ (1 + e⁻ˣ) → sigmoid(x) (within the rounding of the steps it replaces)", GraphOp.Div, Sigmoid),
    ];

    // A product by a power of two is the same real number as the quotient, so both round alike; the inverse must be a normal number of the type.
    private static Node? InversePower(Rewriting r, Node n)
    {
        if (!n.Type.IsFloat() || Constants.Uniform(n.In[1]) is not { } v || !double.IsPow2(Math.Abs(v))) return null;
        int limit = n.Type switch { DType.Float64 => 1022, DType.Float32 or DType.BFloat16 => 126, DType.Float16 => 14, _ => -1 };
        return Math.Abs(Math.ILogB(v)) > limit ? null : r.G.Broadcast(r.G.Mul(n.In[0], 1 / v), n.Shape);
    }

    private static Node? Reassociate(Rewriting r, Node n)
    {
        if (!n.Type.IsInteger() || Constants.Split(n) is not var (c2, inner) || inner.Op != n.Op || Constants.Split(inner) is not var (c1, x)) return null;
        // Without folding the constants would come out as one more node.
        Node c = r.G.Emit(n.Op, [c1, c2]);
        return c.Op == GraphOp.Const ? r.G.Emit(n.Op, [x, c]) : null;
    }

    private static Node? Sigmoid(Rewriting r, Node n) =>
        n.Type is DType.Float32 or DType.Float64 && Constants.Is(n.In[0], 1) && n.In[1] is { Op: GraphOp.Add } sum && r.IsOnlyUse(sum)
        && Constants.Beside(sum, 1) is { Op: GraphOp.Exp, In: [{ Op: GraphOp.Neg, In: [var x] }] } e && r.IsOnlyUse(e) ? r.G.Broadcast(r.G.Sigmoid(x), n.Shape) : null;
}
