using Tessera.Onnx;
using static Tessera.Tests.Ops.Write;

namespace Tessera.Tests.Ops;

/// <summary>What ONNX 1.12's data does not show: newer and much older versions, empty tensors, unusual types. Expectations are worked out by hand.</summary>
internal static class OpCases
{
    private const float Inf = float.PositiveInfinity, NaN = float.NaN;

    public static OpCase[] All { get; } =
    [
        .. Activations, .. Elementwise, .. Conversions, .. Reductions, .. Movement, .. Indexing, .. Contractions, .. NnCases.All, .. ContribCases.All,
    ];

    private static OpCase[] Activations =>
    [
        new("Gelu", 20, [F(-1, 0, 1)], [F(-0.15865525f, 0, 0.8413447f)]),
        new("Gelu", 20, [F(-1, 0, 1)], [F(-0.158808f, 0, 0.841192f)], A("approximate", "tanh")),
        new("Mish", 18, [F(0, 1, -1, 100, -100)], [F(0, 0.86509836f, -0.3034015f, 100, 0)]),
        new("HardSwish", 14, [F(-4, 0, 1, 4)], [F(0, 0, 2f / 3, 4)]),
        new("Swish", 24, [F(1, -1)], [F(0.8807971f, -0.11920292f)], A("alpha", 2f)),
        new("Softplus", 22, [F(-30, 0, 30, Inf, -Inf)], [F(9.3576e-14f, 0.6931472f, 30, Inf, 0)]),
        new("Relu", 14, [N(-3, 0, 3)], [N(0, 0, 3)]),
        new("Relu", 6, [F(NaN, -1)], [F(NaN, 0)]),
        new("PRelu", 6, [F([1, 2, 2, 1], -1, 1, -1, 1), F(0.5f, 2)], [F([1, 2, 2, 1], -0.5f, 1, -2, 1)]),
        new("PRelu", 16, [F([2, 2], -1, -1, 1, -1), F(0.5f, 2)], [F([2, 2], -0.5f, -2, 1, -2)]),
        new("Clip", 6, [F(-2, 0.5f, 2)], [F(-1, 0.5f, 1)], A("min", -1f), A("max", 1f)),
        new("Clip", 13, [N(-5, 5, 50), null, T<int>([], 7)], [N(-5, 5, 7)]),
        new("Clip", 13, [T<byte>([3], 1, 100, 200), T<byte>([], 50), null], [T<byte>([3], 50, 100, 200)]),
        new("Shrink", 9, [N(-3, -1, 0, 1, 3)], [N(-2, 0, 0, 0, 2)], A("lambd", 1.5f), A("bias", 1f)),
        new("Softmax", 11, [F([1, 2, 2], 1, 1, 1, 1)], [F([1, 2, 2], 0.25f, 0.25f, 0.25f, 0.25f)]),
        new("Softmax", 13, [F([1, 2, 2], 1, 1, 1, 1)], [F([1, 2, 2], 0.5f, 0.5f, 0.5f, 0.5f)], A("axis", 1)),
        new("Hardmax", 13, [F([2, 3], 1, 3, 3, 2, 0, 1)], [F([2, 3], 0, 1, 0, 1, 0, 0)]),
        new("Hardmax", 11, [F([1, 2, 2], 1, 1, 5, 1)], [F([1, 2, 2], 0, 0, 1, 0)]),
    ];

