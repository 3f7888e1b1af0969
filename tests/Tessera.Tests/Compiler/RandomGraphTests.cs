using Tessera.Compiler;
using Tessera.Engines.Reference;
using Tessera.Ir;

namespace Tessera.Tests.Compiler;

/// <summary>Graphs drawn at random mean the same after the passes.</summary>
public sealed class RandomGraphTests
{
    [Fact]
    public void Random_graphs_keep_their_meaning()
    {
        Random random = Seeds.Random();
        Dictionary<string, int> fired = [];
        for (int round = 0; round < 400; round++)
        {
            GraphBuilder g = new(ReferenceFolding.Fold);
            Graph before = Draw(g, random), after = before;
            foreach (Pass p in Passes.All)
                after = Passes.Run(p, after, ReferenceFolding.Fold, (rule, _, _) => fired[rule.Name] = fired.GetValueOrDefault(rule.Name) + 1);
            Rewritten.Compare(before, after, random, 1e-4);
        }
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', fired.OrderBy(f => f.Key).Select(f => $"{f.Value,5} {f.Key}")));
        Assert.True(fired.Count > 15, "The graphs are too tame to test much.");
    }

    private static Graph Draw(GraphBuilder g, Random random)
    {
        List<Node> nodes = [g.Input("a", DType.Float32, [2, 3, 4]), g.Input("b", DType.Float32, [4, 3]), g.Input("c", DType.Float32, [2, 3, 4]), g.Input("d", DType.Float32, [3, 1])];
        for (int i = 0; i < 18; i++) nodes.Add(Step(g, random, nodes));
        return g.Build([nodes[^1], nodes[random.Next(4, nodes.Count)]]);
    }

    private static Node Step(GraphBuilder g, Random random, List<Node> nodes)
    {
        Node x = nodes[Math.Max(0, nodes.Count - 1 - random.Next(6))], y = nodes[random.Next(nodes.Count)];
        int rank = x.Shape.Rank, axis = rank == 0 ? 0 : random.Next(rank);
        double c = random.Next(8) switch { 0 => 0, 1 => -0.0, 2 => 1, 3 => -1, 4 => 2, 5 => 0.5, _ => random.NextDouble() };
        switch (random.Next(18))
        {
            case 0: return g.Neg(x);
            case 1: return g.Abs(x);
            case 2: return g.Tanh(x);
            case 3: return g.Mul(x, c);
            case 4: return g.Add(x, c);
            case 5: return g.Div(x, c == 0 ? 4 : c);
            case 6: return g.Sub(x, c);
            case 7: return g.Pow(g.Sigmoid(x), random.Next(4) switch { 0 => 0.5, 1 => 2, 2 => 3, _ => 1 });
            case 8 when rank > 1: return g.Transpose(x, [.. Enumerable.Range(0, rank).OrderBy(_ => random.Next())]);
            case 9 when rank > 0: return g.Reshape(x, random.Next(2) == 0 ? Shape.Of(x.Shape.Count) : Shape.Of(1, x.Shape[0], x.Shape.CountOf(1, rank)));
            case 10 when rank > 0 && x.Shape[axis] > 1: return g.Slice(x, axis, 1, x.Shape[axis] - 1);
            case 11 when rank > 0: return g.Concat(axis, x, g.Exp(g.Neg(g.Abs(x))), x);
            case 12 when rank > 0: return g.Mean(x, true, axis);
            case 13 when rank > 0: return g.Gather(x, g.Vector(x.Shape[axis] - 1, 0), axis);
            case 14 when rank is > 0 and < 4 && x.Shape.Count < 300: return g.Broadcast(x, Shape.Of([2, .. x.Shape.Span]));
            case 15 when rank > 1: return g.Add(g.MatMul(x, Rewritten.Constant(g, random, DType.Float32, x.Shape[-1], 3)), Rewritten.Constant(g, random, DType.Float32, 3));
            case 16: return g.Where(g.Not(g.Lt(x, c)), x, g.Neg(x));
            default: return Fits(x.Shape, y.Shape) ? g.Binary((GraphOp)random.Next((int)GraphOp.Add, (int)GraphOp.Mul + 1), x, y) : g.Sigmoid(x);
        }
    }

    private static bool Fits(Shape a, Shape b)
    {
        for (int i = 1; i <= Math.Min(a.Rank, b.Rank); i++)
            if (a[-i] != b[-i] && a[-i] != 1 && b[-i] != 1) return false;
        return a.Count * b.Count < 40000;
    }
}
