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
        Assert.Equal((DType.UInt8, DType.Int8), (p.A.Values.Type, p.B.Values.Type));
        Assert.Same(zero, p.A.Zero);
        Assert.Null(p.B.Zero);
        Assert.Equal("b", ((Arg.Input)p.B.Values.Arg!).Name);
    }

    [Theory, InlineData(200, 0, -73), InlineData(255, -1, null), InlineData(127, -128, 0), InlineData(100, -150, 22), InlineData(-3, -128, 0)]
    internal void A_constant_is_shifted_into_signed_bytes(int high, int low, int? shift)
    {
        GraphBuilder g = new();
        Node y = g.MatMul(Wide(g, "a", DType.Int8, 1, 2), g.Const(Tensor.From([high, low], [2, 1])));
        Assert.Equal(shift, IntegerPatterns.Match(y)?.B.Shift);
    }

    [Fact]
    public void Zero_points_go_along_rows_and_columns_only()
    {
        GraphBuilder g = new();
        Node Zero(string name, params long[] shape) => Wide(g, name, DType.UInt8, shape);
        Node a = Wide(g, "a", DType.UInt8, 3, 4), b = Wide(g, "b", DType.Int8, 4, 5);
        Assert.NotNull(IntegerPatterns.Match(g.MatMul(g.Sub(a, Zero("r", 3, 1)), g.Sub(b, Zero("c", 5)))));
        Assert.Null(IntegerPatterns.Match(g.MatMul(g.Sub(a, Zero("k", 4)), b)));
        Assert.Null(IntegerPatterns.Match(g.MatMul(a, g.Sub(b, Zero("l", 4, 1)))));
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