    private static OpCase[] Elementwise =>
    [
        new("Add", 6, [F([2, 3, 1], 0, 1, 2, 3, 4, 5), F(10, 20)], [F([2, 3, 1], 10, 11, 12, 23, 24, 25)], A("broadcast", 1), A("axis", 0)),
        new("Greater", 6, [F([2, 2], 1, 2, 3, 4), F(2, 3)], [T<bool>([2, 2], false, false, true, true)], A("broadcast", 1)),
        new("BitwiseAnd", 18, [N(12, -1), N(10, 5)], [N(8, 5)]),
        new("BitwiseOr", 18, [N(12), N(10, 1)], [N(14, 13)]),
        new("BitwiseXor", 18, [T<byte>([2], 12, 255), T<byte>([2], 10, 1)], [T<byte>([2], 6, 254)]),
        new("BitwiseNot", 18, [T<byte>([2], 0, 254)], [T<byte>([2], 255, 1)]),
        new("Pow", 15, [N(4, 9), F(0.5f)], [N(2, 3)]),
        new("Pow", 15, [F(2, -2), L(3, 3)], [F(8, -8)]),
        new("Mod", 13, [N(-7, 7, -7), N(3, -3, -3)], [N(2, -2, -1)]),
        new("Mod", 13, [F(-7.5f, 7.5f), F(3, -3)], [F(-1.5f, 1.5f)], A("fmod", 1)),
        new("Div", 14, [N(-7, 7), N(2)], [N(-3, 3)]),
        new("Max", 13, [L(1, 5), L(3), L(2, 9)], [L(3, 9)]),
        new("Mean", 13, [F(1, 2), F(3)], [F(2, 2.5f)]),
        new("Equal", 19, [S("a", "b"), S("a")], [B(true, false)]),
        new("Equal", 13, [B(true, false), B(true, true)], [B(true, false)]),
        new("Where", 16, [B(true, false), S("a"), S("x", "y")], [S("a", "y")]),
        new("IsInf", 20, [T<Half>([3], Half.PositiveInfinity, Half.NegativeInfinity, (Half)1)], [B(true, false, false)], A("detect_negative", 0)),
        new("IsNaN", 20, [T<BFloat16>([2], (BFloat16)NaN, (BFloat16)1f)], [B(true, false)]),
        new("Sign", 13, [L(-4, 0, 4)], [L(-1, 0, 1)]),
        new("Round", 22, [F(0.5f, 1.5f, 2.5f, -0.5f)], [F(0, 2, 2, 0)]),
        new("Add", 14, [F([0, 3]), F(1, 2, 3)], [F([0, 3])]),
        new("Mul", 14, [F([], 3), F([], 4)], [F([], 12)]),
    ];

    private static OpCase[] Conversions =>
    [
        new("Cast", 13, [F(1, 0.1f, 1e20f, 1e-5f, NaN, -Inf, -0f, 123456, 16777216, 1.5e-4f)],
            [S("1.0", "0.1", "1e+20", "1e-05", "nan", "-inf", "-0.0", "123456.0", "16777216.0", "0.00015")], A("to", 8)),
        new("Cast", 13, [T<double>([3], 1e16, 123456789.125, 1e15)], [S("1e+16", "123456789.125", "1000000000000000.0")], A("to", 8)),
        new("Cast", 13, [B(true, false)], [S("True", "False")], A("to", 8)),
        new("Cast", 13, [T<ulong>([1], ulong.MaxValue)], [S("18446744073709551615")], A("to", 8)),
        new("Cast", 13, [S("3.5", "1e-3", "INF", "-inf", "NaN", " 7 ")], [F(3.5f, 1e-3f, Inf, -Inf, NaN, 7)], A("to", 1)),
        new("Cast", 13, [S("-12", "9223372036854775807")], [L(-12, long.MaxValue)], A("to", 7)),
        new("Cast", 13, [S("0", "1", "True")], [B(false, true, true)], A("to", 9)),
        new("Cast", 5, [F(1.9f, -1.9f)], [N(1, -1)], A("to", "INT32")),
        new("Cast", 19, [F(0, -0f, 0.5f, NaN)], [B(false, false, true, true)], A("to", 9)),
        new("CastLike", 19, [F(1.9f), L(0)], [L(1)]),
    ];

