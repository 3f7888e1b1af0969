using Tessera.Compiler;
using Tessera.Ir;
using static Tessera.Tests.Compiler.Rewritten;

namespace Tessera.Tests.Compiler;

/// <summary>Rules that must give the same bits, zeros of both signs, infinities and NaN included.</summary>
public sealed class AlgebraTests
{
    private static readonly double[] s_edges = [0, -0.0, 1, -1, 0.5, -2.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 3e38, -3e38, 1e-40];

    private static readonly Dictionary<string, (DType Type, Func<GraphBuilder, Node, Node> Build, int Left)> s_forms = new()
    {
        ["x · 1 → x"] = (DType.Float32, (g, x) => g.Mul(x, 1), 0),
        ["x ÷ 1 → x"] = (DType.Float32, (g, x) => g.Div(x, 1), 0),
        ["x ^ 1 → x"] = (DType.Float32, (g, x) => g.Pow(x, 1), 0),
        ["x + 0 → x (integers), x + −0 → x (floats)"] = (DType.Float32, (g, x) => g.Add(x, -0.0), 0),
        ["x − 0 → x"] = (DType.Float32, (g, x) => g.Sub(x, 0), 0),
        ["max(x, −∞) → x"] = (DType.Float32, (g, x) => g.Max(x, double.NegativeInfinity), 0),
        ["min(x, ∞) → x"] = (DType.Float32, (g, x) => g.Min(x, double.PositiveInfinity), 0),
        ["−(−x) → x"] = (DType.Float32, (g, x) => g.Neg(g.Neg(x)), 0),
        ["not not x → x"] = (DType.Bool, (g, x) => g.Not(g.Not(x)), 0),
        ["x and true → x"] = (DType.Bool, (g, x) => g.And(x, g.Scalar(DType.Bool, 1)), 0),
        ["x or false → x"] = (DType.Bool, (g, x) => g.Or(g.Scalar(DType.Bool, 0), x), 0),
        ["| |x| |, |−x| → |x|"] = (DType.Float32, (g, x) => g.Abs(g.Neg(x)), 1),
        ["where(constant, a, b) → a or b"] = (DType.Float32, (g, x) => g.Where(g.Full(DType.Bool, x.Shape, 1), x, g.Neg(x)), 0),
        ["where(c, x, x) → x"] = (DType.Float32, (g, x) => g.Where(g.Lt(x, x), x, x), 0),
        ["where(not c, a, b) → where(c, b, a)"] = (DType.Float32, (g, x) => g.Where(g.Not(g.Lt(x, 0)), x, g.Scalar(x, 7)), 2),
        ["x · −1 → −x"] = (DType.Float32, (g, x) => g.Mul(x, -1), 1),
        ["x ÷ 2ᵏ → x · 2⁻ᵏ (floats)"] = (DType.Float32, (g, x) => g.Div(x, 8), 1),
        ["a + −b → a − b"] = (DType.Float32, (g, x) => g.Add(g.Exp(x), g.Neg(x)), 2),
        ["a − −b → a + b"] = (DType.Float32, (g, x) => g.Sub(g.Exp(x), g.Neg(x)), 2),
        ["(x + c₁) + c₂ → x + (c₁ + c₂) (integers)"] = (DType.Int32, (g, x) => g.Add(g.Add(x, 5), int.MaxValue), 1),
        ["(x · c₁) · c₂ → x · (c₁ · c₂) (integers)"] = (DType.Int32, (g, x) => g.Mul(g.Mul(x, 3), 1 << 30), 1),
        ["x ^ 2 → x · x (correctly rounded)"] = (DType.Float32, (g, x) => g.Pow(x, 2), 1),
        ["x ^ ½ → √x (x never below 0)"] = (DType.Float32, (g, x) => g.Pow(g.Mul(x, x), 0.5), 2),
        ["x ^ −1 → 1 ÷ x (floats)"] = (DType.Float32, (g, x) => g.Pow(x, -1), 1),
        ["cast to its own type → itself"] = (DType.Float32, (g, x) => g.Emit(GraphOp.Cast, [x], new Arg.To(DType.Float32, true)), 0),
        ["cast · lossless cast → cast"] = (DType.Float32, (g, x) => g.Cast(g.Cast(x, DType.Float64), DType.Float16), 1),
        ["f(broadcast x, y) → f(x, y)"] = (DType.Float32, (g, x) => g.Add(g.Broadcast(g.Exp(x), Shape.Of(3, x.Shape[0])), g.Full(x.Type, Shape.Of(3, 1), 2)), 2),
        ["f(broadcast x) → broadcast f(x)"] = (DType.Float32, (g, x) => g.Exp(g.Broadcast(x, Shape.Of(3, x.Shape[0]))), 2),
    };

