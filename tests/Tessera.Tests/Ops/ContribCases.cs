using Tessera.Onnx;
using static Tessera.Tests.Ops.Write;

namespace Tessera.Tests.Ops;

/// <summary>Operators of com.microsoft; expectations are worked out by hand.</summary>
internal static class ContribCases
{
    public static OpCase[] All { get; } = [.. ((OpCase[])[.. Activations, .. Products, .. Normalized, .. Quantized, .. Packed]).Select(c => c with { Domain = "com.microsoft" })];

    private static Tensor U(params byte[] v) => Tensor.From(v, [v.Length]);

    private static Tensor U(Shape s, params byte[] v) => Tensor.From(v, s);

    private static Tensor One(float v) => F([], v);

    private static Tensor Zero(byte v) => U([], v);

    private static OpCase[] Activations =>
    [
        new("Gelu", 1, [F(-1, 0, 1)], [F(-0.15865525f, 0, 0.8413447f)]),
        new("BiasGelu", 1, [F([2, 2], -2, 0, -1, 1), F(1, 0)], [F([2, 2], -0.15865525f, 0, 0, 0.8413447f)]),
        new("FastGelu", 1, [F(-1, 0, 1)], [F(-0.158808f, 0, 0.841192f)]),
        new("FastGelu", 1, [F(-2, 1), F(1, 0)], [F(-0.158808f, 0.841192f)]),
        new("QuickGelu", 1, [F(-1, 0, 2)], [F(-0.26894142f, 0, 1.7615942f)], A("alpha", 1f)),
        new("BiasSplitGelu", 1, [F([1, 1, 4], 1, 2, 0, 0), F(1, 1, 1, -1)], [F([1, 1, 2], 1.6826894f, -0.47596577f)]),
        new("Trilu", 1, [F([2, 2], 1, 2, 3, 4)], [F([2, 2], 1, 0, 3, 4)], A("upper", 0)),
    ];

    private static OpCase[] Products =>
    [
        new("FusedMatMul", 1, [F([2, 1], 1, 2), F([2, 2], 1, 2, 3, 4)], [F([1, 2], 14, 20)], A("transA", 1), A("alpha", 2f)),
        new("FusedMatMul", 1, [F([1, 2], 1, 2), F([2, 2], 1, 2, 3, 4)], [F([1, 2], 5, 11)], A("transB", 1)),
        new("FusedMatMul", 1, [F([2, 1, 2], 1, 2, 3, 4), F([2, 1], 1, 1)], [F([1, 2, 1], 3, 7)], A("transBatchA", 1)),
        new("FusedGemm", 1, [F([1, 2], 1, -2), F([2, 2], 1, 2, 3, 4), F(1, 10)], [F([1, 2], 0, 4)], A("activation", "Relu")),
        new("FusedGemm", 1, [F([1, 1], 2), F([1, 1], -3)], [F([1, 1], -1.5f)], A("activation", "LeakyRelu"), A("activation_alpha", 0.25f)),
        new("FusedConv", 1, [F([1, 1, 2], 1, -2), F([1, 1, 1], 2), F(1), F([1, 1, 2], 1, 1)], [F([1, 1, 2], 4, 0)], A("activation", "Relu")),
        new("FusedConv", 1, [F([1, 1, 2], 1, -2), F([1, 1, 1], 2)], [F([1, 1, 2], 1.5f, -1)], A("activation", "Clip"), OnnxAttribute.Of("activation_params", [-1f, 1.5f])),
        new("Inverse", 1, [F([1, 2, 2], 4, 7, 2, 6)], [F([1, 2, 2], 0.6f, -0.7f, -0.2f, 0.4f)]),
        new("Rfft", 1, [F(1, 2, 3, 4)], [F([3, 2], 10, 0, -2, 2, -2, 0)], A("signal_ndim", 1), A("normalized", 0), A("onesided", 1)),
        new("Irfft", 1, [F([3, 2], 10, 0, -2, 2, -2, 0)], [F(1, 2, 3, 4)], A("signal_ndim", 1), A("normalized", 0), A("onesided", 1)),
    ];

