using Tessera.Ir;

namespace Tessera.Tests.Reference;

public sealed class PhiloxTests
{
    // Known answer of the authors' Random123 1.09 (kat_vectors: philox4x32 10, counter and key 0).
    [Fact]
    public void Agrees_with_the_known_answer() => Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), Philox.Words(0, 0));

    [Fact]
    public void Draws_have_the_moments_of_their_distribution()
    {
        const int count = 100_000;
        Arg.Random normal = new(RandomKind.Normal, DType.Float64, Shape.Of(count), 3, 2, 7), uniform = normal with { Kind = RandomKind.Uniform, A = -1, B = 2 };
        double mean = 0, square = 0, unit = 0;
        for (int i = 0; i < count; i++)
        {
            double z = (Philox.Element(normal, i) - 3) / 2;
            mean += z / count;
            square += z * z / count;
            unit += Philox.Element(uniform, i) / count;
        }
        Assert.Equal(0, mean, 0.02);
        Assert.Equal(1, square, 0.03);
        Assert.Equal(0.5, unit, 0.02);
    }
}
