using Tessera.Ir;
using static Tessera.Tests.Compiler.Rewritten;

namespace Tessera.Tests.Compiler;

/// <summary>Forms as exporters write them become composites.</summary>
public sealed class RecognitionTests
{
    private const double Close = 1e-6;

    private static Node X(GraphBuilder g, params long[] shape) => g.Input("x", DType.Float32, Shape.Of(shape));

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void Layer_norm(int form)
    {
        Random random = Seeds.Random();
        (Graph after, _) = Check(g =>
        {
            Node x = X(g, 3, 5, 12), d = g.Sub(x, g.Mean(x, true, -1));
            Node variance = g.Mean((form & 1) == 0 ? g.Pow(d, 2) : g.Mul(d, d), true, -1), root = g.Sqrt(g.Add(variance, 1e-5));
            Node y = (form & 2) == 0 ? g.Div(d, root) : g.Mul(d, g.Div(1, root));
            return g.Add(g.Mul(y, Constant(g, random, DType.Float32, 12)), Constant(g, random, DType.Float32, 12));
        }, random, Close);
        Assert.Equal(1, after.Count(GraphOp.Norm));
        Assert.True(((Arg.Norm)after.Nodes.Single(n => n.Op == GraphOp.Norm).Arg!).Centered);
        Assert.Equal(3, after.Nodes.Count(n => n.Op is not (GraphOp.Input or GraphOp.Const)));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void Layer_norm_from_moments_with_the_scale_in_the_deviation(int form)
    {
        Random random = Seeds.Random();
        (Graph after, List<string> fired) = Check(g =>
        {
            Node x = X(g, 3, 5, 12), m = g.Mean(x, true, -1), d = g.Sub(x, m);
            Node variance = (form & 1) == 0 ? g.Mean(g.Mul(d, d), true, -1) : g.Max(g.Sub(g.Mul(g.Sum(g.Mul(x, x), true, -1), 1f / 12), g.Mul(m, m)), 0);
            Node inverse = g.Div(1, g.Sqrt(g.Add(variance, 1e-6))), scale = Constant(g, random, DType.Float32, 12);
            return g.Add(g.Mul(d, (form & 2) == 0 ? g.Mul(inverse, scale) : g.Mul(scale, inverse)), Constant(g, random, DType.Float32, 12));
        }, random, 1e-5);
        Assert.Contains("a · ((1 ÷ √(mean(a²) + ε)) · γ) → norm(a) · γ", fired);
        Assert.Equal(1, after.Count(GraphOp.Norm));
        Assert.Equal(3, after.Nodes.Count(n => n.Op is not (GraphOp.Input or GraphOp.Const)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Root_mean_square_norm(bool power)
    {
        (Graph after, _) = Check(g =>
        {
            Node x = X(g, 4, 16), m = g.Add(g.Mean(g.Pow(x, 2), true, -1), 1e-6);
            return g.Mul(x, power ? g.Pow(m, -0.5) : g.Div(1, g.Sqrt(m)));
        }, Seeds.Random(), Close);
        Assert.False(((Arg.Norm)after.Nodes.Single(n => n.Op == GraphOp.Norm).Arg!).Centered);
        Assert.Equal(2, after.Nodes.Length);
    }

    [Fact]
    public void A_sum_of_squares_is_no_mean()
    {
        (Graph after, _) = Check(g => { Node x = X(g, 4, 16); return g.Div(x, g.Sqrt(g.Add(g.Sum(g.Mul(x, x), true, -1), 1e-6))); }, Seeds.Random(), Close);
        Assert.Equal(0, after.Count(GraphOp.Norm));
    }

    [Fact]
    public void Softmax_and_its_logarithm()
    {
        Random random = Seeds.Random();
        (Graph after, _) = Check(g => { Node x = X(g, 4, 9), e = g.Exp(g.Sub(x, g.Reduce(GraphOp.ReduceMax, x, true, -1))); return g.Div(e, g.Sum(e, true, -1)); }, random, Close);
        Assert.Equal(1, after.Count(GraphOp.Softmax));
        (after, _) = Check(g => { Node x = X(g, 4, 9), s = g.Sub(x, g.Reduce(GraphOp.ReduceMax, x, true, 0)); return g.Sub(s, g.Log(g.Sum(g.Exp(s), true, 0))); }, random, Close);
        Assert.Equal(1, after.Count(GraphOp.LogSoftmax));
        (after, _) = Check(g => { Node e = g.Exp(X(g, 4, 9)); return g.Div(e, g.Sum(e, true, -1)); }, random, Close);
        Assert.Equal(0, after.Count(GraphOp.Softmax));
    }

    [Fact]
    public void Sigmoid_written_out()
    {
        (Graph after, _) = Check(g => { Node x = X(g, 33); return g.Div(1, g.Add(g.Exp(g.Neg(x)), 1)); }, Seeds.Random(), Close);
        Assert.Equal(2, after.Nodes.Length);
    }
}
