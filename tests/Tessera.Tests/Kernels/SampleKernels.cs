using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Tests.Kernels;

/// <summary>Small graphs whose kernels show what renderers must write: every kind of template, access, type and helper.</summary>
internal static class SampleKernels
{
    private static readonly Dictionary<string, Func<GraphBuilder, Node[]>> Graphs = new()
    {
        ["add-relu"] = g => [g.Max(g.Add(In(g, "x", 5, 8), In(g, "y", 8)), 0)],
        ["tanh-f16"] = g => [g.Tanh(g.Input("x", DType.Float16, [3, 6]))],
        ["exp-log-bf16"] = g => [g.Log(g.Add(g.Exp(g.Input("x", DType.BFloat16, [7])), 1))],
        ["int64"] = g =>
        {
            Node x = g.Input("x", DType.Int64, [6]), y = g.Input("y", DType.Int64, [6]);
            return [g.Cast(g.Add(g.Div(x, y), g.Max(g.Mul(x, y), g.Mod(x, y))), DType.Float32)];
        },
        ["compare"] = g => [g.And(g.Lt(In(g, "x", 9), In(g, "y", 9)), g.Not(g.IsNaN(In(g, "z", 9))))],
        ["where"] = g => [g.Where(g.Input("c", DType.Bool, [4, 8]), In(g, "x", 4, 8), g.Scalar(DType.Float32, double.NegativeInfinity))],
        ["quantise"] = g => [g.Cast(g.Max(g.Min(g.Add(g.Unary(GraphOp.Round, g.Div(In(g, "x", 3, 8), 0.05)), 128), 255), 0), DType.UInt8)],
        ["dequantise-4-bit"] = g => [g.Mul(g.Cast(g.Input("x", DType.Int4, [4, 6]), DType.Float32), In(g, "s", 4, 1))],
        ["matmul-bias"] = g => [g.Add(g.MatMul(In(g, "x", 6, 16), In(g, "w", 16, 12)), In(g, "b", 12))],
        ["conv-padded"] = g => [g.Conv(In(g, "x", 1, 3, 8, 8), In(g, "w", 4, 3, 3, 3), new Arg.Conv([1, 1], [1, 1], [1, 1], [1, 1], 1))],
        ["max-pool"] = g => [g.Pool(In(g, "x", 1, 2, 6, 6), new Arg.Pool(PoolKind.Max, [2, 2], [2, 2], [1, 1], [0, 0], [0, 0], [3, 3], false, 0, false, false))],
        ["softmax"] = g => [g.Softmax(In(g, "x", 4, 10), 1)],
        ["layer-norm"] = g => [g.Norm(In(g, "x", 4, 12), 1e-5, true, 1)],
        ["gather"] = g => [g.Gather(In(g, "x", 10, 4), g.Input("i", DType.Int64, [3]), 0)],
        ["sum"] = g => [g.Sum(In(g, "x", 3, 20, 8), false, 1)],
        ["top-k"] = g => Parts(g, g.Emit(GraphOp.TopK, [In(g, "x", 2, 9)], new Arg.TopK(3, 1, Largest: true, Sorted: true))),
    };

    public static IEnumerable<string> Names => Graphs.Keys;

    /// <summary>The kernels of a sample for a target, in order.</summary>
    public static IEnumerable<Kernel> Of(string name, KernelTarget target)
    {
        GraphBuilder g = new();
        Graph graph = Decomposition.Run(g.Build(Graphs[name](g)));
        Schedule schedule = new(graph, target);
        foreach (Kernel k in schedule.Units.SelectMany(root => UnitCompiler.Compile(schedule, root, target)).Select(l => l.Kernel).OfType<Kernel>())
        {
            KernelVerifier.Verify(k);
            yield return k;
        }
    }

    private static Node In(GraphBuilder g, string name, params long[] shape) => g.Input(name, DType.Float32, Shape.Of(shape));

    private static Node[] Parts(GraphBuilder g, Node n) => [g.Part(n, 0), g.Part(n, 1)];
}
