using Tessera.Compiler;
using Tessera.Engines.Reference;
using Tessera.Ir;
using Tessera.Runtime;

namespace Tessera.Tests.Compiler;

/// <summary>A graph before and after the passes, run on the reference engine with the same inputs.</summary>
internal static class Rewritten
{
    /// <summary>Runs every pass on the graph whose outputs <paramref name="build"/> gives, asserts equal results, and returns the new graph with the names of the rules that fired.</summary>
    public static (Graph Graph, List<string> Fired) Check(Func<GraphBuilder, Node> build, Random random, double tolerance = 0, Func<DType, Shape, Tensor>? inputs = null)
    {
        GraphBuilder g = new(ReferenceFolding.Fold);
        Graph before = g.Build([build(g)]);
        List<string> fired = [];
        Graph after = before;
        foreach (Pass p in Passes.All) after = Passes.Run(p, after, ReferenceFolding.Fold, (rule, _, _) => fired.Add(rule.Name));
        Assert.Equal(Passes.Run(before, ReferenceFolding.Fold).Nodes.Length, after.Nodes.Length);
        Compare(before, after, random, tolerance, inputs);
        return (after, fired);
    }

    public static void Compare(Graph before, Graph after, Random random, double tolerance, Func<DType, Shape, Tensor>? inputs = null)
    {
        Tensor[] x = [.. before.Inputs.Select(i => inputs?.Invoke(i.Type, i.Shape) ?? Draw(random, i.Type, i.Shape))];
        Tensor[] expected = Run(before, x), actual = Run(after, x);
        for (int o = 0; o < expected.Length; o++)
        {
            Assert.Equal(expected[o].ToString(), actual[o].ToString());
            double[] e = Scalars.ToFloat64(expected[o]), a = Scalars.ToFloat64(actual[o]);
            double largest = e.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
            for (int i = 0; i < e.Length; i++)
            {
                if (BitConverter.DoubleToInt64Bits(e[i]) == BitConverter.DoubleToInt64Bits(a[i]) || (double.IsNaN(e[i]) && double.IsNaN(a[i]))) continue;
                Assert.True(tolerance > 0 && Math.Abs(e[i] - a[i]) <= tolerance * Math.Max(largest, 1e-30), $"Element {i} of output {o} was {e[i]:R} and is {a[i]:R}.\nBefore:\n{Text(before)}\nAfter:\n{Text(after)}");
            }
        }
    }

    public static Tensor[] Run(Graph graph, Tensor[] inputs)
    {
        using ReferenceExecutable e = new(graph);
        Tensor?[] outputs = new Tensor?[graph.Outputs.Length];
        e.Run(inputs, outputs, default);
        return outputs!;
    }

    /// <summary>Random elements; floats hold zeros of both signs too.</summary>
    public static Tensor Draw(Random random, DType type, Shape shape)
    {
        double[] v = new double[shape.Count];
        for (int i = 0; i < v.Length; i++)
            v[i] = type == DType.Bool ? random.Next(2) : !type.IsFloat() ? random.Next(type.IsUnsigned() ? 0 : -100, 100) : random.Next(16) switch { 0 => 0, 1 => -0.0, _ => random.NextDouble() * 4 - 2 };
        return Of(type, shape, v);
    }

    public static Tensor Of(DType type, Shape shape, double[] v) => type switch
    {
        DType.Float64 => Tensor.From(v, shape),
        DType.Float32 => Tensor.From(Array.ConvertAll(v, e => (float)e), shape),
        DType.Float16 => Tensor.From(Array.ConvertAll(v, e => (Half)e), shape),
        DType.Int64 => Tensor.From(Array.ConvertAll(v, e => (long)e), shape),
        DType.Int32 => Tensor.From(Array.ConvertAll(v, e => (int)e), shape),
        DType.Int8 => Tensor.From(Array.ConvertAll(v, e => (sbyte)e), shape),
        DType.UInt8 => Tensor.From(Array.ConvertAll(v, e => (byte)e), shape),
        DType.Bool => Tensor.From(Array.ConvertAll(v, e => e != 0), shape),
        _ => throw new NotSupportedException($"{type} is not drawn in these tests."),
    };

    public static Node Constant(GraphBuilder g, Random random, DType type, params long[] shape) => g.Const(Draw(random, type, Shape.Of(shape)));

    public static string Text(Graph graph) => string.Join('\n', graph.Nodes.Select(n => n.ToString()));

    public static int Count(this Graph graph, GraphOp op) => graph.Nodes.Count(n => n.Op == op);
}
