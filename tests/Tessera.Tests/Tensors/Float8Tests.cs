namespace Tessera.Tests.Tensors;

public sealed class Float8Tests
{
    /// <summary>What a layout is: its conversions and its landmarks.</summary>
    public sealed record Layout(string Name, Func<double, bool, byte> Encode, Func<byte, float> Decode, double Largest, double Smallest, bool HasInfinity, bool Fnuz)
    {
        public override string ToString() => Name;
    }

    public static TheoryData<Layout> Layouts { get; } =
    [
        new Layout("E4M3FN", (v, s) => Float8E4M3FN.From(v, s).Bits, b => (float)new Float8E4M3FN(b), 448, Math.ScaleB(1, -9), false, false),
        new Layout("E4M3FNUZ", (v, s) => Float8E4M3FNUZ.From(v, s).Bits, b => (float)new Float8E4M3FNUZ(b), 240, Math.ScaleB(1, -10), false, true),
        new Layout("E5M2", (v, s) => Float8E5M2.From(v, s).Bits, b => (float)new Float8E5M2(b), 57344, Math.ScaleB(1, -16), true, false),
        new Layout("E5M2FNUZ", (v, s) => Float8E5M2FNUZ.From(v, s).Bits, b => (float)new Float8E5M2FNUZ(b), 57344, Math.ScaleB(1, -17), false, true),
    ];

    [Theory, MemberData(nameof(Layouts))]
    public void All_256_codes_survive_a_round_trip(Layout l)
    {
        for (int b = 0; b < 256; b++)
        {
            float v = l.Decode((byte)b);
            foreach (bool saturate in (bool[])[true, false])
            {
                byte back = l.Encode(v, saturate);
                if (float.IsNaN(v)) Assert.True(float.IsNaN(l.Decode(back)));
                else if (float.IsInfinity(v) && saturate) Assert.Equal(float.CopySign((float)l.Largest, v), l.Decode(back));
                else Assert.Equal(b, back);
            }
        }
    }

    [Theory, MemberData(nameof(Layouts))]
    public void Codes_grow_with_values_and_reach_the_landmarks(Layout l)
    {
        float[] finite = [.. Enumerable.Range(0, 128).Select(b => l.Decode((byte)b)).TakeWhile(float.IsFinite)];
        Assert.Equal(0f, finite[0]);
        Assert.Equal((float)l.Smallest, finite[1]);
        Assert.Equal((float)l.Largest, finite[^1]);
        for (int i = 1; i < finite.Length; i++) Assert.True(finite[i] > finite[i - 1]);
        float[] all = [.. Enumerable.Range(0, 256).Select(b => l.Decode((byte)b))];
        Assert.Equal(l.HasInfinity ? 2 : 0, all.Count(float.IsInfinity));
        Assert.Equal(l.Fnuz ? 1 : l.HasInfinity ? 6 : 2, all.Count(float.IsNaN));
    }

    [Theory, MemberData(nameof(Layouts))]
    public void Between_two_codes_the_nearer_wins_and_ties_go_to_even(Layout l)
    {
        for (int b = 0; b < 127; b++)
        {
            double low = l.Decode((byte)b), high = l.Decode((byte)(b + 1)), middle = (low + high) / 2;
            if (!double.IsFinite(high)) break;
            foreach (int sign in (int[])[1, -1])
            {
                byte Code(double v) => (byte)(l.Encode(sign * v, true) & (l.Fnuz && l.Encode(sign * v, true) == 0 ? 0xFF : 0x7F));
                Assert.Equal(b, Code(low));
                Assert.Equal(b, Code(Math.BitDecrement(middle)));
                Assert.Equal(b % 2 == 0 ? b : b + 1, Code(middle));
                Assert.Equal(b + 1, Code(Math.BitIncrement(middle)));
            }
        }
    }

