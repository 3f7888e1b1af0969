using Tessera.Engines.Reference;

namespace Tessera.Tests.Reference;

public sealed class ErrorFunctionTests
{
    // Abramowitz and Stegun, table 7.1, and NIST DLMF 7.23 for further digits.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.1, 0.1124629160182849)]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(1, 0.8427007929497149)]
    [InlineData(1.5, 0.9661051464753108)]
    [InlineData(2, 0.9953222650189527)]
    [InlineData(2.5, 0.9995930479825550)]
    [InlineData(3, 0.9999779095030014)]
    [InlineData(4, 0.9999999845827421)]
    [InlineData(7, 1)]
    public void Agrees_with_published_tables(double x, double erf)
    {
        Assert.Equal(erf, ErrorFunction.Of(x), 4e-16);
        Assert.Equal(-erf, ErrorFunction.Of(-x), 4e-16);
    }

    [Fact]
    public void Edges()
    {
        Assert.Equal(1, ErrorFunction.Of(double.PositiveInfinity));
        Assert.Equal(-1, ErrorFunction.Of(double.NegativeInfinity));
        Assert.True(double.IsNaN(ErrorFunction.Of(double.NaN)));
        Assert.True(double.IsNegative(ErrorFunction.Of(-0.0)));
        Assert.Equal(1e-300 * 1.1283791670955126, ErrorFunction.Of(1e-300), 1e-314);
    }
}