    public static TheoryData<string> Names => [.. s_forms.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Fires_and_keeps_every_bit(string rule)
    {
        (DType type, Func<GraphBuilder, Node, Node> build, int left) = s_forms[rule];
        Shape shape = Shape.Of(s_edges.Length);
        double[] values = type.IsFloat() ? s_edges : type == DType.Bool ? [.. s_edges.Select((_, i) => i % 2.0)] : [0, 1, -1, 7, -7, int.MaxValue, int.MinValue, 3, 4, 5, 6, 99];
        (Graph after, List<string> fired) = Check(g => build(g, g.Input("x", type, shape)), Seeds.Random(), rule.Contains("^ ½", StringComparison.Ordinal) || rule.Contains("^ −1", StringComparison.Ordinal) ? 1e-15 : 0, (t, s) => Of(t, s, values));
        Assert.Contains(rule, fired);
        Assert.Equal(left, after.Nodes.Count(n => n.Op is not (GraphOp.Input or GraphOp.Const)));
    }

    [Fact]
    public void Leaves_what_would_change_a_zero_or_a_rounding()
    {
        Random random = Seeds.Random();
        foreach (Func<GraphBuilder, Node, Node> build in new Func<GraphBuilder, Node, Node>[]
        {
            (g, x) => g.Add(x, 0), (g, x) => g.Sub(x, -0.0), (g, x) => g.Div(x, 3), (g, x) => g.Pow(x, 0.5), (g, x) => g.Add(g.Add(x, 1), 2),
            (g, x) => g.Cast(g.Cast(x, DType.Float16), DType.Float64), (g, x) => g.Div(x, 1e-38),
        })
        {
            Graph before = null!;
            (Graph after, List<string> fired) = Check(g => { Node y = build(g, g.Input("x", DType.Float32, Shape.Of(5))); before = g.Build([y]); return y; }, random);
            Assert.Empty(fired);
            Assert.Equal(before.Nodes.Length, after.Nodes.Length);
        }
    }

    [Theory]
    [InlineData(DType.UInt8, DType.Int32, DType.Float32, true)]
    [InlineData(DType.Int8, DType.Float32, DType.UInt8, false)]
    [InlineData(DType.Int32, DType.Float32, DType.Float64, false)]
    [InlineData(DType.Float16, DType.Float32, DType.Int32, true)]
    [InlineData(DType.Int64, DType.Int32, DType.Int64, false)]
    [InlineData(DType.UInt8, DType.Int8, DType.UInt8, false)]
    [InlineData(DType.Int8, DType.Float16, DType.Int8, true)]
    [InlineData(DType.Float16, DType.BFloat16, DType.Float32, false)]
    [InlineData(DType.Bool, DType.Int64, DType.Float32, true)]
    internal void Casts_merge_where_the_first_loses_nothing(DType from, DType via, DType to, bool merges) =>
        Assert.Equal(merges, Tessera.Compiler.Rules.CastRules.Merges(from, via, to));

    [Fact]
    public void Walks_stop()
    {
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, Shape.Of(4)), y = x;
        for (int i = 0; i < 1000; i++) y = g.Neg(g.Mul(y, 1));
        Graph after = Passes.Run(g.Build([y]), null);
        Assert.True(after.Nodes.Length <= 2, $"{after.Nodes.Length} nodes are left.");
    }
}
