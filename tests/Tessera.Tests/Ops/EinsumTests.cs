using static Tessera.Tests.Ops.Write;

namespace Tessera.Tests.Ops;

/// <summary>Einsum against the sum that the equation writes out.</summary>
public sealed class EinsumTests(OpEngines engines) : IClassFixture<OpEngines>
{
    [Theory]
    [InlineData("ij,jk->ik", "ij,jk->ik", 2)]
    [InlineData("ij,jk", "ij,jk->ik", 2)]
    [InlineData("bij,bjk->bik", "bij,bjk->bik", 2)]
    [InlineData("bij,bkj->bki", "bij,bkj->bki", 2)]
    [InlineData("bhqd,bhkd->bhqk", "bhqd,bhkd->bhqk", 2)]
    [InlineData("i,j->ji", "i,j->ji", 2)]
    [InlineData("ab,ab->", "ab,ab->", 2)]
    [InlineData("ab,cb,cd->ad", "ab,cb,cd->ad", 3)]
    [InlineData("abc,cd,be->ade", "abc,cd,be->ade", 3)]
    [InlineData("ii->i", "ii->i", 1)]
    [InlineData("iji->j", "iji->j", 1)]
    [InlineData("iij,jk", "iij,jk->k", 2)]
    [InlineData("ba", "ba->ab", 1)]
    [InlineData("abc->b", "abc->b", 1)]
    [InlineData("... i j -> ... j i", "abij->abji", 1)]
    [InlineData("...ij,...jk->...ik", "abij,abjk->abik", 2)]
    [InlineData("i...->...", "iab->ab", 1)]
    [InlineData("ij,kl->ijkl", "ij,kl->ijkl", 2)]
    public void Equals_the_written_out_sum(string equation, string plain, int operands)
    {
        Random random = Seeds.Random();
        string[] parts = plain.Split("->"), labels = parts[0].Split(',');
        Assert.Equal(operands, labels.Length);
        Dictionary<char, int> extent = plain.Where(char.IsAsciiLetter).Distinct().ToDictionary(l => l, _ => random.Next(1, 5));
        double[][] x = [.. labels.Select(l => Enumerable.Range(0, l.Aggregate(1, (n, a) => n * extent[a])).Select(_ => random.NextDouble() - 0.5).ToArray())];
        Shape Of(string l) => Shape.Of([.. l.Select(a => (long)extent[a])]);
        double[] want = Sum(labels, parts[1], extent, x);
        OpCase c = new("Einsum", 12, [.. x.Select((v, i) => Tensor.From(v, Of(labels[i])))], [Tensor.From(want, Of(parts[1]))], A("equation", equation)) { Tolerance = 1e-12 };
        foreach (string name in OpEngines.Names) c.Check(engines[name], constant: false);
    }

    [Fact]
    public void Ellipsis_broadcasts()
    {
        Engine e = engines["cpu"];
        new OpCase("Einsum", 12, [F([2, 1, 2], 1, 2, 3, 4), F([3, 2], 1, 0, 0, 1, 1, 1)], [F([2, 3], 1, 2, 3, 3, 4, 7)], A("equation", "...i,...i->...")).Check(e, false);
        new OpCase("Einsum", 12, [F([1, 2], 1, 2), F([1, 1], 3)], [F([1, 2], 3, 6)], A("equation", "...i,...j->...i")).Check(e, false);
    }

    [Theory]
    [InlineData("ij,jk->il")]
    [InlineData("ij->ij")]
    [InlineData("ijk,jk->i")]
    [InlineData("i!,jk->i")]
    [InlineData("ij,jk->ii")]
    [InlineData("ij,ik->jk")]
    public void Equations_that_do_not_fit_are_refused(string equation)
    {
        Engine e = engines["reference"];
        OpCase c = new("Einsum", 12, [F([2, 3], new float[6]), F([3, 2], new float[6])], [null], A("equation", equation));
        Assert.Equal(ErrorCode.InvalidArgument, Assert.Throws<TesseraException>(() => c.Run(e, false)).Code);
    }

    private static double[] Sum(string[] labels, string result, Dictionary<char, int> extent, double[][] x)
    {
        char[] all = [.. extent.Keys];
        double[] y = new double[result.Aggregate(1, (n, a) => n * extent[a])];
        int[] at = new int[128];
        long total = all.Aggregate(1L, (n, a) => n * extent[a]);
        for (long i = 0; i < total; i++)
        {
            long rest = i;
            foreach (char a in all) { at[a] = (int)(rest % extent[a]); rest /= extent[a]; }
            int Flat(string l) => l.Aggregate(0, (f, a) => f * extent[a] + at[a]);
            double p = 1;
            for (int k = 0; k < x.Length; k++) p *= x[k][Flat(labels[k])];
            y[Flat(result)] += p;
        }
        return y;
    }
}
