namespace Tessera.Lab.Tests;

public sealed class FloorTests
{
    private static readonly Ceilings Made = new(1, 100e9, 400e9, [new(1 << 10, 100e9), new(1 << 20, 50e9), new(1 << 30, 10e9)]);

    [Fact]
    public void Floor_is_the_longer_of_computing_and_moving()
    {
        Assert.Equal(new Floor(1, Bound.Compute), Made.FloorOf(1e8, 1 << 10));
        Floor f = Made.FloorOf(1, 1 << 20);
        Assert.Equal(Bound.Memory, f.Bound);
        Assert.Equal((1 << 20) / 50e9 * 1e3, f.Ms, 1e-12);
    }

    [Fact]
    public void Small_integers_have_a_peak_of_their_own() => Assert.Equal(0.25, Made.FloorOf(1e8, 1 << 10, int8: true).Ms, 1e-12);

    [Theory]
    [InlineData(1, 100e9)]
    [InlineData(1 << 10, 100e9)]
    [InlineData((1 << 10) + 1, 50e9)]
    [InlineData(1L << 40, 10e9)]
    public void Bandwidth_is_that_of_the_next_larger_set(long bytes, double rate) => Assert.Equal(rate, Made.BytesPerSecond(bytes));

    [Fact]
    public void Measured_rates_are_numbers_and_larger_sets_are_not_faster()
    {
        Ceilings c = Ceilings.Measure(2);
        Assert.Equal(2, c.Threads);
        Assert.True(c.FloatRate > 1e6 && double.IsFinite(c.FloatRate), $"{c.FloatRate}");
        Assert.True(c.Int8Rate > 1e6 && double.IsFinite(c.Int8Rate), $"{c.Int8Rate}");
        Assert.All(c.Memory, m => Assert.True(m.BytesPerSecond > 1e6 && double.IsFinite(m.BytesPerSecond)));
        Assert.Equal(c.Memory.OrderBy(m => m.WorkingSet).Select(m => m.WorkingSet), c.Memory.Select(m => m.WorkingSet));
        Assert.Equal(c.Memory.OrderByDescending(m => m.BytesPerSecond).Select(m => m.BytesPerSecond), c.Memory.Select(m => m.BytesPerSecond));
    }
}