    private static OpCase[] Reductions =>
    [
        new("ReduceMax", 20, [T<bool>([2, 2], true, false, false, false), L(1)], [B(true, false)], A("keepdims", 0)),
        new("ReduceMin", 20, [T<bool>([2, 2], true, true, true, false), L(1)], [B(true, false)], A("keepdims", 0)),
        new("ReduceMax", 18, [F([2, 0, 3]), L(1)], [F([2, 1, 3], -Inf, -Inf, -Inf, -Inf, -Inf, -Inf)]),
        new("ReduceMin", 18, [N(), L(0)], [T<int>([], int.MaxValue)], A("keepdims", 0)),
        new("ReduceProd", 18, [F([2, 0]), L(1)], [F([2, 1], 1, 1)]),
        new("ReduceSum", 13, [F([2, 0]), L(-1)], [F(0, 0)], A("keepdims", 0)),
        new("ReduceLogSumExp", 18, [F([2, 0]), L(1)], [F(-Inf, -Inf)], A("keepdims", 0)),
        new("ReduceLogSumExp", 18, [F(1000, 1000)], [F([], 1000.6931f)], A("keepdims", 0)),
        new("ReduceLogSumExp", 18, [F(-Inf, -Inf)], [F([], -Inf)], A("keepdims", 0)),
        new("ReduceL1", 18, [F(-1, 2)], [F(1, 2)], A("noop_with_empty_axes", 1)),
        new("ReduceSumSquare", 18, [F(-1, 2), L()], [F(1, 4)], A("noop_with_empty_axes", 1)),
        new("ReduceSum", 13, [F([2, 2], 1, 2, 3, 4), L()], [F([1, 1], 10)]),
        new("ReduceL2", 18, [N(3, 4)], [N(5)]),
        new("ReduceMean", 18, [T<Half>([2], (Half)60000, (Half)60000)], [T<Half>([1], (Half)60000)]) { Tolerance = 1e-3 },
        new("ReduceSum", 13, [F([], 5)], [F([], 5)]),
        new("ArgMax", 13, [F([1, 4], 1, 3, 3, 2)], [L(2)], A("axis", 1), A("keepdims", 0), A("select_last_index", 1)),
        new("CumSum", 14, [N(1, 2, 3), T<int>([], -1)], [N(5, 3, 0)], A("exclusive", 1), A("reverse", 1)),
    ];