    private static OpCase[] Normalized =>
    [
        new("SkipLayerNormalization", 1, [F([1, 1, 2], 1, 2), F([1, 1, 2], 1, 4), F(2, 3), F(0.5f, -0.5f), F(1, 1)],
            [F([1, 1, 2], -1.5f, 2.5f), F([1, 1, 1], 5), F([1, 1, 1], 0.5f), F([1, 1, 2], 3, 7)], A("epsilon", 0f)),
        new("SkipLayerNormalization", 1, [F([2, 1, 2], 1, 2, 0, 4), F([1, 2], 1, 4), F(1, 1)], [F([2, 1, 2], -1, 1, -1, 1)], A("epsilon", 0f)),
        new("SkipSimplifiedLayerNormalization", 1, [F([1, 2], 1, 2), F([1, 2], 1, 1), F(1, 2), F(1, 1)],
            [F([1, 2], 0.84852814f, 2.2627417f), null, F([1, 1], 0.28284271f), F([1, 2], 3, 4)], A("epsilon", 0f)),
        new("SimplifiedLayerNormalization", 1, [F([1, 2], 3, 4), F(1, 2)], [F([1, 2], 0.84852814f, 2.2627417f), F([1, 1], 0.28284271f)], A("epsilon", 0f)) { Domain = "" },
        new("EmbedLayerNormalization", 1, [N2(0, 1), N2(0, 1), F([2, 2], 1, 3, 5, 7), F([3, 2], 0, 0, 1, 1, 9, 9), F([2, 2], 0, 0, 2, 2), F(1, 2), F(0, 1), N2(1, 0)],
            [F([1, 2, 2], -1, 3, -1, 3), N(1), F([1, 2, 2], 1, 3, 8, 10)], A("epsilon", 0f)),
        new("EmbedLayerNormalization", 1, [N2(0, 1), null, F([2, 2], 1, 3, 5, 7), F([3, 2], 0, 0, 1, 1, 9, 9), null, F(1, 1), F(0, 0), null, N2(2, 1)],
            [null, N(0), F([1, 2, 2], 10, 12, 6, 8)], A("epsilon", 0f)),
        new("GroupNorm", 1, [F([1, 1, 2, 2], 1, 10, 3, 20), F(1, 2), F(0, 1)], [F([1, 1, 2, 2], -0.26894143f, -0.26894143f, 0.7310586f, 2.8577225f)], A("epsilon", 0f), A("groups", 2), A("activation", 1)),
    ];

    private static Tensor N2(params int[] v) => Tensor.From(v, [1, v.Length]);

