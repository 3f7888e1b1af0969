using Tessera.Engines.Cpu.Kernels;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

public sealed class NormalizationTests
{
    private static readonly long[] Lengths = [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 100, 257];

    private static Tensor Scaled(Random r, bool wide, params long[] shape) => wide
        ? Tensor.From(Array.ConvertAll(Samples.Float64(r, shape).ToArray<double>(), v => v * 20), Shape.Of(shape))
        : Tensor.From(Array.ConvertAll(Samples.Float32(r, shape).ToArray<float>(), v => v * 20), Shape.Of(shape));

    [Fact]
    public void Softmax_along_any_axis()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 150; round++)
        {
            int axis = r.Next(3);
            long[] shape = [r.Next(1, 4), r.Next(1, 40), r.Next(1, 40)];
            shape[axis] = Lengths[r.Next(Lengths.Length)];
            bool log = r.Next(2) == 0, wide = r.Next(4) == 0;
            Tensor x = Scaled(r, wide, shape), y = KernelRun.Run(SoftmaxKernel.Build, log ? GraphOp.LogSoftmax : GraphOp.Softmax, new Arg.Along(axis), [x], threads: 1 + r.Next(2))[0];
            Samples.Close(Definitions.Softmax(x, axis, log), y, wide ? 1e-13 : 2e-6, $"{x} axis {axis} log {log}");
        }
    }

    [Fact]
    public void Softmax_of_infinities_and_NaN()
    {
        float inf = float.PositiveInfinity;
        foreach (int n in new[] { 3, 16, 19, 40 })
        {
            float[] row = [.. Enumerable.Range(0, n).Select(i => (float)i)];
            row[1] = -inf;
            float[] masked = [.. row], all = [.. Enumerable.Repeat(-inf, n)], nan = [.. row], high = [.. row];
            (nan[n - 1], high[2]) = (float.NaN, inf);
            Tensor x = Tensor.From([.. masked, .. all, .. nan, .. high], [4, n]), y = KernelRun.Run(SoftmaxKernel.Build, GraphOp.Softmax, new Arg.Along(1), [x])[0];
            float[] v = y.ToArray<float>();
            Assert.Equal(0, v[1]);
            Assert.Equal(1, v[..n].Sum(), 1e-5);
            Assert.All(v[n..], e => Assert.True(float.IsNaN(e) || e == 0));
            Assert.True(float.IsNaN(v[n]) && float.IsNaN(v[2 * n]) && float.IsNaN(v[3 * n + 2]));
        }
    }

    [Fact]
    public void Norm_over_any_axes()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 150; round++)
        {
            long[] shape = [r.Next(1, 4), r.Next(1, 20), r.Next(1, 6), r.Next(2, 40)];
            Ints axes = Ints.Of(Enumerable.Range(0, 4).Where(_ => r.Next(2) == 0).Select(a => (long)a));
            if (axes.Count == 0) axes = [3];
            bool wide = r.Next(4) == 0;
            Arg.Norm a = new(axes, 1e-5, r.Next(2) == 0);
            Tensor x = Scaled(r, wide, shape), y = KernelRun.Run(NormKernel.Build, GraphOp.Norm, a, [x], threads: 1 + r.Next(2))[0];
            Close(x, a, y, Math.ScaleB(1, wide ? -53 : -24));
        }
    }

    [Fact]
    public void A_large_mean_costs_no_digits()
    {
        Random r = Seeds.Random();
        Tensor x = Tensor.From(Array.ConvertAll(Samples.Float32(r, 2, 1000).ToArray<float>(), v => v + 1000), [2, 1000]);
        Arg.Norm a = new([1], 1e-6, true);
        Close(x, a, KernelRun.Run(NormKernel.Build, GraphOp.Norm, a, [x])[0], Math.ScaleB(1, -24));
    }

    /// <summary>The mean is off by (24 + log₂ n + 1)·u·max |x| at most, less than 40 u here; it counts in every difference and in the deviation. The sum of squares and the rest stay below 40 u of the result.</summary>
    private static void Close(Tensor x, Arg.Norm a, Tensor actual, double u)
    {
        (double[] expected, double[] condition) = Definitions.Norm(x, a);
        double[] y = Samples.Values(actual);
        for (int i = 0; i < y.Length; i++)
            if (!(Math.Abs(y[i] - expected[i]) <= 80 * u * (1 + Math.Abs(expected[i])) * (1 + condition[i]))) Assert.Fail($"{x} {a}: element {i} is {y[i]:R}, not {expected[i]:R}; max |x| ÷ deviation = {condition[i]}");
    }
}
