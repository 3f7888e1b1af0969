using Tessera.Engines.Cpu;
using Tessera.Engines.Cpu.Kernels;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

public sealed class WinogradTests
{
    private static KernelFactory Build(int size) => (b, n, x, y) =>
    {
        ConvGeometry g = ConvGeometry.Of((Arg.Conv)n.Arg!, x[0].Shape, x[1].Shape, y[0].Shape);
        WinogradPlan p = new(g, size, Sgemm.Lanes, b.Workers);
        b.Add(size == 2 ? new WinogradStep<Winograd2>(b, g, p, x[0], x[1], y[0]) : new WinogradStep<Winograd4>(b, g, p, x[0], x[1], y[0]), n);
    };

    /// <summary>Any size, padding, batch and group; the error stays within the bound of <see cref="Winograd2"/> and <see cref="Winograd4"/>, and its norm near that of a plain sum.</summary>
    [Theory]
    [InlineData(2, 64, 1e-6)]
    [InlineData(4, 563, 3e-6)]
    public void Any_size_gives_the_convolution(int size, double growth, double norm)
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 50; round++)
        {
            long group = r.Next(4) == 0 ? 2 : 1, channels = r.Next(1, 40), filters = r.Next(1, 70), height = r.Next(1, 14), width = r.Next(1, round % 4 == 0 ? 90 : 20);
            (long top, long left, long bottom, long right) = (r.Next(3), r.Next(3), r.Next(3), r.Next(3));
            (height, width) = (Math.Max(height, 3 - top - bottom), Math.Max(width, 3 - left - right));
            while (group * channels * filters * height * width > 30_000 && (channels > 1 || filters > 1)) (channels, filters) = ((channels + 1) / 2, (filters + 1) / 2);
            Arg.Conv c = new([1, 1], [1, 1], [top, left], [bottom, right], group);
            Tensor x = Samples.Float32(r, r.Next(1, 3), group * channels, height, width), w = Samples.Float32(r, group * filters, channels, 3, 3);
            bool epilogue = r.Next(2) == 0;
            Tensor y = KernelRun.Run(Build(size), GraphOp.Conv, c, [x, w], [false, true], 1 + r.Next(4), epilogue)[0];
            double[] expected = Definitions.Conv(x, w, c, y.Shape), actual = Samples.Values(y);
            double scale = epilogue ? 2 : 1, bound = scale * (channels + 16) * Math.ScaleB(1, -24) * growth * channels, sum = 0;
            for (int i = 0; i < actual.Length; i++)
            {
                double error = actual[i] - scale * expected[i];
                Assert.True(Math.Abs(error) <= bound, $"F({size}, 3) of {x} with {w}, {c}: element {i} is {actual[i]} instead of {scale * expected[i]}");
                sum += error * error;
            }
            // Operands are at most 1: a plain sum of all its terms' magnitudes is at most 9 per channel.
            Assert.True(Math.Sqrt(sum / actual.Length) <= norm * scale * 9 * channels, $"F({size}, 3) of {x} with {w}, {c}: error {Math.Sqrt(sum / actual.Length)} on average");
        }
    }

    [Fact]
    public void Small_integers_come_out_exact_from_tiles_of_two()
    {
        Random r = Seeds.Random();
        Tensor x = Tensor.From(Enumerable.Range(0, 20 * 9 * 11).Select(_ => (float)r.Next(-8, 9)).ToArray(), [1, 20, 9, 11]);
        Tensor w = Tensor.From(Enumerable.Range(0, 33 * 20 * 9).Select(_ => (float)r.Next(-8, 9)).ToArray(), [33, 20, 3, 3]);
        Arg.Conv c = new([1, 1], [1, 1], [1, 1], [1, 1], 1);
        Tensor y = KernelRun.Run(Build(2), GraphOp.Conv, c, [x, w], [false, true])[0];
        Samples.Close(Definitions.Conv(x, w, c, y.Shape), y, 0, "integers");
    }

    [Fact]
    public void Threads_give_the_same_bits_as_one()
    {
        Random r = Seeds.Random();
        foreach ((long channels, long filters, long side) in new[] { (64L, 96L, 14L), (32, 32, 60), (160, 48, 7) })
        {
            CpuCase c = new(r);
            Node x = c.Input(DType.Float32, [1, channels, side, side]), w = c.G.Const(Samples.Float32(r, filters, channels, 3, 3));
            Node y = c.G.Emit(GraphOp.Conv, [x, w], new Arg.Conv([1, 1], [1, 1], [1, 1], [1, 1], 1));
            c.Check((channels + 16) * Math.ScaleB(1, -24) * 563 * 2 * channels, c.G.Max(y, 0));
        }
    }

    [Fact]
    public void Chosen_where_it_saves_work()
    {
        static int? Size(long channels, long filters, long side, long step = 1) => WinogradPlan.Of(ConvGeometry.Of(new([step, step], [1, 1], [1, 1], [1, 1], 1),
            [1, channels, side, side], [filters, channels, 3, 3], [1, filters, (side - 1) / step + 1, (side - 1) / step + 1]), 16, 1)?.Size;
        Assert.Equal(4, Size(64, 64, 56));
        Assert.Null(Size(3, 64, 224));
        Assert.Null(Size(64, 1, 56));
        Assert.Null(Size(64, 64, 56, 2));
    }
}
