using Tessera.Engines.Cpu;
using Tessera.Engines.Cpu.Kernels;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

/// <summary>Convolutions with what follows them, in the kernel or behind it: all forms a step may have, against the reference.</summary>
public sealed class ConvFusionTests
{
    private static readonly (Shape X, Shape W, long Step, long Pad, long Group)[] Geometries =
    [
        ([1, 40, 7, 7], [70, 40, 1, 1], 1, 0, 1), ([2, 24, 9, 9], [48, 12, 3, 3], 2, 1, 2), ([1, 64, 1, 1], [33, 64, 1, 1], 1, 0, 1), ([1, 32, 28, 28], [40, 32, 3, 3], 1, 1, 1),
        ([2, 32, 14, 15], [33, 32, 3, 3], 1, 1, 1), ([1, 48, 20, 20], [36, 48, 1, 1], 1, 0, 1), ([1, 3, 33, 31], [16, 3, 7, 7], 2, 3, 1), ([1, 16, 40, 40], [16, 1, 3, 3], 1, 1, 16),
        ([1, 600, 12, 12], [20, 600, 1, 1], 1, 0, 1), ([1, 300, 6, 6], [24, 300, 3, 3], 2, 1, 1), ([1, 32, 120, 9], [32, 32, 3, 3], 1, 1, 1),
    ];

    private static readonly Func<CpuCase, Node, Node>[] Chains =
    [
        (c, y) => c.G.Add(y, Bias(c, y)),
        (c, y) => c.G.Max(c.G.Add(y, Bias(c, y)), 0),
        (c, y) => c.G.Max(c.G.Add(c.G.Add(Bias(c, y), y), c.Input(DType.Float32, y.Shape)), -0.25),
        (c, y) => c.G.Add(c.Input(DType.Float32, y.Shape), y),
        (c, y) => c.G.Min(c.G.Max(c.G.Add(y, Bias(c, y)), 0), 6),
        (c, y) => c.G.Max(c.G.Min(y, 1), 0),
        (c, y) => c.G.Add(y, Bias(c, y)) is var b ? c.G.Mul(b, c.G.Sigmoid(b)) : y,
        (c, y) => c.G.Add(c.G.Add(y, c.Input(DType.Float32, [1, y.Shape[1], 1, 1])), c.G.Exp(c.Input(DType.Float32, [y.Shape[1], 1, 1]))),
        (c, y) => c.G.Max(c.G.Add(y, c.G.Mul(c.Input(DType.Float32, y.Shape), 0.5)), 0),
        (c, y) => c.G.Min(c.G.Max(y, double.NaN), 1),
    ];

    private static Node Bias(CpuCase c, Node y) => c.G.Const(Samples.Float32(c.Random, 1, y.Shape[1], 1, 1));

    [Fact]
    public void What_follows_is_computed_once_and_right()
    {
        Random r = Seeds.Random();
        foreach ((Shape xs, Shape ws, long step, long pad, long group) in Geometries)
            foreach (Func<CpuCase, Node, Node> chain in Chains)
            {
                CpuCase c = new(r);
                Node x = c.Input(DType.Float32, xs), w = c.G.Const(Samples.Float32(r, ws.ToArray()));
                Node y = c.G.Emit(GraphOp.Conv, [x, w], new Arg.Conv([step, step], [1, 1], [pad, pad], [pad, pad], group));
                // |x| ≤ 2, |w| ≤ 1; the bound of minimal filtering, which is above that of the plain sum.
                c.Check((ws[1] + 16) * Math.ScaleB(1, -24) * 563 * 2 * ws[1] * (ws[2] == 3 ? 1 : 0.1), chain(c, y));
            }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 1)]
    public void No_pass_of_its_own_is_left(long window, long pad)
    {
        GraphBuilder g = new();
        Random r = Seeds.Random();
        Node x = g.Input("x", DType.Float32, [1, 32, 28, 28]), other = g.Input("other", DType.Float32, [1, 32, 28, 28]);
        Node y = g.Emit(GraphOp.Conv, [x, g.Const(Samples.Float32(r, 32, 32, window, window))], new Arg.Conv([1, 1], [1, 1], [pad, pad], [pad, pad], 1));
        Graph graph = g.Build([g.Min(g.Max(g.Add(g.Add(y, g.Const(Samples.Float32(r, 1, 32, 1, 1))), other), 0), 6)]);
        using CpuExecutable e = new(graph, new PrepareOptions(1, MemoryPool.Shared, false));
        Assert.Single(e.Plan);
        Assert.Equal(5, e.Plan[0].Nodes.Count);
    }

    [Fact]
    public void Few_positions_any_geometry()
    {
        Random r = Seeds.Random();
        KernelFactory build = (b, n, x, y) => b.Add(new FewPixelsStep(b, ConvGeometry.Of((Arg.Conv)n.Arg!, x[0].Shape, x[1].Shape, y[0].Shape), x[0], x[1], y[0]), n);
        for (int round = 0; round < 60; round++)
        {
            long group = r.Next(3) == 0 ? 2 : 1, channels = r.Next(1, 30), filters = r.Next(1, 50), size = r.Next(1, 9), kernel = r.Next(1, 4), step = r.Next(1, 3), pad = r.Next(2), dilation = r.Next(1, 3);
            if (size + 2 * pad < (kernel - 1) * dilation + 1) continue;
            Arg.Conv c = new([step, 1], [dilation, 1], [pad, kernel - 1], [pad, 0], group);
            Tensor x = Samples.Float32(r, r.Next(1, 3), group * channels, size, r.Next(1, 7)), w = Samples.Float32(r, group * filters, channels, kernel, kernel);
            bool epilogue = r.Next(2) == 0;
            Tensor y = KernelRun.Run(build, GraphOp.Conv, c, [x, w], [false, true], 1 + r.Next(3), epilogue)[0];
            double[] expected = Definitions.Conv(x, w, c, y.Shape);
            // A sum of K products of numbers below 1: K roundings of at most K·2⁻²⁴.
            Samples.Close(epilogue ? Array.ConvertAll(expected, v => 2 * v) : expected, y, 1e-5 + Math.ScaleB(2, -24) * Math.Pow(channels * kernel * kernel, 2), $"{x} {w} {c}");
        }
    }
}
