using static Tessera.Tests.Ops.Write;

namespace Tessera.Tests.Ops;

/// <summary>Quantisation to and from 4-bit integers and 8-bit floats, whose elements have no arithmetic of their own.</summary>
public sealed class NarrowTypeTests(OpEngines engines) : IClassFixture<OpEngines>
{
    private static Tensor Raw(DType type, Shape shape, params byte[] bytes)
    {
        Tensor t = Tensor.Empty(type, shape);
        bytes.CopyTo(t.RawBytes());
        return t;
    }

    private byte[] Run(OpCase c, string engine) => c.Run(engines[engine], constant: false)[0].RawBytes().ToArray();

    [Theory, InlineData("reference"), InlineData("cpu")]
    public void Four_bits_saturate_and_pack_low_half_first(string engine)
    {
        Assert.Equal([0x78, 0xE3], Run(new("QuantizeLinear", 21, [F(-9, 7.5f, 3, -2.5f), F([], 1), Raw(DType.Int4, [], 0)], [null]), engine));
        Assert.Equal([0xF0, 0x05], Run(new("QuantizeLinear", 21, [F(-9, 90, 4), F([], 1), Raw(DType.UInt4, [], 1)], [null]), engine));
    }

    [Theory, InlineData("reference"), InlineData("cpu")]
    public void Four_bits_come_back_signed(string engine)
    {
        new OpCase("DequantizeLinear", 21, [Raw(DType.Int4, [4], 0x78, 0xE3), F([], 0.5f), Raw(DType.Int4, [], 1)], [F(-4.5f, 3, 1, -1.5f)]).Check(engines[engine], constant: false);
        new OpCase("DequantizeLinear", 21, [Raw(DType.UInt4, [2, 2], 0x78, 0xE3), F([2, 1], 1, 2)], [F([2, 2], 8, 7, 6, 28)], A("block_size", 2)).Check(engines[engine], constant: true);
    }

    [Theory, InlineData("reference"), InlineData("cpu")]
    public void Eight_bit_floats_round_and_saturate_on_demand(string engine)
    {
        Assert.Equal([0x00, 0x30, 0x38, 0x7E], Run(new("QuantizeLinear", 19, [F(0, 1, 2, 100000), F([], 2), Raw(DType.Float8E4M3FN, [], 0)], [null]), engine));
        byte[] beyond = Run(new("QuantizeLinear", 19, [F(2, 100000), F([], 2), Raw(DType.Float8E4M3FN, [], 0)], [null], A("saturate", 0)), engine);
        // NaN, whose sign means nothing.
        Assert.Equal([0x38, 0x7F], beyond.Select(b => (byte)(b & 0x7F)));
        new OpCase("DequantizeLinear", 19, [Raw(DType.Float8E4M3FN, [3], 0x30, 0x38, 0x7E), F([], 2)], [F(1, 2, 896)]).Check(engines[engine], constant: false);
    }
}