    private static OpCase[] Movement =>
    [
        new("Split", 18, [F(1, 2, 3, 4, 5)], [F(1, 2), F(3, 4), F(5)], A("num_outputs", 3)),
        new("Split", 2, [F(1, 2, 3)], [F(1), F(2, 3)], A("split", [1, 2])),
        new("Reshape", 14, [F([0, 3]), L(0, 0)], [F([0, 0])], A("allowzero", 1)),
        new("Reshape", 14, [F([0, 3]), L(0, -1)], [F([0, 3])]) { Tolerance = 0 },
        new("Reshape", 4, [F([2, 3], 1, 2, 3, 4, 5, 6)], [F([3, 2], 1, 2, 3, 4, 5, 6)], A("shape", [-1, 2])),
        new("Reshape", 14, [S("a", "b"), L(2, 1)], [T<string>([2, 1], "a", "b")]),
        new("Shape", 15, [F([2, 3, 4], new float[24])], [L(3)], A("start", -2), A("end", -1)),
        new("Size", 23, [F([2, 0])], [L([], 0)]),
        new("Pad", 18, [F([2, 2], 1, 2, 3, 4), L(1, 0), null, L(1)], [F([2, 3], 0, 1, 2, 0, 3, 4)]),
        new("Pad", 19, [F(1, 2, 3), L(4, 1)], [F(3, 1, 2, 3, 1, 2, 3, 1)], A("mode", "wrap")),
        new("Pad", 13, [F(1, 2, 3, 4), L(-1, 2), F([], 9)], [F(2, 3, 4, 9, 9)]),
        new("Pad", 1, [F([1, 2], 1, 2)], [F([1, 4], 5, 1, 2, 5)], A("paddings", [0, 1, 0, 1]), A("value", 5f)),
        new("CenterCropPad", 18, [F(1, 2, 3, 4, 5), L(2)], [F(2, 3)]),
        new("CenterCropPad", 18, [F([2, 2], 1, 2, 3, 4), L(1, 5)], [F([1, 5], 0, 1, 2, 0, 0)], A("axes", [0, 1])),
        new("Slice", 13, [F(0, 1, 2, 3, 4), L(-1), L(long.MinValue), L(0), L(-2)], [F(4, 2, 0)]),
        new("Slice", 13, [F(0, 1, 2), L(5), L(9)], [F()]),
        new("Slice", 9, [F([2, 3], 0, 1, 2, 3, 4, 5)], [F([2, 2], 1, 2, 4, 5)], A("starts", [1]), A("ends", [1000]), A("axes", [1])),
        new("Tile", 13, [N(1, 2), L(0)], [N()]),
        new("Tile", 13, [T<long>([1, 2], 1, 2), L(2, 2)], [T<long>([2, 4], 1, 2, 1, 2, 1, 2, 1, 2)]),
        new("Expand", 13, [F([2, 1], 1, 2), L(1, 3)], [F([2, 3], 1, 1, 1, 2, 2, 2)]),
        new("Concat", 13, [F([0, 2]), F([1, 2], 1, 2)], [F([1, 2], 1, 2)], A("axis", -2)),
        new("Concat", 13, [S("a"), S("b", "c")], [S("a", "b", "c")], A("axis", 0)),
        new("Range", 11, [T<short>([], 5), T<short>([], 0), T<short>([], -2)], [T<short>([3], 5, 3, 1)]),
        new("Range", 11, [F([], 1), F([], 2), F([], 0.3f)], [F(1, 1.3f, 1.6f, 1.9f)]),
        new("Range", 11, [L([], 3), L([], 3), L([], 1)], [L()]),
        new("Range", 11, [L([], long.MinValue), L([], long.MaxValue), L([], long.MaxValue)], [L(long.MinValue, -1, long.MaxValue - 1)]),
        new("Range", 11, [L([], long.MaxValue), L([], long.MinValue), L([], long.MinValue)], [L(long.MaxValue, -1)]),
        new("Range", 11, [L([], 3), L([], 5), L([], -1)], [L()]),
        new("ConstantOfShape", 9, [L()], [F([], 0)]),
        new("Constant", 13, [], [F(1.5f, -2)], OnnxAttribute.Of("value_floats", [1.5f, -2f])),
        new("Constant", 13, [], [L(7, 8)], A("value_ints", [7, 8])),
        new("Constant", 13, [], [L([], 7)], A("value_int", 7)),
        new("Constant", 13, [], [S("a", "b")], OnnxAttribute.Of("value_strings", (string[])["a", "b"])),
        new("Constant", 13, [], [F([2, 2], 0, 3, 0, 0)], OnnxAttribute.Of("sparse_value", new OnnxSparseTensor(F(3), L(1), [2, 2]))),
        new("EyeLike", 9, [Tensor.Zeros(DType.Int32, [2, 3])], [F([2, 3], 0, 1, 0, 0, 0, 1)], A("dtype", 1), A("k", 1)),
        new("Col2Im", 18, [F([1, 4, 4], [.. Enumerable.Repeat(1f, 16)]), L(3, 3), L(2, 2)], [F([1, 1, 3, 3], 1, 2, 1, 2, 4, 2, 1, 2, 1)]),
        new("Col2Im", 18, [F([1, 4, 4], [.. Enumerable.Range(1, 16).Select(i => (float)i)]), L(2, 2), L(2, 2)], [F([1, 1, 2, 2], 13, 10, 7, 4)], A("pads", [1, 1, 1, 1]), A("strides", [2, 2])),
        new("OptionalHasElement", 18, [null], [T<bool>([], false)]),
        new("OptionalGetElement", 18, [F(1, 2)], [F(1, 2)]),
    ];

