using Tessera.Compiler;
using Tessera.Ir;
using static Tessera.Tests.Compiler.Rewritten;

namespace Tessera.Tests.Compiler;

/// <summary>Products of small integers in Float32 give the same integers.</summary>
public sealed class IntegerProductTests
{
    private static Node Centred(GraphBuilder g, string name, DType type, Shape shape) =>
        g.Sub(g.Cast(g.Input(name, type, shape), DType.Int32), g.Cast(g.Input(name + " zero", type, Shape.Scalar), DType.Int32));

    /// <summary>Nine bits, which no 8-bit kernel takes.</summary>
    private static Node Wide(GraphBuilder g, string name, DType type, Shape shape) => g.Add(g.Cast(g.Input(name, type, shape), DType.Int32), g.Cast(g.Input(name + " other", type, shape), DType.Int32));

    private static Node Weights(GraphBuilder g, Random random, Shape shape) =>
        g.Const(Tensor.From([.. Enumerable.Range(0, (int)shape.Count).Select(_ => random.Next(-128, 128))], shape));

    private static Tensor Bytes(DType type, Shape shape, Random random) =>
        Of(type, shape, [.. Enumerable.Range(0, (int)shape.Count).Select(_ => (double)(random.Next(4) == 0 ? type == DType.UInt8 ? 255 : -128 : type == DType.UInt8 ? random.Next(256) : random.Next(-128, 128)))]);

    [Theory, InlineData(7), InlineData(300), InlineData(1500)]
    public void Matmul_of_bytes(int k)
    {
        Random random = Seeds.Random();
        (Graph after, List<string> fired) = Check(g => g.MatMul(Wide(g, "a", DType.Int8, Shape.Of(3, k)), Centred(g, "b", DType.Int8, Shape.Of(k, 5))), random, 0, (t, s) => Bytes(t, s, random));
        Assert.Contains(fired, f => f.StartsWith("matmul of small Int32", StringComparison.Ordinal));
        Assert.DoesNotContain(after.Nodes, n => n.Op == GraphOp.MatMul && n.Type == DType.Int32);
    }

    [Fact]
    public void Matmul_with_constant_weights_is_one_product_when_their_sum_is_small()
    {
        Random random = Seeds.Random();
        (Graph after, _) = Check(g => g.MatMul(Wide(g, "a", DType.Int8, Shape.Of(2, 400)), Weights(g, random, Shape.Of(400, 3))), random, 0, (t, s) => Bytes(t, s, random));
        Assert.Single(after.Nodes, n => n.Op == GraphOp.MatMul);
    }

    [Fact]
    public void Convolution_of_bytes()
    {
        Random random = Seeds.Random();
        (Graph after, List<string> fired) = Check(g => g.Conv(Wide(g, "x", DType.Int8, Shape.Of(1, 3, 6, 5)), Weights(g, random, Shape.Of(4, 3, 3, 3)),
            new Arg.Conv(Ints.Of(1, 2), Ints.Of(1, 1), Ints.Of(1, 1), Ints.Of(1, 1), 1)), random, 0, (t, s) => Bytes(t, s, random));
        Assert.Contains(fired, f => f.StartsWith("conv of small Int32", StringComparison.Ordinal));
        Assert.All(after.Nodes.Where(n => n.Op == GraphOp.Conv), n => Assert.True(((Arg.Conv)n.Arg!).Exact));
    }

    [Fact]
    public void Large_integers_stay_integers()
    {
        GraphBuilder g = new();
        Node y = g.MatMul(g.Input("a", DType.Int32, Shape.Of(2, 3)), g.Cast(g.Input("b", DType.UInt8, Shape.Of(3, 2)), DType.Int32));
        Assert.Contains(Passes.Run(g.Build([y]), null).Nodes, n => n.Op == GraphOp.MatMul && n.Type == DType.Int32);
    }
}
