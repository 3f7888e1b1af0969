using Tessera.Onnx;
using static Tessera.Tests.Ops.Write;

namespace Tessera.Tests.Ops;

/// <summary>Neural-network operators that ONNX 1.12's data does not show: versions 18 and up, and rarely used attributes.</summary>
internal static class NnCases
{
    public static OpCase[] All { get; } = [.. Pooling, .. Convolution, .. Normalization, .. Resizing, .. Sampling, .. Quantization, .. Signals, .. Recurrence];

    private static OpCase[] Pooling =>
    [
        new("AveragePool", 19, [F([1, 1, 4, 4], [.. Enumerable.Range(1, 16).Select(i => (float)i)])], [F([1, 1, 2, 2], 6, 7, 10, 11)], A("kernel_shape", [2, 2]), A("dilations", [2, 2]), A("ceil_mode", 1)),
        new("AveragePool", 22, [F([1, 1, 2], 2, 4)], [F([1, 1, 2], 2, 4)], A("kernel_shape", [2]), A("pads", [1, 1]), A("strides", [2])),
        new("AveragePool", 22, [F([1, 1, 2], 2, 4)], [F([1, 1, 2], 1, 2)], A("kernel_shape", [2]), A("pads", [1, 1]), A("strides", [2]), A("count_include_pad", 1)),
        new("LpPool", 18, [F([1, 1, 4, 4], [.. Enumerable.Range(1, 16).Select(i => (float)i)])], [F([1, 1, 2, 2], 14.56022f, 16.248077f, 21.633308f, 23.49468f)], A("kernel_shape", [2, 2]), A("dilations", [2, 2])),
        new("MaxPool", 22, [F([1, 1, 2, 2], 1, 2, 3, 4)], [F([1, 1, 1, 1], 1)], A("kernel_shape", [1, 1]), A("strides", [2, 2]), A("ceil_mode", 1)),
        new("MaxPool", 12, [T<sbyte>([1, 1, 3], -5, -3, -4)], [T<sbyte>([1, 1, 2], -3, -3), T<long>([1, 1, 2], 1, 1)], A("kernel_shape", [2])),
        new("GlobalAveragePool", 22, [T<Half>([1, 1, 2], (Half)60000, (Half)60000)], [T<Half>([1, 1, 1], (Half)60000)]),
    ];

    private static Tensor Offsets(int channel, int tap, float value, int second, int at, float other)
    {
        float[] o = new float[32];
        o[channel * 4 + tap] = value;
        o[second * 4 + at] = other;
        return F([1, 8, 2, 2], o);
    }

    // A 2×2 kernel of ones over 0…8: sums of four neighbours. The row of tap 0 moves by ½ at output 0, the column of tap 2 by −0.1 at output 1.
    private static OpCase[] Convolution =>
    [
        new("DeformConv", 19, [F([1, 1, 3, 3], 0, 1, 2, 3, 4, 5, 6, 7, 8), F([1, 1, 2, 2], 1, 1, 1, 1), Offsets(0, 0, 0.5f, 5, 1, -0.1f)], [F([1, 1, 2, 2], 9.5f, 11.9f, 20, 24)]),
        new("DeformConv", 19, [F([1, 1, 3, 3], 0, 1, 2, 3, 4, 5, 6, 7, 8), F([1, 1, 2, 2], 1, 1, 1, 1), Offsets(0, 0, 0.5f, 5, 1, -0.1f), F(1), F([1, 4, 2, 2], 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1)],
            [F([1, 1, 2, 2], 10.5f, 12.9f, 21, 18)]),
        new("Conv", 22, [F([1, 2, 3], 1, 2, 3, 4, 5, 6), F([2, 1, 2], 1, 1, 1, -1), F(0, 10)], [F([1, 2, 2], 3, 5, 9, 9)], A("group", 2)),
        new("ConvTranspose", 22, [F([1, 1, 2], 1, 2), F([1, 1, 2], 1, 10)], [F([1, 1, 4], 1, 10, 2, 20)], A("strides", [2])),
        new("ConvTranspose", 22, [F([1, 1, 2], 1, 2), F([1, 1, 2], 1, 10)], [F([1, 1, 5], 1, 10, 2, 20, 0)], A("strides", [2]), A("output_padding", [1])),
    ];

