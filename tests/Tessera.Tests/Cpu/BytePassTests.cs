using Tessera.Engines.Cpu;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

/// <summary>What picks elements between two quantised values runs on bytes, with the same result.</summary>
public sealed class BytePassTests
{
    private const double Scale = 0.037;

    private static readonly Arg.Pool Windows = new(PoolKind.Max, [3, 2], [2, 2], [1, 1], [1, 0], [1, 1], [5, 9], false, 0, false, false);

    private static Node Dequantized(GraphBuilder g, Node q, double zero, double scale = Scale) =>
        g.Mul(zero == 0 ? g.Cast(q, DType.Float32) : g.Sub(g.Cast(q, DType.Float32), zero), g.Scalar(DType.Float32, (float)scale));

    private static Node Quantized(GraphBuilder g, Node x, DType type, double zero, double scale = Scale)
    {
        Node y = g.Unary(GraphOp.Round, g.Div(x, g.Scalar(DType.Float32, (float)scale)));
        if (zero != 0) y = g.Add(y, zero);
        return g.Cast(g.Min(g.Max(y, type == DType.UInt8 ? 0 : -128), type == DType.UInt8 ? 255 : 127), type);
    }

    private static Node Bytes(CpuCase c, DType type, params long[] shape) => c.Input(type, Shape.Of(shape), () => type == DType.UInt8 ? c.Random.Next(256) : c.Random.Next(-128, 128));

    /// <summary>Nodes of Float32 that are left.</summary>
    private static Node[] Floats(Node y) => [.. BytePass.Run(new Graph([], [y])).Nodes.Where(n => n.Type == DType.Float32 && n.Op != GraphOp.Const)];

    [Theory, InlineData(DType.UInt8, 0), InlineData(DType.UInt8, 130), InlineData(DType.Int8, 0), InlineData(DType.Int8, -9)]
    public void Maxima_gathers_movement_and_concatenations(DType type, double zero)
    {
        CpuCase c = new(Seeds.Random());
        GraphBuilder g = c.G;
        Node real = g.Pool(Dequantized(g, Bytes(c, type, 2, 6, 9, 17), zero), Windows);
        real = g.Concat(1, real, g.Transpose(Dequantized(g, Bytes(c, type, 2, 5, 9, 6), zero), 0, 3, 1, 2));
        real = g.Gather(real, g.Const(Tensor.From([3L, 0, 3, 2], [4])), 3);
        Node y = Quantized(g, real, type, zero);
        Assert.Empty(Floats(y));
        c.Check(0, y);
    }

    [Fact]
    public void Max_pooling_of_integers()
    {
        CpuCase c = new(Seeds.Random());
        foreach (DType type in new[] { DType.UInt8, DType.Int8 })
        {
            Node y = c.G.Cast(c.G.Pool(c.G.Cast(Bytes(c, type, 1, 3, 9, 17), DType.Float32), Windows), type);
            Assert.Empty(Floats(y));
            c.Check(0, y);
        }
    }

    [Fact]
    public void Parts_of_other_scales_are_quantised_alone()
    {
        CpuCase c = new(Seeds.Random());
        GraphBuilder g = c.G;
        Node y = Quantized(g, g.Concat(1, Dequantized(g, Bytes(c, DType.UInt8, 1, 3, 4), 7), Dequantized(g, Bytes(c, DType.Int8, 1, 3, 4), 0, 0.5), c.Input(DType.Float32, [1, 2, 4])), DType.UInt8, 7);
        Assert.Contains(BytePass.Run(new Graph([], [y])).Nodes, n => n is { Op: GraphOp.Concat, Type: DType.UInt8 });
        c.Check(0, y);
    }

    [Fact]
    public void What_computes_stays_in_floats()
    {
        CpuCase c = new(Seeds.Random());
        GraphBuilder g = c.G;
        Node x = Dequantized(g, Bytes(c, DType.UInt8, 2, 6, 9, 17), 3);
        Node[] kept =
        [
            // Other scales and zero points, means, a window in the padding, results that are read as floats.
            Quantized(g, g.Pool(x, Windows), DType.UInt8, 3, 0.05), Quantized(g, g.Pool(x, Windows), DType.UInt8, 4), Quantized(g, g.Pool(x, Windows with { Kind = PoolKind.Average }), DType.UInt8, 3),
            Quantized(g, g.Pool(x, Windows with { Out = [5, 10], After = [1, 4] }), DType.UInt8, 3), Quantized(g, g.Pool(x, Windows), DType.Int8, 3),
        ];
        foreach (Node y in kept) Assert.Contains(Floats(y), n => n.Op == GraphOp.Pool);
        // Other scales and means may give values between two steps.
        c.Check(0, kept[1], kept[3], kept[4]);
        Node pooled = g.Pool(x, Windows);
        Graph read = BytePass.Run(new Graph([], [Quantized(g, pooled, DType.UInt8, 3), pooled]));
        Assert.Single(read.Nodes, n => n.Op == GraphOp.Pool);
    }
}
