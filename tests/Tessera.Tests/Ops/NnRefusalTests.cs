using Tessera.Onnx;
using static Tessera.Tests.Ops.Write;

namespace Tessera.Tests.Ops;

/// <summary>Neural-network operators refuse what does not fit, and numbers that would claim memory out of all proportion, naming themselves.</summary>
public sealed class NnRefusalTests
{
    private static readonly Tensor Image = F([1, 1, 2, 2], 1, 2, 3, 4), Row = F([1, 1, 2], 1, 2), Head = F([1, 1, 1, 2], 1, 2);

    private static readonly OpCase[] Cases =
    [
        new("Conv", 22, [Row, F([1, 2, 1], 1, 1)], [null]),
        new("Conv", 22, [Row, F([1, 1, 3], 1, 1, 1)], [null]),
        new("Conv", 22, [Row, F([1, 1, 1], 1)], [null], A("strides", [0])),
        new("Conv", 22, [Row, F([1, 1, 1], 1)], [null], A("pads", [-1, 0])),
        new("Conv", 22, [Row, F([1, 1, 1], 1)], [null], A("kernel_shape", [2])),
        new("Conv", 22, [Row, F([1, 1, 1], 1)], [null], A("auto_pad", "SAME")),
        new("Conv", 22, [Row, F([1, 1, 1], 1)], [null], A("group", 0)),
        new("Conv", 22, [Row, F([1, 1, 1], 1), F(1, 2)], [null]),
        new("Conv", 22, [F([1, 2], 1, 2), F([1, 2], 1, 2)], [null]),
        new("ConvTranspose", 22, [Row, F([2, 1, 1], 1, 1)], [null]),
        new("ConvTranspose", 22, [Row, F([1, 1, 1], 1)], [null], A("pads", [2, 2])),
        new("ConvTranspose", 22, [Row, F([1, 1, 1], 1)], [null], A("output_shape", [0])),
        new("DeformConv", 22, [Image, F([1, 1, 1, 1], 1), F([1, 1, 2, 2], 0, 0, 0, 0)], [null]),
        new("MaxPool", 22, [Row], [null]),
        new("MaxPool", 22, [Row], [null], A("kernel_shape", [3])),
        new("MaxPool", 22, [Row], [null], A("kernel_shape", [1, 1])),
        new("MaxUnpool", 22, [Row, T<long>([1, 1, 2], 0, 9)], [null], A("kernel_shape", [1])),
        new("MaxUnpool", 22, [Row, T<long>([1, 1, 2], 0, 1), L(1, 1, 1)], [null], A("kernel_shape", [1])),
        new("RoiAlign", 22, [Image, F([1, 4], 0, 0, 1, 1), L(1)], [null]),
        new("RoiAlign", 22, [Image, F([1, 4], 0, 0, 1, 1), L(0)], [null], A("sampling_ratio", 1 << 30)),
        new("RoiAlign", 22, [Image, F([1, 4], 0, 0, 1e30f, 1), L(0)], [null]),
        new("MaxRoiPool", 22, [Image, F([1, 5], 3, 0, 0, 1, 1)], [null], A("pooled_shape", [1, 1])),
        new("BatchNormalization", 15, [Row, F(1, 2), F(1), F(1), F(1)], [null]),
        new("GroupNormalization", 21, [Row, F(1), F(1)], [null], A("num_groups", 2)),
        new("LRN", 13, [Row], [null]),
        new("LpNormalization", 22, [Row], [null], A("p", 3)),
        new("LayerNormalization", 17, [Row, F(1, 2)], [null], A("axis", 3)),
        new("Resize", 19, [Row], [null]),
        new("Resize", 19, [Row, null, F(1, 1, 1e9f)], [null], A("mode", "linear")),
        new("Resize", 19, [Row, null, F(1, 1, float.NaN)], [null]),
        new("Resize", 19, [Row, null, F(1, 2)], [null]),
        new("Resize", 19, [Row, null, F(1, 1, 2)], [null], A("mode", "area")),
        new("Resize", 19, [F([1, 1, 0]), null, null, L(1, 1, 2)], [null]),
        new("GridSample", 20, [Image, F([1, 1, 1, 3], 0, 0, 0)], [null]),
        new("GridSample", 20, [Image, F([1, 1, 1, 2], 0, 0)], [null], A("padding_mode", "wrap")),
        new("AffineGrid", 20, [F([1, 2, 3], new float[6]), L(1, 1, 1L << 30, 1L << 30)], [null]),
        new("RNN", 22, [F([1, 1, 1], 1), F([1, 2, 1], 1, 1), F([1, 1, 1], 1)], [null]),
        new("LSTM", 22, [F([1, 1, 1], 1), F([1, 4, 1], 1, 1, 1, 1), F([1, 4, 1], 1, 1, 1, 1), F([1, 4], 1, 1, 1, 1)], [null]),
        new("GRU", 22, [F([1, 1, 1], 1), F([1, 3, 1], 1, 1, 1), F([1, 3, 1], 1, 1, 1)], [null], A("direction", "both")),
        new("GRU", 22, [F([1, 1, 1], 1), F([1, 3, 1], 1, 1, 1), F([1, 3, 1], 1, 1, 1)], [null], OnnxAttribute.Of("activations", ["Sigmoid"])),
        new("Attention", 23, [Head, F([1, 1, 1, 3], 1, 2, 3), Head], [null]),
        new("Attention", 23, [Head, Head, Head, null, Head], [null]),
        new("Attention", 23, [Row, Row, Row], [null], A("q_num_heads", 3)),
        new("Attention", 23, [Head, Head, Head, F([5, 5], new float[25])], [null]),
        new("RotaryEmbedding", 23, [Head, F([1, 1, 3], 1, 1, 1), F([1, 1, 2], 1, 1)], [null]),
        new("QuantizeLinear", 21, [F(1, 2), F(1, 2, 3)], [null], A("axis", 0)),
        new("QuantizeLinear", 21, [F(1, 2), F([], 1)], [null], A("output_dtype", 6)),
        new("DequantizeLinear", 21, [T<byte>([2, 3], new byte[6]), F([2, 1], 1, 1)], [null], A("block_size", 2)),
        new("QLinearMatMul", 10, [T<byte>([1, 2], 1, 1), F([], 1), T<byte>([], 0), T<byte>([1, 1], 1), F([], 1), T<byte>([], 0), F([], 1), T<byte>([], 0)], [null]),
        new("DFT", 20, [F([1, 2, 3], new float[6])], [null]),
        new("DFT", 20, [F([1, 2, 1], 1, 2), L([], 0)], [null]),
        new("STFT", 17, [F([1, 4, 1], new float[4]), L([], 0), null, L([], 2)], [null]),
        new("STFT", 17, [F([1, 4, 1], new float[4]), L([], 1), null, L([], 5)], [null]),
        new("HannWindow", 17, [L([], 1L << 40)], [null]),
        new("MelWeightMatrix", 17, [L([], 1 << 20), L([], 1 << 28), L([], 8000), F([], 0), F([], 4000)], [null]),
        new("ImageDecoder", 20, [T<byte>([1], 1)], [null]),
        new("Gradient", 1, [F(1)], [null]) { Domain = "ai.onnx.preview.training" },
        new("Adam", 1, [F([], 1), L([], 0), F(1)], [null]) { Domain = "ai.onnx.preview.training" },
        new("MatMulNBits", 1, [F([1, 4], 1, 2, 3, 4), T<byte>([1, 1, 4], 1, 2, 3, 4), F(1)], [null], A("K", 4), A("N", 1), A("bits", 4), A("block_size", 16)) { Domain = "com.microsoft" },
        new("GroupQueryAttention", 1, [Row, Row, Row, null, null, N(0), T<int>([], int.MaxValue)], [null], A("num_heads", 1), A("kv_num_heads", 1)) { Domain = "com.microsoft" },
        new("FusedConv", 1, [Row, F([1, 1, 1], 1)], [null], A("activation", "Spline")) { Domain = "com.microsoft" },
        new("Inverse", 1, [F([2, 2], 1, 2, 2, 4)], [null]) { Domain = "com.microsoft" },
    ];

    public static TheoryData<int, string> Numbers()
    {
        TheoryData<int, string> d = [];
        for (int i = 0; i < Cases.Length; i++) d.Add(i, Cases[i].ToString());
        return d;
    }

    [Theory, MemberData(nameof(Numbers))]
    public void Is_refused_naming_the_operator(int number, string what)
    {
        using Engine e = new ReferenceEngine();
        foreach (bool constant in (bool[])[false, true])
        {
            TesseraException x = Assert.Throws<TesseraException>(() => Cases[number].Run(e, constant));
            Assert.True(x.Code is not ErrorCode.Internal && x.Message.Contains(Cases[number].Op, StringComparison.Ordinal), $"{what}: {x.Code}: {x.Message}");
        }
    }
}