    private static OpCase[] Normalization =>
    [
        new("GroupNormalization", 18, [F([1, 4, 2], 0, 1, 2, 3, 4, 5, 6, 7), F(1, 2), F(0, 1)],
            [F([1, 4, 2], -1.3416408f, -0.4472136f, 0.4472136f, 1.3416408f, -1.6832816f, 0.1055728f, 1.8944272f, 3.6832816f)], A("num_groups", 2), A("epsilon", 0f)),
        new("GroupNormalization", 21, [F([1, 4, 2], 0, 1, 2, 3, 4, 5, 6, 7), F(1, 2, 3, 4), F(0, 1, 0, 1)],
            [F([1, 4, 2], -1.3416408f, -0.4472136f, 1.8944272f, 3.6832816f, -4.0249224f, -1.3416408f, 2.7888544f, 6.3665631f)], A("num_groups", 2), A("epsilon", 0f)),
        new("RMSNormalization", 23, [F([1, 2], 3, 4), F(1, 2)], [F([1, 2], 0.84852814f, 2.2627417f)], A("epsilon", 0f)),
        new("LpNormalization", 22, [F([2, 2], 3, 4, 0, 0)], [F([2, 2], 0.6f, 0.8f, 0, 0)]),
        new("LpNormalization", 22, [F([2, 2], 3, 1, -2, 2)], [F([2, 2], 0.75f, 0.25f, -0.5f, 0.5f)], A("p", 1)),
        new("MeanVarianceNormalization", 13, [F([1, 1, 1, 2], 5, 5)], [F([1, 1, 1, 2], 0, 0)]),
        new("BatchNormalization", 7, [F([1, 2, 1], 3, 8), F(2, 1), F(1, 0), F(1, 4), F(4, 16)], [F([1, 2, 1], 3, 1)], A("epsilon", 0f)),
        new("BatchNormalization", 6, [F([2, 1, 1], 1, 3), F(1), F(0), F(0), F(1)], [F([2, 1, 1], 1, 3)], A("epsilon", 0f), A("is_test", 1)),
        new("BatchNormalization", 9, [F([2, 1, 1], 1, 3), F(1), F(0), F(0), F(0)], [F([2, 1, 1], -1, 1), F(0.2f), F(0.1f), F(2), F(1)], A("epsilon", 0f)),
        new("BatchNormalization", 15, [F([2, 1, 1], 1, 3), F(1), F(0), F(0), F(0)], [F([2, 1, 1], -1, 1), F(1), F(0.5f)], A("epsilon", 0f), A("training_mode", 1), A("momentum", 0.5f)),
    ];

