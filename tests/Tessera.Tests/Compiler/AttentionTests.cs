using Tessera.Ir;
using static Tessera.Tests.Compiler.Rewritten;

namespace Tessera.Tests.Compiler;

/// <summary>Attention as exporters write it becomes one node; what only looks like it stays.</summary>
public sealed class AttentionTests
{
    private const double Close = 1e-6;
    private const int B = 2, H = 3, S = 5, T = 7, D = 4, E = 6;

    private static Node In(GraphBuilder g, string name, params long[] shape) => g.Input(name, DType.Float32, Shape.Of(shape));

    [Theory]
    [InlineData("none"), InlineData("divide"), InlineData("both sides"), InlineData("mask"), InlineData("where"), InlineData("where, then mask"), InlineData("one key head"), InlineData("key from [B, T, H, D]")]
    public void Rank_four(string form)
    {
        Random random = Seeds.Random();
        (Graph after, _) = Check(g =>
        {
            Node q = In(g, "q", B, H, S, D), v = In(g, "v", B, form == "one key head" ? 1 : H, T, E);
            Node kt = form == "key from [B, T, H, D]" ? g.Transpose(In(g, "k", B, T, H, D), 0, 2, 3, 1) : g.TransposeLast(In(g, "k", B, form == "one key head" ? 1 : H, T, D));
            Node s = form == "both sides" ? g.MatMul(g.Mul(q, 0.7), g.Mul(kt, 0.7)) : g.MatMul(q, kt);
            if (form == "divide") s = g.Div(s, 3);
            if (form == "mask") s = g.Add(g.Mul(s, 0.5), In(g, "m", B, 1, 1, T));
            if (form == "where") s = g.Where(g.Input("m", DType.Bool, Shape.Of(S, T)), s, g.Scalar(s, -3.4e38));
            if (form == "where, then mask") s = g.Add(g.Where(g.Input("m", DType.Bool, Shape.Of(1, 1, S, T)), g.Div(s, 2), g.Scalar(s, float.MinValue)), In(g, "n", B, 1, 1, T));
            return g.MatMul(g.Softmax(s, -1), v);
        }, random, Close);
        Assert.Equal(1, after.Count(GraphOp.Attention));
        Assert.Equal(0, after.Count(GraphOp.MatMul) + after.Count(GraphOp.Softmax));
    }

    [Fact]
    public void Rank_three_with_a_mask_of_rank_four()
    {
        (Graph after, _) = Check(g =>
        {
            Node s = g.MatMul(In(g, "q", B * H, S, D), g.TransposeLast(In(g, "k", B * H, T, D)));
            s = g.Reshape(g.Add(g.Reshape(s, Shape.Of(B, H, S, T)), In(g, "m", B, 1, S, T)), Shape.Of(B * H, S, T));
            return g.MatMul(g.Softmax(s, -1), In(g, "v", B * H, T, E));
        }, Seeds.Random(), Close);
        Assert.Equal(1, after.Count(GraphOp.Attention));
    }

    [Theory, InlineData("scores read elsewhere"), InlineData("other axis"), InlineData("weak fill"), InlineData("weak fill, then mask"), InlineData("mask that broadcasts the scores")]
    public void Stays(string form)
    {
        (Graph after, _) = Check(g =>
        {
            Node s = g.MatMul(In(g, "q", B, H, S, D), g.TransposeLast(In(g, "k", B, H, T, D)));
            if (form.StartsWith("weak fill", StringComparison.Ordinal)) s = g.Where(g.Input("m", DType.Bool, Shape.Of(S, T)), s, g.Scalar(s, -1e4));
            if (form == "weak fill, then mask") s = g.Add(s, In(g, "n", B, 1, 1, T));
            if (form == "mask that broadcasts the scores") s = g.Add(s, In(g, "m", 2, B, H, S, T));
            Node p = g.Softmax(s, form == "other axis" ? -2 : -1), y = g.MatMul(p, In(g, "v", B, H, T, E));
            return form == "scores read elsewhere" ? g.Concat(0, g.Reshape(y, Shape.Of(y.Shape.Count)), g.Reshape(p, Shape.Of(p.Shape.Count))) : y;
        }, Seeds.Random(), Close);
        Assert.Equal(0, after.Count(GraphOp.Attention));
    }

    [Fact]
    public void A_row_hidden_by_a_finite_mask_stays_uniform()
    {
        Random random = Seeds.Random();
        foreach (bool where in new[] { false, true })
        {
            (Graph after, _) = Check(g =>
            {
                Node s = g.MatMul(In(g, "q", 1, 1, S, D), g.TransposeLast(In(g, "k", 1, 1, T, D)));
                Node fill = g.Full(DType.Float32, Shape.Of(S, T), float.MinValue);
                s = where ? g.Where(g.Input("m", DType.Bool, Shape.Of(S, T)), s, fill) : g.Add(s, fill);
                return g.MatMul(g.Softmax(s, -1), In(g, "v", 1, 1, T, E));
            }, random, Close, (t, s) => t == DType.Bool ? Tensor.Zeros(t, s) : Draw(random, t, s));
            Assert.Equal(1, after.Count(GraphOp.Attention));
        }
    }
}