    private static OpCase[] Quantized =>
    [
        new("QLinearAdd", 1, [U(10, 20), One(0.5f), Zero(0), U(4, 8), One(0.25f), Zero(4), One(0.125f), Zero(10)], [U(50, 98)]),
        new("QLinearMul", 1, [U(10, 20), One(0.5f), Zero(0), U(4, 8), One(0.25f), Zero(4), One(0.125f), Zero(10)], [U(10, 90)]),
        new("QLinearSigmoid", 1, [U(0, 8), One(0.25f), Zero(0), One(1f / 256), Zero(0)], [U(128, 225)]),
        new("QLinearLeakyRelu", 1, [T<sbyte>([3], -4, 4, 100), One(1), T<sbyte>([], 0), One(0.5f), T<sbyte>([], 0)], [T<sbyte>([3], -4, 8, 127)], A("alpha", 0.5f)),
        new("QLinearSoftmax", 1, [U([1, 2], 7, 7), One(1), Zero(0), One(1f / 256), Zero(0)], [U([1, 2], 128, 128)], A("axis", -1), A("opset", 13)),
        new("QLinearConcat", 1, [One(0.5f), Zero(0), U(2), One(1), Zero(0), U(9), One(0.25f), Zero(1)], [U(4, 4)], A("axis", 0)),
        new("QLinearAveragePool", 1, [U([1, 1, 2, 2], 0, 2, 4, 6), One(1), Zero(0), One(0.5f), Zero(1)], [U([1, 1, 1, 1], 7)], A("kernel_shape", [2, 2])),
        new("QLinearAveragePool", 1, [U([1, 2, 2, 1], 0, 2, 4, 6), One(1), Zero(0), One(0.5f), Zero(1)], [U([1, 1, 2, 1], 5, 9)], A("kernel_shape", [2, 1]), A("channels_last", 1)),
        new("QLinearGlobalAveragePool", 1, [U([1, 2, 2, 1], 0, 2, 4, 6), One(1), Zero(0), One(0.5f), Zero(0)], [U([1, 1, 1, 1], 6)], A("channels_last", 1)),
        new("QLinearReduceMean", 1, [U([1, 4], 0, 2, 4, 6), One(1), Zero(0), One(0.5f), Zero(0)], [U([1, 1], 6)], A("axes", [1])),
        new("QLinearWhere", 1, [B(true, false), U(4, 4), One(1), Zero(0), U(8, 8), One(1), Zero(0), One(2), Zero(1)], [U(3, 5)]),
        new("MatMulIntegerToFloat", 1, [U([1, 2], 2, 4), U([2, 1], 3, 5), One(0.5f), One(2), Zero(1), Zero(1), F(1)], [F([1, 1], 15)]),
        new("QGemm", 1, [U([1, 2], 3, 5), One(0.5f), Zero(1), U([2, 2], 1, 3, 3, 4), F(1, 2), U(1, 2), N(2, -4), One(0.5f), Zero(3)], [U([1, 2], 13, 15)], A("transB", 1)),
        new("QGemm", 1, [U([1, 2], 3, 5), One(0.5f), Zero(1), U([2, 2], 1, 3, 3, 4), F(1, 2), U(1, 2), N(2, -4)], [F([1, 2], 5, 6)], A("transB", 1)),
        new("QAttention", 1, [U([1, 2, 1], 1, 3), T<sbyte>([1, 3], 0, 1, 2), F(0, 0, 1), One(1), One(0.5f), N(1), Zero(1), T<sbyte>([], 0)], [F([1, 2, 1], 1, 1)], A("num_heads", 1)),
        new("DynamicQuantizeMatMul", 1, [F([1, 2], 0, 255), T<sbyte>([2, 1], 1, 2), One(0.5f)], [F([1, 1], 255)]),
        new("QuantizeLinear", 1, [F(0, 1, 3, 1000), One(2), Zero(1)], [U(1, 1, 3, 255)]),
        new("DequantizeLinear", 1, [U(1, 3), One(2), Zero(1)], [F(0, 4)]),
    ];

    // Weights 9 7 8 10 in the low halves first; with the default zero point of 8 they stand for 1 −1 0 2.
    private static OpCase[] Packed
    {
        get
        {
            byte[] w = [0x79, 0xA8, 0, 0, 0, 0, 0, 0];
            OnnxAttribute[] four = [A("K", 4), A("N", 1), A("bits", 4), A("block_size", 16)];
            OnnxAttribute[] eight = [A("K", 4), A("N", 1), A("bits", 8), A("block_size", 16)];
            Tensor a = F([1, 4], 1, 2, 3, 4), packed = U([1, 1, 8], w);
            return
            [
                new("MatMulNBits", 1, [a, packed, F(0.5f)], [F([1, 1], 3.5f)], four),
                new("MatMulNBits", 1, [a, packed, F(0.5f), U(0x07)], [F([1, 1], 8.5f)], four),
                new("MatMulNBits", 1, [a, packed, F(0.5f), F(7.5f), null, F(10)], [F([1, 1], 16)], four),
                new("MatMulNBits", 1, [a, U([1, 1, 16], 130, 126, 128, 129, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), F(0.5f)], [F([1, 1], 1)], eight),
                new("MatMulNBits", 1, [F([1, 17], [.. Enumerable.Repeat(1f, 17)]), U([1, 2, 8], [.. Enumerable.Repeat((byte)0x99, 16)]), F(1, 10), null, N([.. Enumerable.Repeat(0, 15), 1, 1])],
                    [F([1, 1], 35)], A("K", 17), A("N", 1), A("bits", 4), A("block_size", 16)),
            ];
        }
    }
}
