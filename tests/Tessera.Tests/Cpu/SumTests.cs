using Tessera.Engines.Cpu.Kernels;
using Tessera.Engines.Cpu.Reduce;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

/// <summary>The stated error of sums, against sums of integers that are exact: elements are integers times a power of two.</summary>
public sealed class SumTests
{
    private static readonly long[] Lengths = [1, 7, 16, 17, 63, 300, 1025, 70_000, 1_000_003];

    private static double Bound(long n, double u) => (24 + Math.Log2(n)) * u;

    /// <summary>Numbers of many magnitudes, each followed somewhere by its opposite, so that next to nothing is left; or all of one sign.</summary>
    private static long[] Draw(Random r, long n, int bits, bool cancel)
    {
        long[] x = new long[n];
        for (long i = 0; i < n; i++) x[i] = r.NextInt64(1L << (1 + r.Next(bits)));
        if (!cancel) return x;
        for (long i = 0; i + 1 < n; i += 2) x[i + 1] = -x[i] + r.Next(2);
        r.Shuffle(x);
        return x;
    }

    private static Tensor Values(long[] x, bool wide) => wide ? Tensor.From(Array.ConvertAll(x, v => (double)v), [x.Length]) : Tensor.From(Array.ConvertAll(x, v => (float)v), [x.Length]);

    /// <summary>Sums over the first axis of [length, lines], as the tensor or its transpose lies.</summary>
    private static void Check(Tensor x, long[] data, long length, long lines, bool columns, double u)
    {
        Tensor shaped = columns ? x.Reshape([length, lines]) : x.Reshape([lines, length]);
        double[] y = Samples.Values(KernelRun.Run(ReduceKernel.Build, GraphOp.ReduceSum, new Arg.Reduce([columns ? 0 : 1], false), [shaped], threads: 2)[0]);
        for (long line = 0; line < lines; line++)
        {
            Int128 sum = 0, magnitude = 0;
            for (long i = 0; i < length; i++)
            {
                long v = data[columns ? i * lines + line : line * length + i];
                (sum, magnitude) = (sum + v, magnitude + Math.Abs(v));
            }
            Assert.True(Math.Abs(y[line] - (double)sum) <= (Bound(length, u) + u) * (double)magnitude, $"{x.Type} {length}×{lines} columns {columns}: {y[line]:R} instead of {sum}, Σ|x| = {magnitude}");
        }
    }

    [Fact]
    public void Of_long_rows_and_columns_stay_within_the_bound()
    {
        Random r = Seeds.Random();
        foreach (long n in Lengths)
            foreach (bool wide in (bool[])[false, true])
                foreach (bool cancel in (bool[])[true, false])
                    foreach (long lines in (long[])[1, 2, 19])
                    {
                        if (lines * n > 2_100_000) continue;
                        long[] data = Draw(r, n * lines, wide ? 52 : 23, cancel);
                        Tensor x = Values(data, wide);
                        double u = Math.ScaleB(1, wide ? -53 : -24);
                        Check(x, data, n, lines, false, u);
                        Check(x, data, n, lines, true, u);
                    }
    }

    [Fact]
    public void Over_axes_that_do_not_merge_stay_within_the_bound()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 8; round++)
        {
            long a = 1 + r.Next(3000), b = 1 + r.Next(40), d = 2 + r.Next(9);
            long[] data = Draw(r, a * b * d, 23, round % 2 == 0);
            Tensor x = Values(data, false).Reshape([a, b, d]).Slice(1, 0, (b + 1) / 2, 2);
            double y = Samples.Values(KernelRun.Run(ReduceKernel.Build, GraphOp.ReduceSum, new Arg.Reduce([0, 1, 2], false), [x.Transpose(2, 0, 1)])[0])[0];
            double[] terms = Samples.Values(x.Contiguous());
            double sum = terms.Sum(), magnitude = terms.Sum(Math.Abs), u = Math.ScaleB(1, -24);
            Assert.True(Math.Abs(y - sum) <= (Bound(terms.Length, u) + u) * magnitude, $"{x}: {y:R} instead of {sum:R}, Σ|x| = {magnitude}");
        }
    }

    [Fact]
    public void Inside_norms_softmax_and_pools_stay_within_the_bound()
    {
        Random r = Seeds.Random();
        const int n = 1_000_003;
        double u = Math.ScaleB(1, -24);
        float[] x = Array.ConvertAll(Draw(r, n, 23, false), v => 1 + v / (float)(1 << 23));
        Tensor row = Tensor.From(x, [1, n]);
        // Half the relative error of the sum of squares, and the few roundings after it.
        double[] norm = Samples.Values(KernelRun.Run(NormKernel.Build, GraphOp.Norm, new Arg.Norm([1], 0, false), [row])[0]);
        double rms = Math.Sqrt(x.Sum(v => (double)v * v) / n);
        for (int i = 0; i < n; i++) Assert.True(Math.Abs(norm[i] - x[i] / rms) <= (Bound(n, u) / 2 + 6 * u) * norm[i], $"norm {i}: {norm[i]:R} instead of {x[i] / rms:R}");
        double[] soft = Samples.Values(KernelRun.Run(SoftmaxKernel.Build, GraphOp.Softmax, new Arg.Along(1), [row])[0]);
        double largest = x.Max(), total = x.Sum(v => Math.Exp(v - largest));
        // The sum, the exponentials above and below (2 ulp each and the rounding of their argument), the quotient.
        for (int i = 0; i < n; i++)
            Assert.True(Math.Abs(soft[i] - Math.Exp(x[i] - largest) / total) <= (Bound(n, u) + 16 * u) * soft[i], $"softmax {i}: {soft[i]:R} instead of {Math.Exp(x[i] - largest) / total:R}");
        Arg.Pool pool = new(PoolKind.Average, [n], [1], [1], [0], [0], [1], false, 2, false, false);
        double mean = Samples.Values(KernelRun.Run(PoolKernel.Build, GraphOp.Pool, pool, [row.Reshape([1, 1, n])])[0])[0], expected = x.Sum(v => (double)v) / n;
        Assert.True(Math.Abs(mean - expected) <= (Bound(n, u) + 2 * u) * expected, $"mean {mean:R} instead of {expected:R}");
    }
}
