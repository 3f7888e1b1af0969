using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Powers with small constant exponents.</summary>
internal static class PowerRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("x ^ 2 → x · x (correctly rounded)", GraphOp.Pow, (r, n) => Constants.Is(n.In[1], 2) ? r.G.Broadcast(r.G.Mul(n.In[0], n.In[0]), n.Shape) : null),
        new("x ^ 3 → x · x · x (two roundings; Float32, Float64, integers)", GraphOp.Pow, (r, n) =>
            Constants.Is(n.In[1], 3) && n.Type is not (DType.Float16 or DType.BFloat16) ? r.G.Broadcast(r.G.Mul(r.G.Mul(n.In[0], n.In[0]), n.In[0]), n.Shape) : null),
        new("x ^ ½ → √x (x never below 0)", GraphOp.Pow, (r, n) => Constants.Is(n.In[1], 0.5) && IsNonNegative(n.In[0], 8) ? r.G.Broadcast(r.G.Sqrt(n.In[0]), n.Shape) : null),
        new("x ^ −½ → 1 ÷ √x (x never below 0; two roundings; Float32, Float64)", GraphOp.Pow, (r, n) =>
            n.Type is DType.Float32 or DType.Float64 && Constants.Is(n.In[1], -0.5) && IsNonNegative(n.In[0], 8) ? r.G.Broadcast(r.G.Div(1, r.G.Sqrt(n.In[0])), n.Shape) : null),
        new("x ^ −1 → 1 ÷ x (floats)", GraphOp.Pow, (r, n) => n.Type.IsFloat() && Constants.Is(n.In[1], -1) ? r.G.Broadcast(r.G.Div(1, n.In[0]), n.Shape) : null),
    ];

    /// <summary>Whether every element is +0, positive, or NaN: where √x and x^½ agree (they differ at −0 and −∞).</summary>
    private static bool IsNonNegative(Node x, int depth) => depth > 0 && x.Type.IsFloat() && x.Op switch
    {
        GraphOp.Exp or GraphOp.Sigmoid or GraphOp.Abs or GraphOp.Softmax => true,
        GraphOp.Const => Constants.Uniform(x) is { } v && !double.IsNegative(v),
        GraphOp.Mul => ReferenceEquals(x.In[0], x.In[1]) || IsNonNegative(x.In[0], depth - 1) && IsNonNegative(x.In[1], depth - 1),
        GraphOp.Add or GraphOp.Min or GraphOp.Div => IsNonNegative(x.In[0], depth - 1) && IsNonNegative(x.In[1], depth - 1),
        GraphOp.ReduceSum or GraphOp.ReduceMax or GraphOp.ReduceMin or GraphOp.Reshape or GraphOp.Broadcast or GraphOp.Transpose or GraphOp.Slice => IsNonNegative(x.In[0], depth - 1),
        GraphOp.Max => IsPositive(x.In[0]) || IsPositive(x.In[1]),
        _ => false,
    };

    private static bool IsPositive(Node x) => Constants.Uniform(x) is > 0;
}
