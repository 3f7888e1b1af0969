namespace Tessera.Lab.Tests;

public sealed class StatisticsTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3)]
    [InlineData(new[] { 5.0, 1, 3 }, 3)]
    [InlineData(new[] { 4.0, 1, 3, 2 }, 2.5)]
    public void Median_is_the_middle(double[] values, double expected) => Assert.Equal(expected, Statistics.Median(values));

    [Fact]
    public void Nothing_has_no_median_and_no_mean()
    {
        Assert.True(double.IsNaN(Statistics.Median([])));
        Assert.True(double.IsNaN(Statistics.GeometricMean([])));
    }

    [Fact]
    public void Geometric_mean_treats_twice_and_half_alike() => Assert.Equal(1, Statistics.GeometricMean([2, 0.5, 4, 0.25]), 1e-12);

    [Fact]
    public void Ratio_pairs_rounds_and_takes_the_quickest_of_all()
    {
        // Rounds' medians: 2 to 4, 6 to 4, 4 to 4. Quickest: 1 to 2.
        Ratio r = Ratio.Of([new([1, 2, 9]), new([5, 6, 7]), new([4, 4, 4])], [new([3, 4, 5]), new([2, 4, 8]), new([4, 4, 4])]);
        Assert.Equal(new Ratio(1, 0.5, 1.5, 0.5), r);
    }

    [Fact]
    public void Rounds_that_do_not_pair_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Ratio.Of([new([1])], []));
        Assert.Throws<ArgumentException>(() => Ratio.Of([], []));
    }

    [Theory]
    [InlineData(0, 10.0, 10, 1)]
    [InlineData(0, 1000.0, 3, 1)]
    [InlineData(0, 0.001, 1000, 50)]
    [InlineData(7, 0.001, 7, 50)]
    public void Pace_fills_a_turn_with_samples_that_the_clock_can_tell(int runs, double ms, int expectedRuns, int expectedInner) => Assert.Equal((expectedRuns, expectedInner), new Pace(1, runs).For(ms));

    [Fact]
    public void Gates_apply_to_their_threads()
    {
        Assert.True(new Gate(0, 1).AppliesTo("cpu", 3));
        Assert.True(new Gate(2, 1).AppliesTo("cpu", 2));
        Assert.False(new Gate(2, 1).AppliesTo("cpu", 1));
        Assert.False(new Gate(0, 1).AppliesTo("wasm:chromium", 1));
        Assert.True(new Gate(0, 1, "wasm").AppliesTo("wasm:chromium", 1));
        Assert.False(new Gate(0, 1, "wasm").AppliesTo("wasmoon", 1));
    }

    [Fact]
    public void Demands_take_the_slowest_row_and_say_whether_it_is_fast_enough()
    {
        static BenchResult Row(string name, string family, double ms, bool int8, params (Peer Peer, double Ratio, double Quickest)[] peers) => new(name, family, new(ms, ms), 1, 1, int8, null, null, null, null,
            [.. peers.Select(p => new PeerResult(p.Peer.Name(), null, new(1, 1), new(p.Ratio, p.Ratio, p.Ratio, p.Quickest), Agreement.Nothing, null))], null);
        IReadOnlyList<Demand> demands = Demand.Of(
        [
            Row("MatMul 64", "matrix", 1, false, (Peer.OpenBlas, 0.9, 0.9), (Peer.OnnxRuntime, 0.5, 0.5)), Row("MatMul 512", "matrix", 2, false, (Peer.OpenBlas, 1.1, 1.0), (Peer.OnnxRuntime, 9, 9)),
            Row("MatMul layer 1×2×3", "matrix", 3, false, (Peer.OpenBlas, 0.5, 0.5)), Row("MatMulInteger 512×512×512", "int8", 1, true), Row("MatMulInteger 1×2×3", "int8", 2, true), Row("MatMulInteger 7×7×8", "int8", 9, true),
            Row("a", "suite", 1, false, (Peer.OnnxRuntime, 0.5, 0.5)), Row("b", "suite", 1, false, (Peer.OnnxRuntime, 2, 2)),
        ]);
        Assert.Equal([(1.1, Verdict.QuickestMet, "MatMul 512"), (0.9, Verdict.Met, "MatMul 64"), (2.0 / 3, Verdict.Missed, "MatMulInteger 1×2×3"), (1.0, Verdict.Missed, ""), (2.0, Verdict.Missed, "b")], demands.Select(d => (Math.Round(d.Median, 12) == Math.Round(2.0 / 3, 12) ? 2.0 / 3 : d.Median, d.Verdict, d.Worst)));
        Assert.Empty(Demand.Of([Row("Relu 1000", "elementwise", 1, false)]));
    }
}
