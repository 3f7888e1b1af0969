using Tessera.Onnx;
using Tessera.Tests.Onnx;
using static Tessera.Tests.Ops.Write;

namespace Tessera.Tests.Ops;

/// <summary>Random operators: their distributions within six standard errors, and when two nodes agree.</summary>
public sealed class RandomTests(OpEngines engines) : IClassFixture<OpEngines>
{
    private const int N = 20000;

    [Fact]
    public void Normal_has_its_mean_and_deviation()
    {
        double[] v = Values(new OpCase("RandomNormal", 22, [], [null], A("shape", [N]), A("mean", 3f), A("scale", 2f)));
        double mean = v.Average(), deviation = Math.Sqrt(v.Average(x => (x - mean) * (x - mean)));
        Assert.InRange(mean, 3 - 6 * 2 / Math.Sqrt(N), 3 + 6 * 2 / Math.Sqrt(N));
        Assert.InRange(deviation, 2 * (1 - 6 / Math.Sqrt(2 * N)), 2 * (1 + 6 / Math.Sqrt(2 * N)));
    }

    [Fact]
    public void Uniform_stays_in_its_range_and_fills_it()
    {
        double[] v = Values(new OpCase("RandomUniformLike", 22, [Tensor.Zeros(DType.Float64, [N])], [null], A("low", -1f), A("high", 3f)));
        Assert.All(v, x => Assert.InRange(x, -1, 3));
        Assert.InRange(v.Average(), 1 - 6 * 4 / Math.Sqrt(12 * N), 1 + 6 * 4 / Math.Sqrt(12 * N));
        Assert.InRange(v.Max() - v.Min(), 3.9, 4);
    }

    [Fact]
    public void Bernoulli_draws_with_the_probability_given()
    {
        double[] p = [.. Enumerable.Repeat(0.3, N), 0, 1];
        double[] v = Values(new OpCase("Bernoulli", 22, [Tensor.From(p, [p.Length])], [null], A("dtype", 6)));
        Assert.All(v, x => Assert.True(x is 0 or 1));
        Assert.InRange(v[..N].Average(), 0.3 - 6 * Math.Sqrt(0.21 / N), 0.3 + 6 * Math.Sqrt(0.21 / N));
        Assert.Equal([0, 1], v[N..]);
    }

    [Fact]
    public void Multinomial_draws_classes_by_their_logits()
    {
        float[] p = [0.1f, 0.6f, 0.3f];
        double[] v = Values(new OpCase("Multinomial", 22, [F([1, 3], [.. p.Select(v => MathF.Log(v))])], [null], A("sample_size", N)));
        for (int c = 0; c < p.Length; c++) Assert.InRange(v.Count(x => x == c) / (double)N, p[c] - 6 * Math.Sqrt(p[c] * (1 - p[c]) / N), p[c] + 6 * Math.Sqrt(p[c] * (1 - p[c]) / N));
    }

    [Fact]
    public void Dropout_scales_what_it_keeps()
    {
        Engine e = engines["cpu"];
        OpCase c = new("Dropout", 22, [F([N], [.. Enumerable.Repeat(3f, N)]), F([], 0.25f), T<bool>([], true)], [null, null]);
        Tensor[] r = c.Run(e, false);
        float[] y = r[0].ToArray<float>();
        bool[] mask = r[1].ToArray<bool>();
        for (int i = 0; i < N; i++) Assert.Equal(mask[i] ? 4f : 0f, y[i]);
        Assert.InRange(mask.Count(m => m) / (double)N, 0.75 - 6 * Math.Sqrt(0.1875 / N), 0.75 + 6 * Math.Sqrt(0.1875 / N));
    }

    [Fact]
    public void Nodes_without_a_seed_differ_and_with_one_agree()
    {
        OnnxNode Draw(string y, params OnnxAttribute[] a) => Models.Node("RandomUniform", [], [y], [A("shape", [8]), .. a]);
        OnnxModel m = new()
        {
            Opsets = Models.Opsets(("", 22)),
            Graph = new()
            {
                Nodes = [Draw("a"), Draw("b"), Draw("c", A("seed", 5f)), Draw("d", A("seed", 5f)), Draw("e", A("seed", 6f))],
                Outputs = [.. "abcde".Select(n => Models.Float(n.ToString(), 8))],
            },
        };
        Engine engine = engines["cpu"];
        using Session s = engine.Compile(m);
        float[][] v = [.. s.Run().Select(t => t.ToArray<float>())];
        Assert.NotEqual(v[0], v[1]);
        Assert.Equal(v[2], v[3]);
        Assert.NotEqual(v[3], v[4]);
    }

    private double[] Values(OpCase c)
    {
        Engine e = engines["cpu"];
        return Ir.Scalars.ToFloat64(c.Run(e, false)[0]);
    }
}
