using Tessera.Compiler;
using Tessera.Engines.Cpu.Kernels;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

/// <summary>Convolutions of 8-bit images with known weights are exact.</summary>
public sealed class IntegerConvTests
{
    /// <param name="planes">Whether each input channel is a group.</param>
    private static (Node Product, CpuCase Case) Draw(Random r, int rank, bool small, bool planes = false)
    {
        CpuCase c = new(r);
        GraphBuilder g = c.G;
        long groups = planes ? r.Next(1, 20) : r.Next(3) == 0 ? 2 : 1, channels = planes ? 1 : r.Next(2, 10), filters = r.Next(1, planes ? 5 : 20);
        long[] kernel = new long[rank], steps = new long[rank], dilations = new long[rank], before = new long[rank], after = new long[rank], size = new long[rank];
        for (int a = 0; a < rank; a++)
        {
            (kernel[a], steps[a], dilations[a]) = (r.Next(1, 4), r.Next(1, 4), r.Next(1, 3));
            (before[a], after[a]) = (r.Next(3), r.Next(3));
            // Axes of one position are left out.
            if (a > 0 && r.Next(4) == 0) (kernel[a], before[a], after[a], size[a]) = (1, 0, 0, 1);
            else size[a] = Math.Max(1, (kernel[a] - 1) * dilations[a] + 1 - before[a] - after[a]) + r.Next(rank == 1 ? 90 : rank == 2 ? 40 : 8);
        }
        DType type = r.Next(2) == 0 ? DType.UInt8 : DType.Int8;
        Node x = c.Input(type, Shape.Of([r.Next(1, 3), groups * channels, .. size]), () => type == DType.UInt8 ? r.Next(256) : r.Next(-128, 128)), wide = g.Cast(x, DType.Int32);
        if (r.Next(4) != 0) wide = g.Sub(wide, g.Cast(c.Input(type, Shape.Scalar, () => type == DType.UInt8 ? r.Next(256) : r.Next(-128, 128)), DType.Int32));
        Shape w = Shape.Of([groups * filters, channels, .. kernel]);
        (int low, int high) = small ? (-64, 64) : r.Next(3) switch { 0 => (-128, 127), 1 => (-140, 115), _ => (0, 255) };
        Node weights = g.Const(Tensor.From([.. Enumerable.Range(0, (int)w.Count).Select(_ => r.Next(low, high + 1))], w));
        return (g.Conv(wide, weights, new Arg.Conv(Ints.Of(steps), Ints.Of(dilations), Ints.Of(before), Ints.Of(after), groups)), c);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Any_window(int rank)
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 25; round++)
        {
            (Node y, CpuCase c) = Draw(r, rank, round % 2 == 0);
            Assert.NotNull(IntegerPatterns.Match(y));
            c.Check(0, y);
        }
    }

    [Fact]
    public void One_channel_per_group()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 40; round++)
        {
            (Node y, CpuCase c) = Draw(r, 2, false, true);
            // Planes of one row have no kernel of their own.
            Assert.Equal(y.Shape[2] > 1, IntegerPatterns.Match(y) is not null);
            c.Check(0, y);
        }
    }

    [Fact]
    public void Wide_planes_of_one_channel_in_several_bands()
    {
        Random r = Seeds.Random();
        CpuCase c = new(r);
        Node x = c.Input(DType.Int8, [1, 3, 150, 130], () => r.Next(-128, 128)), w = c.G.Const(Tensor.From([.. Enumerable.Range(0, 6 * 25).Select(_ => r.Next(-127, 128))], [6, 1, 5, 5]));
        Node sums = c.G.Conv(c.G.Sub(c.G.Cast(x, DType.Int32), -3), w, new Arg.Conv([1, 2], [1, 1], [2, 2], [2, 1], 3));
        c.Check(0, sums, c.G.Mul(c.G.Cast(sums, DType.Float32), 0.5));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Results_of_eight_bits_with_numbers_per_filter_and_a_residual_behind(bool planes)
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 12; round++)
        {
            (Node product, CpuCase c) = Draw(r, 2, false, planes);
            GraphBuilder g = c.G;
            long f = product.Shape[1];
            Node Vector(double size) => g.Const(Tensor.From([.. Enumerable.Range(0, (int)f).Select(_ => (float)((r.NextDouble() - 0.5) * size))], [f, 1, 1]));
            Node y = g.Add(g.Mul(g.Cast(product, DType.Float32), Vector(0.01)), Vector(50));
            if (round % 3 == 2) y = g.Add(y, c.Input(DType.Float32, y.Shape));
            y = g.Div(g.Max(y, 0), g.Scalar(DType.Float32, 0.8));
            y = g.Cast(g.Min(g.Max(g.Add(g.Unary(GraphOp.Round, y), 3), 0), 255), DType.UInt8);
            // One step where a value lies on the edge between two.
            c.CheckWithin(1, y);
        }
    }

    [Fact]
    public void A_pointwise_window_is_one_row_of_positions()
    {
        Random r = Seeds.Random();
        CpuCase c = new(r);
        Node x = c.Input(DType.UInt8, [2, 7, 9, 11], () => r.Next(256)), w = c.G.Const(Tensor.From([.. Enumerable.Range(0, 5 * 7).Select(_ => r.Next(-128, 128))], [5, 7, 1, 1]));
        Node y = c.G.Conv(c.G.Sub(c.G.Cast(x, DType.Int32), 17), w, new Arg.Conv([1, 1], [1, 1], [0, 0], [0, 0], 1));
        Assert.Equal([99], IntegerConvStep.Flat(ConvGeometry.Of((Arg.Conv)y.Arg!, x.Shape, w.Shape, y.Shape)).In);
        c.Check(0, y);
    }
}
