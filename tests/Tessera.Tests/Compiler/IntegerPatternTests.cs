using Tessera.Compiler;
using Tessera.Engines.Reference;
using Tessera.Ir;

namespace Tessera.Tests.Compiler;

public sealed class IntegerPatternTests
{
    private static Node Wide(GraphBuilder g, string name, DType type, params long[] shape) => g.Cast(g.Input(name, type, Shape.Of(shape)), DType.Int32);

    [Fact]
    public void Values_and_zero_points_of_both_sides()
    {
        GraphBuilder g = new(ReferenceFolding.Fold);
        Node zero = g.Cast(g.Input("z", DType.UInt8, []), DType.Int32), a = g.Sub(Wide(g, "a", DType.UInt8, 3, 4), zero), b = Wide(g, "b", DType.Int8, 4, 5);
        IntegerProduct p = IntegerPatterns.Match(g.MatMul(a, b))!;
        Assert.Equal((DType.UInt8, DType.Int8), (p.A.Type, p.B.Type));
        Assert.Same(zero, p.A.Zero);
        Assert.Null(p.B.Zero);
        Assert.Equal("b", ((Arg.Input)p.B.Values!.Arg!).Name);
    }

    [Fact]
    public void A_constant_side_is_narrowed_with_its_zero_point_taken_off()
    {
        Random random = Seeds.Random();
        GraphBuilder g = new(ReferenceFolding.Fold);
        Tensor w = Rewritten.Draw(random, DType.UInt8, [6, 2, 3, 3]);
        Node centred = g.Sub(g.Cast(g.Const(w), DType.Int32), g.Scalar(DType.Int32, 50));
        Node y = g.Conv(Wide(g, "x", DType.UInt8, 1, 2, 8, 8), centred, new Arg.Conv([1, 1], [1, 1], [0, 0], [0, 0], 1));
        IntegerProduct p = IntegerPatterns.Match(y)!;
        Assert.Equal(DType.Int8, p.B.Type);
        Assert.Equal(Scalars.ToInt64(w).Select(v => v - 50), Scalars.ToInt64(p.B.Constant!));
        Assert.Same(p.B.Constant, IntegerPatterns.Match(y)!.B.Constant);
    }

    [Theory, InlineData(200, 0, DType.UInt8), InlineData(255, -1, null), InlineData(127, -128, DType.Int8)]
    internal void A_constant_keeps_to_eight_bits(int high, int low, DType? type)
    {
        GraphBuilder g = new();
        Node y = g.MatMul(Wide(g, "a", DType.Int8, 1, 2), g.Const(Tensor.From([high, low], [2, 1])));
        Assert.Equal(type, IntegerPatterns.Match(y)?.B.Type);
    }

    [Fact]
    public void Other_products_do_not_match()
    {
        GraphBuilder g = new();
        Assert.Null(IntegerPatterns.Match(g.MatMul(g.Input("a", DType.Float32, [2, 2]), g.Input("b", DType.Float32, [2, 2]))));
        Assert.Null(IntegerPatterns.Match(g.MatMul(Wide(g, "c", DType.Int16, 2, 2), Wide(g, "d", DType.Int8, 2, 2))));
        Assert.Null(IntegerPatterns.Match(g.MatMul(g.Input("e", DType.Int32, [2, 2]), Wide(g, "d", DType.Int8, 2, 2))));
    }
}