    private static OpCase[] Indexing =>
    [
        new("ScatterND", 18, [F(1, 2, 3), L([2, 1], 1, 1), F(5, 4)], [F(1, 5, 3)], A("reduction", "max")),
        new("ScatterND", 18, [F(1, 2, 3), L([2, 1], 1, -1), F(1, 9)], [F(1, 1, 3)], A("reduction", "min")),
        new("ScatterElements", 18, [F(1, 2, 3), L(0, 0, 2), F(7, 5, 1)], [F(7, 2, 3)], A("reduction", "max")),
        new("ScatterElements", 16, [N(2, 2, 2), L(-1, -1), N(3, 4)], [N(2, 2, 24)], A("reduction", "mul")),
        new("Gather", 13, [S("a", "b", "c"), L(-1, 0)], [S("c", "a")]),
        new("Gather", 13, [F([0, 2]), L()], [F([0, 2])]),
        new("TensorScatter", 24, [F([1, 3, 1], 0, 0, 0), F([1, 2, 1], 5, 6), L(1)], [F([1, 3, 1], 0, 5, 6)]),
        new("TensorScatter", 24, [F([2, 3, 1], 0, 0, 0, 0, 0, 0), F([2, 2, 1], 5, 6, 7, 8), L(2, 0)], [F([2, 3, 1], 6, 0, 5, 7, 8, 0)], A("mode", "circular")),
        new("TopK", 11, [L(3, 1, 2), L(2)], [L(1, 2), L(1, 2)], A("largest", 0)),
        new("TopK", 1, [F([2, 2], 1, 2, 4, 3)], [F([2, 1], 2, 4), L([2, 1], 1, 0)], A("k", 1)),
        new("OneHot", 11, [L(0, -1, 5), L([], 3), S("off", "on")], [T<string>([3, 3], "on", "off", "off", "off", "off", "on", "off", "off", "off")]),
        new("NonZero", 13, [T<bool>([2, 2], true, false, true, true)], [L([2, 3], 0, 1, 1, 0, 0, 1)]),
        new("NonZero", 13, [F([], 1)], [Tensor.Zeros(DType.Int64, [0, 1])]),
        new("Compress", 11, [S("a", "b", "c"), B(false, true)], [S("b")], A("axis", 0)),
        new("Unique", 11, [S("b", "a", "b")], [S("b", "a"), L(0, 1), L(0, 1, 0), L(2, 1)], A("sorted", 0)),
        new("Trilu", 14, [T<bool>([2, 2], true, true, true, true), L([], 1)], [T<bool>([2, 2], false, true, false, false)]),
    ];

    private static OpCase[] Contractions =>
    [
        new("MatMul", 13, [F([2, 0]), F([0, 3])], [F([2, 3], 0, 0, 0, 0, 0, 0)]),
        new("MatMul", 13, [L(1, 2), L(3, 4)], [L([], 11)]),
        new("Gemm", 6, [F([1, 2], 1, 2), F([2, 2], 1, 2, 3, 4), F(10, 20)], [F([1, 2], 17, 30)], A("broadcast", 1)),
        new("Gemm", 13, [F([2, 1], 1, 2), F([2, 2], 1, 2, 3, 4), F([], 1)], [F([1, 2], 15, 21)], A("transA", 1), A("alpha", 2f)),
        new("MatMulInteger", 10, [T<byte>([2, 2], 1, 2, 3, 4), T<sbyte>([2, 1], 1, -1), T<byte>([2], 1, 2), null], [T<int>([2, 1], -1, -1)]),
        new("MatMulInteger", 10, [T<byte>([1, 2], 1, 2), T<byte>([2, 2], 1, 2, 3, 4), null, T<byte>([2], 1, 2)], [T<int>([1, 2], 4, 4)]),
        new("Det", 11, [F([2, 2, 2], 0, 1, 1, 0, 2, 0, 0, 3)], [F(-1, 6)]),
        new("Det", 11, [T<double>([1, 1], 7)], [T<double>([], 7)]),
    ];
}
