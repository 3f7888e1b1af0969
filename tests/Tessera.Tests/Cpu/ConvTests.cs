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
}
