using Tessera.Ir;
using static Tessera.Tests.Compiler.Rewritten;

namespace Tessera.Tests.Compiler;

/// <summary>Factors and summands move into constant weights and one bias.</summary>
public sealed class WeightTests
{
    private const double Close = 1e-6;

    private static Node X(GraphBuilder g, params long[] shape) => g.Input("x", DType.Float32, Shape.Of(shape));

    private static int Work(Graph g) => g.Nodes.Count(n => n.Op is not (GraphOp.Input or GraphOp.Const));

    [Theory, InlineData(1), InlineData(2)]
    public void Convolution_and_batch_normalisation(int group)
    {
        Random random = Seeds.Random();
        Node C(GraphBuilder g) => Constant(g, random, DType.Float32, 1, 6, 1, 1);
        (Graph after, _) = Check(g =>
        {
            Node y = g.Conv(X(g, 2, 4, 7, 7), Constant(g, random, DType.Float32, 6, 4 / group, 3, 3), new Arg.Conv([2, 1], [1, 1], [1, 1], [1, 1], group));
            return g.Add(g.Mul(g.Add(y, C(g)), C(g)), g.Sub(C(g), g.Mul(C(g), C(g))));
        }, random, Close);
        Assert.Equal(2, Work(after));
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Transposed_convolution(int group)
    {
        Random random = Seeds.Random();
        (Graph after, _) = Check(g =>
        {
            Node y = g.ConvTranspose(X(g, 1, 4, 5, 5), Constant(g, random, DType.Float32, 4, 6 / group, 2, 2), new Arg.ConvTranspose([2, 2], [1, 1], [0, 0], [10, 10], group));
            return g.Mul(y, Constant(g, random, DType.Float32, 6, 1, 1));
        }, random, Close);
        Assert.Equal(1, Work(after));
    }

    [Theory, InlineData("right"), InlineData("left"), InlineData("scalar"), InlineData("divide"), InlineData("before")]
    public void Matrix_product(string form)
    {
        Random random = Seeds.Random();
        (Graph after, _) = Check(g =>
        {
            Node x = X(g, 3, 5, 5), w = Constant(g, random, DType.Float32, 5, 5);
            Node y = form == "left" ? g.MatMul(w, x) : g.MatMul(form == "before" ? g.Mul(x, 0.3) : x, w);
            return form switch
            {
                "scalar" => g.Mul(y, 0.3),
                "divide" => g.Div(y, 3),
                "before" => y,
                _ => g.Mul(y, Constant(g, random, DType.Float32, form == "left" ? [5, 1] : [5])),
            };
        }, random, Close);
        Assert.Equal(1, Work(after));
    }

    [Fact]
    public void Biases_become_one()
    {
        Random random = Seeds.Random();
        Node C(GraphBuilder g) => Constant(g, random, DType.Float32, 5);
        (Graph after, _) = Check(g => g.Sub(g.Add(g.Add(g.MatMul(X(g, 4, 3), Constant(g, random, DType.Float32, 3, 5)), C(g)), C(g)), C(g)), random, Close);
        Assert.Equal(2, Work(after));
    }

    [Fact]
    public void Factors_stay_where_they_cannot_move()
    {
        Random random = Seeds.Random();
        foreach (Func<GraphBuilder, Node, Node> build in new Func<GraphBuilder, Node, Node>[]
        {
            (g, y) => g.Mul(y, Constant(g, random, DType.Float32, 4, 1)),
            (g, y) => g.Add(g.Mul(y, 2), y),
            (g, y) => g.Mul(y, 3e38),
        })
        {
            (Graph after, _) = Check(g => build(g, g.MatMul(X(g, 4, 3), g.Full(DType.Float32, Shape.Of(3, 5), 1e30))), random, Close);
            Assert.Contains(after.Nodes, n => n.Op == GraphOp.Mul);
        }
    }

    [Fact]
    public void Zeros_around_the_input_become_padding()
    {
        Random random = Seeds.Random();
        Node Build(GraphBuilder g, double value) => g.Conv(g.Pad(X(g, 1, 2, 5, 5), PadMode.Constant, [0, 0, 1, 0], [0, 0, 2, 3], g.Scalar(DType.Float32, value)),
            Constant(g, random, DType.Float32, 3, 2, 3, 3), new Arg.Conv([1, 1], [1, 1], [0, 1], [0, 0], 1));
        Assert.Equal(1, Work(Check(g => Build(g, 0), random, Close).Graph));
        Assert.Equal(2, Work(Check(g => Build(g, 1), random, Close).Graph));
    }

    [Fact]
    public void Scaled_weights_are_computed_once_for_all_plans()
    {
        Random random = Seeds.Random();
        Tensor w = Draw(random, DType.Float32, Shape.Of(3, 5));
        Tensor Folded(long rows)
        {
            GraphBuilder g = new();
            Node y = g.Mul(g.MatMul(X(g, rows, 3), g.Const(w)), 0.3);
            return Tessera.Compiler.Passes.Run(g.Build([y]), null).Nodes.Single(n => n.Op == GraphOp.Const).Constant!;
        }
        Assert.Same(Folded(2), Folded(9));
    }
}
