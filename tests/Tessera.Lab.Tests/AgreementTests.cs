namespace Tessera.Lab.Tests;

public sealed class AgreementTests
{
    private static readonly Bounds Loose = new(1e-3);

    [Fact]
    public void Equal_outputs_agree_with_NaN_and_infinities_in_place()
    {
        Agreement a = Of([1, float.NaN, float.PositiveInfinity, -0f], [1, float.NaN, float.PositiveInfinity, 0f]);
        Assert.Null(a.Mismatch);
        Assert.Equal(0, a.Largest);
    }

    [Fact]
    public void Small_differences_are_shown_and_allowed()
    {
        Agreement a = Of([3, 4.001f], [3, 4]);
        Assert.Null(a.Mismatch);
        Assert.Equal(0.001, a.Largest, 1e-6);
        Assert.Equal(0.0002, a.RelL2, 1e-6);
    }

    [Theory]
    [InlineData(4.1f)]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Large_differences_are_a_mismatch(float other)
    {
        Assert.NotNull(Of([3, other], [3, 4]).Mismatch);
        Assert.NotNull(Of([3, 4], [3, other]).Mismatch);
    }

    [Fact]
    public void Zeros_are_held_against_the_difference_itself() => Assert.NotNull(Of([0.1f, 0], [0, 0]).Mismatch);

    [Fact]
    public void Differences_below_the_absolute_bound_are_none()
    {
        using Tensor x = Tensor.From([1e-6f, 0], [2]), y = Tensor.From([2e-6f, 0], [2]);
        Assert.NotNull(Agreement.Of("y", x, y, Loose).Mismatch);
        Assert.Null(Agreement.Of("y", x, y, Loose with { Absolute = 2e-6 }).Mismatch);
        Assert.NotNull(Agreement.Of("y", x, y, Loose with { Absolute = 0.5e-6 }).Mismatch);
    }

    [Fact]
    public void Integers_must_be_equal_unless_the_bounds_say_otherwise()
    {
        using Tensor a = Tensor.From([1L, 2], [2]), b = Tensor.From([1L, 4], [2]);
        Assert.Contains("1 of 2", Agreement.Of("y", a, b, Loose).Mismatch, StringComparison.Ordinal);
        Agreement allowed = Agreement.Of("y", a, b, new(1e-3, Exact: false));
        Assert.Null(allowed.Mismatch);
        Assert.Equal(2, allowed.Largest);
    }

    [Fact]
    public void Types_and_shapes_must_be_equal()
    {
        using Tensor a = Tensor.From([1f, 2], [2]), b = Tensor.From([1f, 2], [1, 2]), c = Tensor.From([1.0, 2], [2]);
        Assert.NotNull(Agreement.Of("y", a, b, Loose).Mismatch);
        Assert.NotNull(Agreement.Of("y", a, c, Loose).Mismatch);
    }

    [Fact]
    public void Several_outputs_keep_the_largest_difference_and_the_first_mismatch()
    {
        Agreement a = new Agreement(1, 0.5, null).And(new(0.5, 2, "first")).And(new(0, 0, "second"));
        Assert.Equal(new Agreement(1, 2, "first"), a);
    }

    private static Agreement Of(float[] a, float[] b)
    {
        using Tensor x = Tensor.From(a, [a.Length]), y = Tensor.From(b, [b.Length]);
        return Agreement.Of("y", x, y, Loose);
    }
}
