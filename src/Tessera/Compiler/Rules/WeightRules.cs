using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Factors and summands behind a product with constant weights, moved into the weights and one bias: Conv + BatchNormalization and its kin.</summary>
/// <remarks>
/// For Float32 and Float64. With u the unit roundoff and K the terms of a sum, each weight is rounded once more, so a result moves by at most u·Σ|w·a·x|,
/// which the (K − 1)·u·Σ|w·a·x| of summation exceeds. Folding is refused when a weight would overflow; it takes activations to be finite (0 · ∞ is NaN before
/// and may not be after).
/// </remarks>
internal static class WeightRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("product(x, w) · a → product(x, w · a)", GraphOp.Mul, (r, n) => Constants.Split(n) is var (a, x) && x.Shape == n.Shape ? Scaled(r, x, a, GraphOp.Mul) : null),
        new("product(x, w) ÷ a → product(x, w ÷ a)", GraphOp.Div, (r, n) => n.In[1].Op == GraphOp.Const && n.In[0].Shape == n.Shape ? Scaled(r, n.In[0], n.In[1], GraphOp.Div) : null),
        new("(product(x, w) + b) · a → product(x, w · a) + b · a", GraphOp.Mul, (r, n) => Constants.Split(n) is var (a, x) && x.Shape == n.Shape ? ScaledBiased(r, x, a, GraphOp.Mul) : null),
        new("(product(x, w) + b) ÷ a → product(x, w ÷ a) + b ÷ a", GraphOp.Div, (r, n) => n.In[1].Op == GraphOp.Const && n.In[0].Shape == n.Shape ? ScaledBiased(r, n.In[0], n.In[1], GraphOp.Div) : null),
        new("product(x, w) − b → product(x, w) + −b", GraphOp.Sub, (r, n) => n.In[1].Op == GraphOp.Const && IsProduct(Core(n.In[0])) && ConstantMaths.Negated(r.G, n.In[1]) is { } b ? r.G.Add(n.In[0], b) : null),
        new("(product(x, w) + b₁) + b₂ → product(x, w) + (b₁ + b₂)", GraphOp.Add, Biases),
        new("product(x · s, w) → product(x, w · s), s one number", [GraphOp.MatMul, GraphOp.Conv, GraphOp.ConvTranspose], (r, n) => Before(r, n, GraphOp.Mul)),
        new("product(x ÷ s, w) → product(x, w ÷ s), s one number", [GraphOp.MatMul, GraphOp.Conv, GraphOp.ConvTranspose], (r, n) => Before(r, n, GraphOp.Div)),
    ];

    private static bool IsProduct(Node n) => n.Op is GraphOp.Conv or GraphOp.ConvTranspose or GraphOp.MatMul;

    private static Node Core(Node n) => n.Op == GraphOp.Add && Constants.Split(n) is var (_, x) ? x : n;

    private static Node? Scaled(Rewriting r, Node product, Node a, GraphOp by)
    {
        if (!IsProduct(product) || !r.IsOnlyUse(product) || product.Type is not (DType.Float32 or DType.Float64)) return null;
        int side = product.In[1].Op == GraphOp.Const ? 1 : product.Op == GraphOp.MatMul && product.In[0].Op == GraphOp.Const ? 0 : -1;
        if (side < 0 || WeightLayout.Of(product, side, a.Shape) is not { } layout || ScaledWeights.Of(product.In[side].Constant!, a.Constant!, by == GraphOp.Div, layout) is not { } w) return null;
        Node weights = r.G.Const(w);
        return r.G.Emit(product.Op, side == 1 ? [product.In[0], weights] : [weights, product.In[1]], product.Arg);
    }

    private static Node? ScaledBiased(Rewriting r, Node sum, Node a, GraphOp by)
    {
        if (sum.Op != GraphOp.Add || !r.IsOnlyUse(sum) || Constants.Split(sum) is not var (b, product) || !IsProduct(product) || product.Shape != sum.Shape) return null;
        return ConstantMaths.Combined(r.G, by, b, a) is { } bias && Scaled(r, product, a, by) is { } y ? r.G.Add(y, bias) : null;
    }

    private static Node? Biases(Rewriting r, Node n)
    {
        if (!n.Type.IsFloat() || Constants.Split(n) is not var (b2, sum) || sum.Op != GraphOp.Add || !r.IsOnlyUse(sum) || Constants.Split(sum) is not var (b1, product) || !IsProduct(product)) return null;
        return product.Shape == n.Shape && ConstantMaths.Combined(r.G, GraphOp.Add, b1, b2) is { } b ? r.G.Add(product, b) : null;
    }

    private static Node? Before(Rewriting r, Node n, GraphOp by)
    {
        if (n is not { In: [var scaled, { Constant: { } w }] } || scaled.Op != by || !r.IsOnlyUse(scaled) || n.Type is not (DType.Float32 or DType.Float64)) return null;
        (Node x, Node s) = scaled.In[1].Op == GraphOp.Const || by == GraphOp.Div ? (scaled.In[0], scaled.In[1]) : (scaled.In[1], scaled.In[0]);
        if (s.Constant is not { Count: 1 } factor || x.Shape != scaled.Shape) return null;
        return ScaledWeights.Of(w, factor, by == GraphOp.Div, new WeightLayout(1, 1, 1, w.Count)) is { } v ? r.G.Emit(n.Op, [x, r.G.Const(v)], n.Arg) : null;
    }
}