    private static OpCase[] Resizing
    {
        get
        {
            Tensor x = F([1, 1, 4, 4], [.. Enumerable.Range(1, 16).Select(i => (float)i)]), two = F([1, 1, 2, 2], 1, 2, 3, 4);
            Tensor Scales(params float[] v) => F(v);
            float[] stretched = [1, 1, 1, 1, 2, 2, 2], lower = [3, 3, 3, 3, 4, 4, 4];
            return
            [
                // Triangle of half width 1 ÷ 0.6 around 0.3333 and 2: weights (by hand) 4 taps each, normalised.
                new("Resize", 18, [x, null, Scales(1, 1, 0.6f, 0.6f)], [F([1, 1, 2, 2], 2.875f, 4.5f, 9.375f, 11)], A("mode", "linear"), A("antialias", 1)),
                new("Resize", 18, [x, null, Scales(1, 1, 0.6f, 0.6f)], [F([1, 1, 2, 2], 2.5180721f, 4.2858863f, 9.589329f, 11.357142f)], A("mode", "cubic"), A("antialias", 1)),
                new("Resize", 18, [x, null, null, L(1, 1, 3, 3)], [F([1, 1, 3, 3], 2.3636363f, 3.590909f, 4.818182f, 7.2727275f, 8.5f, 9.727273f, 12.181818f, 13.409091f, 14.636364f)], A("mode", "linear"), A("antialias", 1)),
                new("Resize", 18, [two, null, null, L(7, 8)], [F([1, 1, 7, 7], [.. Enumerable.Repeat(stretched, 4).Concat(Enumerable.Repeat(lower, 3)).SelectMany(r => r)])], A("mode", "nearest"), A("axes", [2, 3]), A("keep_aspect_ratio_policy", "not_larger")),
                new("Resize", 18, [F([1, 2], 1, 2), null, null, L(2)], [F([2, 2], 1, 2, 1, 2)], A("mode", "nearest"), A("axes", [0])),
                new("Resize", 18, [F([2, 4], 1, 2, 3, 4, 5, 6, 7, 8), null, null, L(2, 3)], [F([2, 3], 1, 2, 4, 5, 6, 8)], A("mode", "nearest"), A("keep_aspect_ratio_policy", "stretch")),
                new("Resize", 19, [two, null, Scales(1, 1, 2.3f, 2.94f)],
                    [F([1, 1, 4, 5], 1, 1.159864f, 1.5f, 1.840136f, 2, 1.5652174f, 1.7250813f, 2.0652174f, 2.4053534f, 2.5652174f, 2.4347826f, 2.5946466f, 2.9347826f, 3.2749187f, 3.4347826f, 3, 3.159864f, 3.5f, 3.840136f, 4)],
                    A("mode", "linear"), A("coordinate_transformation_mode", "half_pixel_symmetric")),
                new("Resize", 10, [F([1, 1, 2, 4], 1, 2, 3, 4, 5, 6, 7, 8), Scales(1, 1, 0.6f, 0.6f)], [F([1, 1, 1, 2], 1, 3)], A("mode", "nearest")),
                new("Upsample", 7, [two], [F([1, 1, 2, 4], 1, 1.5f, 2, 2, 3, 3.5f, 4, 4)], A("mode", "linear"), OnnxAttribute.Of("scales", [1f, 1, 1, 2])),
                new("Upsample", 9, [two, Scales(1, 1, 2, 1)], [F([1, 1, 4, 2], 1, 2, 1, 2, 3, 4, 3, 4)], A("mode", "nearest")),
                new("Upsample", 1, [two], [F([1, 1, 2, 4], 1, 1, 2, 2, 3, 3, 4, 4)], A("width_scale", 2f), A("height_scale", 1f)),
                new("Resize", 13, [T<byte>([2], 10, 20), null, Scales(2)], [T<byte>([4], 10, 12, 17, 20)], A("mode", "linear")),
            ];
        }
    }

