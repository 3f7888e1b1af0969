namespace Tessera.Conformance.Tests.Kit;

public sealed class ComparisonTests
{
    private static readonly Tolerance Loose = new(0, 0.1, "test");

    [Fact]
    public void Equal_values_agree()
    {
        using Tensor a = Tensor.From([1f, float.NaN, float.PositiveInfinity, -0f], [4]), b = Tensor.From([1f, float.NaN, float.PositiveInfinity, 0f], [4]);
        Assert.Null(Comparison.Difference("y", a, b, Tolerance.Exact));
    }

    [Theory]
    [InlineData(1.09f, true)]
    [InlineData(1.11f, false)]
    [InlineData(float.NaN, false)]
    [InlineData(float.PositiveInfinity, false)]
    public void Bounds_hold_elementwise(float actual, bool agrees)
    {
        using Tensor a = Tensor.From([2f, 1f], [2]), b = Tensor.From([2f, actual], [2]);
        string? d = Comparison.Difference("y", a, b, Loose);
        Assert.Equal(agrees, d is null);
        if (!agrees) Assert.StartsWith("y[1]: ", d, StringComparison.Ordinal);
    }

    [Fact]
    public void Norms_bound_a_whole_output()
    {
        Tolerance t = new(0, 0, "test") { RelL2 = 0.01 };
        using Tensor e = Tensor.From([100f, 0f], [2]), near = Tensor.From([100f, 0.9f], [2]), far = Tensor.From([100f, 1.1f], [2]);
        Assert.Null(Comparison.Difference("y", e, near, t));
        Assert.NotNull(Comparison.Difference("y", e, far, t));
    }

    [Fact]
    public void Types_and_shapes_must_be_the_same()
    {
        using Tensor a = Tensor.From([1f], [1]), b = Tensor.From([1d], [1]), c = Tensor.From([1f], [1, 1]);
        Assert.NotNull(Comparison.Difference("y", a, b, Loose));
        Assert.NotNull(Comparison.Difference("y", a, c, Loose));
    }

    [Fact]
    public void Integers_and_strings_are_exact()
    {
        using Tensor a = Tensor.From([1, 2], [2]), b = Tensor.From([1, 3], [2]), s = Tensor.FromStrings(["x"], [1]), t = Tensor.FromStrings(["y"], [1]);
        Assert.Equal("y[1]: 3, expected 2; 1 of 2 differ", Comparison.Difference("y", a, b, Loose));
        Assert.NotNull(Comparison.Difference("y", s, t, Loose));
    }

    [Fact]
    public void Reports_survive_json()
    {
        Report r = new("e", "s", [new("a", Verdict.Passed, "", 1.5), new("b", Verdict.Failed, "why", 2), CaseResult.Skip("c", "because")]);
        Report back = Report.FromJson(r.ToJson());
        Assert.Equal("1 passed, 1 failed, 1 skipped", back.Summary);
        Assert.Equal(r.Cases, back.Cases);
    }
}
