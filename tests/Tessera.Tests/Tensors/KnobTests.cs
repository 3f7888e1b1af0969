namespace Tessera.Tests.Tensors;

public sealed class KnobTests
{
    [Theory]
    [InlineData("4096", 4096L)]
    [InlineData("64K", 64L << 10)]
    [InlineData("512MB", 512L << 20)]
    [InlineData("4GB", 4L << 30)]
    [InlineData("1.5 GiB", 3L << 29)]
    [InlineData(" 7 b ", 7L)]
    public void Sizes_are_read_as_people_write_them(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out long v));
        Assert.Equal(bytes, v);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GB")]
    [InlineData("-1")]
    [InlineData("4 XB")]
    [InlineData("4GBB")]
    [InlineData("1.2.3K")]
    [InlineData("99999999999999999999")]
    [InlineData("9EB9")]
    [InlineData("9000000E")]
    public void Other_texts_are_no_sizes(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Fact]
    public void Sizes_print_with_a_unit() => Assert.Equal(["0 B", "1023 B", "1.5 KiB", "2 GiB", "-1 KiB", "8 EiB"], new[] { 0, 1023, 1536, 2L << 30, -1024, long.MaxValue }.Select(ByteSize.Format));

    [Fact]
    public void A_wrong_value_is_refused_with_what_is_allowed()
    {
        Knob knob = new("TESSERA_TEST_ABSENT", "many", "For this test.");
        Assert.False(knob.IsSet);
        foreach (Action read in (Action[])[() => _ = knob.On, () => knob.Integer(1, 8), () => knob.Bytes()])
        {
            TesseraException e = Assert.Throws<TesseraException>(read);
            Assert.Equal(ErrorCode.InvalidArgument, e.Code);
            Assert.Contains("TESSERA_TEST_ABSENT=many", e.Message);
        }
        Assert.Equal(8, new Knob("TESSERA_TEST_ABSENT", "8", "").Integer(1, 8));
        Assert.True(new Knob("TESSERA_TEST_ABSENT", "on", "").On);
    }

    [Fact]
    public void Names_are_unique_and_explained()
    {
        Assert.Equal(Knobs.All.Count, Knobs.All.Select(k => k.Name).Distinct().Count());
        Assert.All(Knobs.All, k => Assert.True(!k.Name.Any(char.IsLower) && k.Help.Length > 10));
    }
}