    [Theory, MemberData(nameof(Layouts))]
    public void Special_values_follow_the_table_of_Cast(Layout l)
    {
        float Cast(double v, bool saturate) => l.Decode(l.Encode(v, saturate));
        foreach (bool saturate in (bool[])[true, false])
        {
            Assert.Equal(0, l.Encode(0.0, saturate));
            Assert.Equal(l.Fnuz ? 0 : 0x80, l.Encode(-0.0, saturate));
            Assert.Equal(l.Fnuz ? 0 : 0x80, l.Encode(-double.Epsilon, saturate));
            Assert.True(float.IsNaN(Cast(double.NaN, saturate)));
            Assert.True(float.IsNaN(Cast(-double.NaN, saturate)));
        }
        foreach (double sign in (double[])[1, -1])
        {
            foreach (double big in (double[])[l.Largest * 1.2, 1e30, double.MaxValue])
            {
                Assert.Equal(sign * l.Largest, Cast(sign * big, true));
                if (l.HasInfinity) Assert.Equal(sign * double.PositiveInfinity, Cast(sign * big, false));
                else Assert.True(float.IsNaN(Cast(sign * big, false)));
            }
            if (l.Fnuz) Assert.True(float.IsNaN(Cast(sign * double.PositiveInfinity, true)));
            else Assert.Equal(sign * l.Largest, Cast(sign * double.PositiveInfinity, true));
            if (l.HasInfinity) Assert.Equal(sign * double.PositiveInfinity, Cast(sign * double.PositiveInfinity, false));
            else Assert.True(float.IsNaN(Cast(sign * double.PositiveInfinity, false)));
        }
    }

    [Fact]
    public void All_65536_bfloat16_codes_survive_a_round_trip()
    {
        for (int b = 0; b < 65536; b++)
        {
            float v = (float)new BFloat16((ushort)b);
            if (float.IsNaN(v)) Assert.True(float.IsNaN((float)(BFloat16)v));
            else Assert.Equal(b, ((BFloat16)v).Bits);
        }
    }

    [Fact]
    public void All_65536_halves_survive_a_round_trip()
    {
        for (int b = 0; b < 65536; b++)
        {
            Half h = BitConverter.UInt16BitsToHalf((ushort)b);
            if (Half.IsNaN(h)) Assert.True(Half.IsNaN((Half)(float)h));
            else Assert.Equal(b, BitConverter.HalfToUInt16Bits((Half)(float)h));
        }
    }

    [Fact]
    public void Bfloat16_rounds_to_nearest_even()
    {
        for (int b = 0; b < 0x7F80; b++)
        {
            uint low = (uint)b << 16;
            static int Code(uint bits) => ((BFloat16)BitConverter.UInt32BitsToSingle(bits)).Bits;
            Assert.Equal(b, Code(low | 0x7FFF));
            Assert.Equal(b % 2 == 0 ? b : b + 1, Code(low | 0x8000));
            Assert.Equal(b + 1, Code(low | 0x8001));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    public void Nibbles_pack_low_half_first(int count)
    {
        sbyte[] signed = [.. Enumerable.Range(0, count).Select(i => (sbyte)(i % 16 - 8))], signedBack = new sbyte[count];
        byte[] unsigned = [.. Enumerable.Range(0, count).Select(i => (byte)(i % 16))], unsignedBack = new byte[count], packed = new byte[(count + 1) / 2];
        Nibbles.Pack(signed, packed);
        Nibbles.Unpack(packed, signedBack);
        Assert.Equal(signed, signedBack);
        Nibbles.Pack(unsigned, packed);
        Nibbles.Unpack(packed, unsignedBack);
        Assert.Equal(unsigned, unsignedBack);
        if (count == 16) Assert.Equal([0x10, 0x32, 0x54, 0x76, 0x98, 0xBA, 0xDC, 0xFE], packed);
        if (count % 2 == 1) Assert.Equal(0, packed[^1] >> 4);
    }

    [Fact]
    public void Nibbles_refuse_a_short_buffer() => Assert.Equal(ErrorCode.ShapeMismatch, Assert.Throws<TesseraException>(() => Nibbles.Unpack([1], new sbyte[3])).Code);
}