    private static OpCase[] Sampling
    {
        get
        {
            Tensor image = F([1, 1, 3, 2], 0, 1, 2, 3, 4, 5);
            Tensor grid = F([1, 2, 4, 2], -10, -10, -5, -5, -0.2f, -0.2f, 10, 10, 10, 10, -0.2f, -0.2f, 5, 5, 10, 10);
            Tensor volume = F([1, 1, 3, 2, 2], 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
            return
            [
                new("GridSample", 20, [image, grid], [F([1, 1, 2, 4], 0, 0, 1.7f, 0, 0, 1.7f, 0, 0)]),
                new("GridSample", 20, [image, grid], [F([1, 1, 2, 4], 0, 0, 1.7f, 5, 5, 1.7f, 5, 5)], A("padding_mode", "border")),
                new("GridSample", 20, [image, grid], [F([1, 1, 2, 4], 2.5f, 0, 1.7f, 2.5f, 2.5f, 1.7f, 5, 2.5f)], A("padding_mode", "reflection")),
                new("GridSample", 20, [image, F([1, 1, 3, 2], -1, -1, 0, 0, 0.5f, 0.5f)], [F([1, 1, 1, 3], -0.140625f, 2.96875f, 5.144531f)], A("mode", "cubic")),
                new("GridSample", 16, [image, F([1, 1, 3, 2], -0.5f, -0.5f, 0, 0, 0.5f, 0.5f)], [F([1, 1, 1, 3], 1.25f, 2.5f, 3.75f)], A("mode", "bilinear"), A("align_corners", 1)),
                new("GridSample", 20, [volume, F([1, 1, 1, 3, 3], -1, -1, -1, 0, 0, 0, 1, 1, 1)], [F([1, 1, 1, 1, 3], 1, 6.5f, 12)], A("align_corners", 1)),
                new("GridSample", 20, [volume, F([1, 1, 1, 2, 3], -0.5f, -0.5f, -0.5f, 0.4f, 0.2f, 0.6f)], [F([1, 1, 1, 1, 2], 1, 12)], A("mode", "nearest")),
                new("AffineGrid", 20, [F([1, 2, 3], 1, 0, 0.5f, 0, 2, 0), L(1, 1, 2, 2)], [F([1, 2, 2, 2], 0, -1, 1, -1, 0, 1, 1, 1)]),
                new("AffineGrid", 20, [F([1, 2, 3], 1, 0, 0.5f, 0, 2, 0), L(1, 1, 2, 2)], [F([1, 2, 2, 2], -0.5f, -2, 1.5f, -2, -0.5f, 2, 1.5f, 2)], A("align_corners", 1)),
                new("RoiAlign", 22, [F([1, 1, 2, 2], 1, 2, 3, 4), F([1, 4], 0, 0, 2, 2), L(0)], [F([1, 1, 1, 1], 2.5f)], A("sampling_ratio", 2)),
                new("RoiAlign", 22, [F([1, 1, 2, 2], 1, 2, 3, 4), F([1, 4], 0, 0, 2, 2), L(0)], [F([1, 1, 1, 1], 4)], A("sampling_ratio", 2), A("mode", "max")),
                new("RoiAlign", 10, [F([1, 1, 2, 2], 1, 2, 3, 4), F([1, 4], 0, 0, 1, 1), L(0)], [F([1, 1, 1, 1], 2.5f)], A("sampling_ratio", 1)),
                new("MaxRoiPool", 22, [F([1, 1, 4, 4], [.. Enumerable.Range(1, 16).Select(i => (float)i)]), F([1, 5], 0, 0, 0, 3, 3)], [F([1, 1, 2, 2], 6, 8, 14, 16)], A("pooled_shape", [2, 2])),
            ];
        }
    }

    private static OpCase[] Quantization =>
    [
        new("QuantizeLinear", 21, [F([2, 4], 1, 2, 3, 4, 5, 6, 7, 8), F([2, 2], 1, 2, 1, 4)], [T<byte>([2, 4], 1, 2, 2, 2, 5, 6, 2, 2)], A("axis", 1), A("block_size", 2)),
        new("QuantizeLinear", 21, [F(-70000, 1.5f, 2.5f, 70000), F([], 1), T<short>([], 0)], [T<short>([4], -32768, 2, 2, 32767)]),
        new("QuantizeLinear", 21, [F(0, 1), F([], 0.5f)], [T<sbyte>([2], 0, 2)], A("output_dtype", 3)),
        new("QuantizeLinear", 13, [F([2, 2], 1, 2, 3, 4), F(1, 2), T<byte>([2], 0, 1)], [T<byte>([2, 2], 1, 2, 3, 3)], A("axis", 1)),
        new("DequantizeLinear", 21, [T<byte>([2, 3], 1, 2, 3, 4, 5, 6), F([2, 2], 1, 10, 2, 20), T<byte>([2, 2], 0, 1, 1, 0)], [F([2, 3], 1, 2, 20, 6, 8, 120)], A("axis", 1), A("block_size", 2)),
        new("DequantizeLinear", 13, [N(7, 2), F([], 0.5f)], [F(3.5f, 1)]),
        new("DequantizeLinear", 19, [T<sbyte>([2], -2, 2), T<Half>([], (Half)0.5), T<sbyte>([], 1)], [T<Half>([2], (Half)(-1.5), (Half)0.5)]),
        new("QLinearMatMul", 10, [T<byte>([1, 2], 3, 5), F([], 0.5f), T<byte>([], 1), T<byte>([2, 2], 1, 2, 3, 4), F(1, 2), T<byte>([2], 0, 1), F([], 0.5f), T<byte>([], 5)], [T<byte>([1, 2], 19, 33)]),
        new("ConvInteger", 10, [T<byte>([1, 1, 2], 2, 3), T<byte>([2, 1, 1], 3, 4), T<byte>([], 1), T<byte>([2], 1, 2)], [T<int>([1, 2, 2], 2, 4, 2, 4)]),
    ];

    private static OpCase[] Signals =>
    [
        new("DFT", 20, [F([1, 4, 1], 1, 2, 3, 4)], [F([1, 3, 2], 10, 0, -2, 2, -2, 0)], A("onesided", 1)),
        new("DFT", 20, [F([1, 4, 1], 1, 2, 3, 4), L([], 2), L([], 1)], [F([1, 2, 2], 3, 0, -1, 0)]),
        new("DFT", 20, [F([1, 4, 2], 10, 0, -2, 2, -2, 0, -2, -2)], [F([1, 4, 2], 1, 0, 2, 0, 3, 0, 4, 0)], A("inverse", 1)),
        new("DFT", 17, [F([1, 2, 2, 1], 1, 2, 3, 4)], [F([1, 2, 2, 2], 3, 0, -1, 0, 7, 0, -1, 0)], A("axis", 2)),
    ];

    // One step of a cell of one unit with all weights 1, biases 0 and state 0: gates see x = 1 only.
    private static OpCase[] Recurrence =>
    [
        new("RNN", 22, [F([1, 1, 1], 3), F([1, 1, 1], 1), F([1, 1, 1], 1)], [F([1, 1, 1, 1], 0.6f), F([1, 1, 1], 0.6f)], A("hidden_size", 1), OnnxAttribute.Of("activations", ["Affine"]),
            OnnxAttribute.Of("activation_alpha", [0.1f]), OnnxAttribute.Of("activation_beta", [0.3f])) { Tolerance = 1e-6 },
        new("RNN", 22, [F([1, 2, 1], 3, 9), F([1, 1, 1], 1), F([1, 1, 1], 1)], [F([1, 2, 1, 1], 3, 5), F([1, 1, 1], 5)], A("hidden_size", 1), A("layout", 1), A("clip", 5f), OnnxAttribute.Of("activations", ["Relu"])),
        new("LSTM", 22, [F([1, 1, 1], 1), F([1, 4, 1], 1, 1, 1, 1), F([1, 4, 1], 0, 0, 0, 0)], [null, F([1, 1, 1], 0.36960f), F([1, 1, 1], 0.55677f)], A("hidden_size", 1)) { Tolerance = 2e-5 },
        new("LSTM", 22, [F([1, 1, 1], 1), F([1, 4, 1], 1, 1, 1, 1), F([1, 4, 1], 0, 0, 0, 0), null, null, null, F([1, 1, 1], 2)], [null, null, F([1, 1, 1], 1.0946512f)], A("hidden_size", 1), A("input_forget", 1)) { Tolerance = 2e-5 },
    ];
}
