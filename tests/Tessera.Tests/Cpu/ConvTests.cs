using Tessera.Engines.Cpu.Kernels;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

public sealed class ConvTests
{
    private static Ints Many(Random r, int rank, int low, int high) => Ints.Of(Enumerable.Range(0, rank).Select(_ => (long)r.Next(low, high)));

    private static (Shape X, Shape W, Arg.Conv C) Random(Random r, int rank, long group, long channels, long filters)
    {
        while (true)
        {
            Ints kernel = Many(r, rank, 1, rank == 1 ? 8 : 5), dilations = Many(r, rank, 1, 3), before = Many(r, rank, 0, 3), after = Many(r, rank, 0, 3);
            Ints size = Many(r, rank, 1, rank == 1 ? 70 : rank == 2 ? 24 : 8);
            if (Enumerable.Range(0, rank).Any(a => size[a] + before[a] + after[a] < (kernel[a] - 1) * dilations[a] + 1)) continue;
            return (Shape.Of([r.Next(1, 3), group * channels, .. size.Span]), Shape.Of([group * filters, channels, .. kernel.Span]), new(Many(r, rank, 1, 4), dilations, before, after, group));
        }
    }

    private static void Check(Tensor x, Tensor w, Arg.Conv c, double tolerance, bool known, int threads, bool epilogue)
    {
        Tensor y = KernelRun.Run(ConvKernel.Build, GraphOp.Conv, c, [x, w], [false, known], threads, epilogue)[0];
        double[] expected = Definitions.Conv(x, w, c, y.Shape);
        Samples.Close(epilogue ? Array.ConvertAll(expected, v => 2 * v) : expected, y, tolerance, $"{x} {w} {c} known {known} threads {threads}");
    }

    /// <summary>64 channels of bytes in a 3 × 3 window: sums below 2²⁴, so that they are exact in Float32, and a shape that minimal filtering would take.</summary>
    [Theory, InlineData(1), InlineData(2)]
    public void Integers_in_floats_stay_integers_where_the_graph_says_so(int threads)
    {
        Random r = Seeds.Random();
        Tensor x = Tensor.From([.. Enumerable.Range(0, 64 * 28 * 28).Select(_ => (float)r.Next(256))], [1, 64, 28, 28]), w = Tensor.From([.. Enumerable.Range(0, 64 * 64 * 9).Select(_ => (float)r.Next(-64, 64))], [64, 64, 3, 3]);
        Arg.Conv c = new(Ints.Of(1, 1), Ints.Of(1, 1), Ints.Of(1, 1), Ints.Of(1, 1), 1);
        Check(x, w, c with { Exact = true }, 0, true, threads, false);
    }

    [Fact]
    public void Any_geometry_gives_the_convolution()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 120; round++)
        {
            int rank = 1 + r.Next(3);
            long group = r.Next(3) == 0 ? r.Next(2, 4) : 1;
            (Shape x, Shape w, Arg.Conv c) = Random(r, rank, group, r.Next(1, 6), r.Next(1, 15));
            Check(Samples.Float32(r, x.ToArray()), Samples.Float32(r, w.ToArray()), c, 1e-4, r.Next(2) == 0, 1 + r.Next(2), r.Next(3) == 0);
        }
    }

    [Fact]
    public void Axes_of_one_position()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 60; round++)
        {
            int rank = 1 + r.Next(2);
            long group = r.Next(3) == 0 ? r.Next(2, 4) : 1;
            (Shape x, Shape w, Arg.Conv c) = Random(r, rank, group, r.Next(4) == 0 ? 1 : r.Next(2, 20), r.Next(1, 15));
            int at = r.Next(rank + 1);
            static Ints With(Ints v, int at, long value) => Ints.Of([.. v.Span[..at], value, .. v.Span[at..]]);
            static long[] Unit(Shape s, int at) => [.. s.Span[..(2 + at)], 1, .. s.Span[(2 + at)..]];
            Arg.Conv wide = new(With(c.Strides, at, r.Next(1, 3)), With(c.Dilations, at, 1), With(c.Before, at, 0), With(c.After, at, 0), group);
            Check(Samples.Float32(r, Unit(x, at)), Samples.Float32(r, Unit(w, at)), wide, 1e-4, r.Next(2) == 0, 1 + r.Next(2), r.Next(3) == 0);
        }
    }

    [Fact]
    public void Steps_along_long_rows()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 40; round++)
        {
            long group = 1 + r.Next(2), channels = r.Next(2, 5), filters = r.Next(1, 15), kernel = r.Next(1, 8), high = r.Next(1, 4), step = r.Next(2, 4), dilation = r.Next(1, 3), height = r.Next(3, 6);
            Arg.Conv c = new([r.Next(1, 3), step], [1, dilation], [r.Next(2), r.Next(4)], [r.Next(2), r.Next(4)], group);
            Tensor x = Samples.Float32(r, r.Next(1, 3), group * channels, height, step * r.Next(16, 45) + kernel * dilation), w = Samples.Float32(r, group * filters, channels, high, kernel);
            Check(x, w, c, 1e-4, r.Next(2) == 0, 1 + r.Next(2), r.Next(3) == 0);
        }
    }

    [Fact]
    public void Depthwise_any_step_dilation_and_rank()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 100; round++)
        {
            (Shape x, Shape w, Arg.Conv c) = Random(r, 1 + r.Next(3), r.Next(1, 6), 1, r.Next(1, 3));
            Check(Samples.Float32(r, x.ToArray()), Samples.Float32(r, w.ToArray()), c, 1e-5, r.Next(2) == 0, 1 + r.Next(2), r.Next(3) == 0);
        }
    }

    [Fact]
    public void Depthwise_planes_of_any_size()
    {
        Random r = Seeds.Random();
        long[] sizes = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 20, 24, 28, 31, 33, 65];
        for (int round = 0; round < 100; round++)
        {
            bool large = round % 50 == 0;
            long height = large ? r.Next(40, 60) : sizes[r.Next(sizes.Length)], width = large ? r.Next(150, 200) : sizes[r.Next(sizes.Length)];
            Ints kernel = Many(r, 2, 1, 8), steps = Many(r, 2, 1, 4), dilations = r.Next(3) == 0 ? Many(r, 2, 1, 4) : [1, 1], before = Many(r, 2, 0, 7), after = Many(r, 2, 0, 7);
            if (height + before[0] + after[0] < (kernel[0] - 1) * dilations[0] + 1 || width + before[1] + after[1] < (kernel[1] - 1) * dilations[1] + 1) continue;
            long group = large ? 1 : r.Next(1, 5), filters = r.Next(4) == 0 ? r.Next(2, 20) : 1, taps = kernel[0] * kernel[1];
            // A sum of n products below 1 is wrong by n·u·Σ|product| at most, twice that when doubled.
            Check(Samples.Float32(r, r.Next(1, 3), group, height, width), Samples.Float32(r, group * filters, 1, kernel[0], kernel[1]), new(steps, dilations, before, after, group), 2 * taps * taps * 6e-8, r.Next(2) == 0, 1 + r.Next(2), r.Next(3) == 0);
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Depthwise_bias_and_what_follows(bool known, bool follows)
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 12; round++)
        {
            CpuCase c = new(r);
            long channels = r.Next(1, 30), size = r.Next(1, 10), batch = r.Next(1, 3);
            Node x = c.Input(DType.Float32, Shape.Of([batch, channels, size, channels])), w = c.Input(DType.Float32, Shape.Of([channels, 1, 3, 3]));
            // Numbers per channel, and others that only look like it.
            Shape shape = (round % 6) switch { 0 or 1 => Shape.Of([channels, 1, 1]), 2 => Shape.Of([1, channels, 1, 1]), 3 => Shape.Of([channels]), 4 => Shape.Of([1, 1, 1, channels]), _ => Shape.Of([batch, channels, 1, 1]) };
            Node bias = known ? c.G.Const(Samples.Float32(r, shape.ToArray())) : c.Input(DType.Float32, shape);
            Node y = c.G.Conv(x, w, new([1, 1], [1, 1], [1, 1], [1, 1], channels));
            y = r.Next(2) == 0 ? c.G.Add(y, bias) : c.G.Add(bias, y);
            // |x| ≤ 2, |w| ≤ 2: 9 products and a sum.
            c.Check(10 * 38 * 6e-8, follows ? c.G.Mul(c.G.Max(y, c.G.Scalar(DType.Float32, 0)), y) : y);
        }
    }

    [Fact]
    public void Pointwise_and_many_channels()
    {
        Random r = Seeds.Random();
        foreach ((long n, long m, long k, long s) in new[] { (1L, 64L, 300L, 13L), (2, 33, 40, 28), (1, 7, 600, 5) })
        {
            Arg.Conv c = new([1, 1], [1, 1], [0, 0], [0, 0], 1), same = new([1, 1], [1, 1], [1, 1], [1, 1], 1);
            Check(Samples.Float32(r, n, k, s, s), Samples.Float32(r, m, k, 1, 1), c, 1e-4, true, 2, true);
            Check(Samples.Float32(r, n, k, s, s), Samples.Float32(r, m, k, 3, 3), same, 1e-3, true, 2, false);
        }
    }

    [Fact]
    public void Views_are_read_as_they_lie()
    {
        Random r = Seeds.Random();
        Tensor x = Samples.Float32(r, 2, 9, 3, 11).Transpose(0, 2, 1, 3), w = Samples.Float32(r, 3, 3, 3, 4).Transpose(3, 0, 1, 2);
        Check(x, w, new([1, 1], [1, 1], [1, 1], [1, 1], 1), 1e-5, false, 1, false);
    }

    [Fact]
    public void Doubles_and_integers()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 20; round++)
        {
            (Shape x, Shape w, Arg.Conv c) = Random(r, 1 + r.Next(3), 1 + r.Next(2), 1 + r.Next(4), 1 + r.Next(6));
            Check(Samples.Float64(r, x.ToArray()), Samples.Float64(r, w.ToArray()), c, 1e-12, false, 1 + r.Next(2), false);
            Tensor i = Tensor.From(Array.ConvertAll(Samples.Bits<short>(r, x.ToArray()).ToArray<short>(), v => (int)v), x), j = Tensor.From(Array.ConvertAll(Samples.Bits<sbyte>(r, w.ToArray()).ToArray<sbyte>(), v => (int)v), w);
            Check(i, j, c, 0, false, 1, false);
        }
    }

    [Fact]
    public void Transposed_any_geometry()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 80; round++)
        {
            int rank = 1 + r.Next(3);
            long group = 1 + r.Next(2), channels = r.Next(1, 6), filters = r.Next(1, 7);
            Ints kernel = Many(r, rank, 1, 5), size = Many(r, rank, 1, rank == 3 ? 5 : 12), steps = Many(r, rank, 1, 4), dilations = Many(r, rank, 1, 3), before = Many(r, rank, 0, 2);
            Ints sizes = Ints.Of(Enumerable.Range(0, rank).Select(a => Math.Max(1, (size[a] - 1) * steps[a] + (kernel[a] - 1) * dilations[a] + 1 - before[a] - r.Next(2) + r.Next(3))));
            Arg.ConvTranspose c = new(steps, dilations, before, sizes, group);
            Shape x = Shape.Of([r.Next(1, 3), group * channels, .. size.Span]), w = Shape.Of([group * channels, filters, .. kernel.Span]);
            bool wide = r.Next(4) == 0;
            Tensor data = wide ? Samples.Float64(r, x.ToArray()) : Samples.Float32(r, x.ToArray()), weights = wide ? Samples.Float64(r, w.ToArray()) : Samples.Float32(r, w.ToArray());
            Tensor y = KernelRun.Run(ConvTransposeKernel.Build, GraphOp.ConvTranspose, c, [data, weights], threads: 1 + r.Next(2))[0];
            Samples.Close(Definitions.ConvTranspose(data, weights, c, y.Shape), y, 1e-5, $"{data} {weights} {c}");
        }
    }

    [Fact]
    public void Transposed_long_rows_with_bias_and_what_follows()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 24; round++)
        {
            CpuCase c = new(r);
            long group = r.Next(1, 3), channels = r.Next(1, 4), filters = r.Next(1, 5), height = r.Next(1, 4), width = r.Next(1, 60), kernel = r.Next(1, 6), step = r.Next(1, 4), before = r.Next(0, 3);
            long rows = Math.Max(1, (height - 1) * step + kernel - 2 * before), columns = Math.Max(1, (width - 1) * step + kernel - 2 * before + r.Next(2));
            Node x = c.Input(DType.Float32, Shape.Of([2, group * channels, height, width])), w = c.Input(DType.Float32, Shape.Of([group * channels, filters, kernel, kernel]));
            Node y = c.G.Emit(GraphOp.ConvTranspose, [x, w], new Arg.ConvTranspose([step, step], [1, 1], [before, before], [rows, columns], group));
            y = c.G.Add(y, c.Input(DType.Float32, Shape.Of([1, group * filters, 1, 1])));
            // |x| ≤ 2, |w| ≤ 2: at most 75 products and a sum.
            c.Check(76 * 302 * 6e-8, r.Next(2) == 0 ? c.G.Max(y, c.G.Scalar(DType.Float32, 0)) : y);
        }
    }
}
