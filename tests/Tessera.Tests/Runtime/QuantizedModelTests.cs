using Tessera.Ir;
using Tessera.Onnx;
using static Tessera.Tests.Runtime.Build;

namespace Tessera.Tests.Runtime;

/// <summary>Models of QuantizeLinear and DequantizeLinear around products compute with integers and give what real numbers give.</summary>
public sealed class QuantizedModelTests
{
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<(string, Tensor)> _constants = [];
    private readonly Random _random = Seeds.Random();
    private readonly bool _exact;
    private int _names;

    public QuantizedModelTests() => _exact = _random.Next(2) == 0;

    // Scales that are powers of two make every step exact, so that both engines must agree on every bit.
    private float Scale(bool exact) => exact ? MathF.ScaleB(1, _random.Next(-6, -2)) : (float)_random.NextDouble() * 0.1f + 0.01f;

    private string Constant(Tensor t)
    {
        _constants.Add(($"c{++_names}", t));
        return $"c{_names}";
    }

    private string Add(string op, string inputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        _nodes.Add(Node(op, inputs, $"v{++_names}", attributes));
        return $"v{_names}";
    }

    private string Quantized(string x, bool exact, out string parameters)
    {
        parameters = $"{Constant(Tensor.From([Scale(exact)], Shape.Scalar))} {Constant(Tensor.From([(byte)_random.Next(256)], Shape.Scalar))}";
        return Add("QuantizeLinear", $"{x} {parameters}");
    }

    private string Real(string x, bool exact) => Quantized(x, exact, out string p) is var q ? Add("DequantizeLinear", $"{q} {p}") : "";

    private string Weights(bool exact, int axis, params long[] shape)
    {
        int n = (int)Shape.Of(shape).Count, channels = (int)shape[axis];
        string w = Constant(Tensor.From([.. Enumerable.Range(0, n).Select(_ => (sbyte)_random.Next(-127, 128))], Shape.Of(shape)));
        string s = Constant(Tensor.From([.. Enumerable.Range(0, channels).Select(_ => Scale(exact))], [channels])), z = Constant(Tensor.From(new sbyte[channels], [channels]));
        return Add("DequantizeLinear", $"{w} {s} {z}", OnnxAttribute.Of("axis", (long)axis));
    }

    private void Check(string y, long[] input, double tolerance, params string[] kernels)
    {
        _nodes.Add(Node("Identity", y, "y"));
        OnnxModel model = Model(Graph([Value("x", DType.Float32, [.. input.Select(d => (OnnxDim)d)])], [Any("y", DType.Float32)], [.. _nodes], [.. _constants]));
        using ReferenceEngine reference = new();
        using CpuEngine cpu = new();
        using Session expected = reference.Compile(model), actual = cpu.Compile(model);
        // Inputs lie well inside the steps of the first scale: which step they fall into is no matter of rounding.
        double step = Scalars.ToFloat64(_constants[0].Item2)[0];
        Tensor x = Tensor.From([.. Enumerable.Range(0, (int)Shape.Of(input).Count).Select(_ => (float)((_random.Next(-200, 200) + _random.NextDouble() * 0.6 - 0.3) * step))], Shape.Of(input));
        double[] e = Scalars.ToFloat64(expected.Run(x)[0]), a = Scalars.ToFloat64(actual.Run(x)[0]);
        Assert.Equal(e.Length, a.Length);
        for (int i = 0; i < e.Length; i++) Assert.True(Math.Abs(e[i] - a[i]) <= tolerance, $"element {i}: {a[i]:R} instead of {e[i]:R}");
        string[] ran = [.. actual.Stages[0].Executable.Plan.Select(s => s.Kernel)];
        foreach (string k in kernels) Assert.Contains(k, ran);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Convolution_bias_activation(bool exact)
    {
        string x = Real("x", exact), w = Weights(exact, 0, 9, 5, 3, 3), b = Constant(Tensor.From([.. Enumerable.Range(0, 9).Select(i => i * 0.25f - 1)], [9]));
        string y = Add("Relu", Add("Conv", $"{x} {w} {b}", OnnxAttribute.Of("pads", [1L, 1L, 1L, 1L])));
        string q = Quantized(y, exact, out string p);
        float step = Scalars.ToFloat64(_constants[^2].Item2)[0] is var s ? (float)s : 0;
        Check(Add("DequantizeLinear", $"{q} {p}"), [1, 5, 11, 13], exact ? 0 : 1.001 * step, "conv int8");
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Depthwise_convolution_activation(bool exact)
    {
        string x = Real("x", exact), w = Weights(exact, 0, 5, 1, 3, 3);
        string y = Add("Relu", Add("Conv", $"{x} {w}", OnnxAttribute.Of("pads", [1L, 1L, 1L, 1L]), OnnxAttribute.Of("group", 5L)));
        string q = Quantized(y, exact, out string p);
        float step = (float)Scalars.ToFloat64(_constants[^2].Item2)[0];
        Check(Add("DequantizeLinear", $"{q} {p}"), [2, 5, 11, 13], exact ? 0 : 1.001 * step, "conv depthwise int8");
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Pooled_flattened_and_multiplied(bool exact)
    {
        string first = Quantized("x", exact, out string p), x = Add("DequantizeLinear", $"{first} {p}"), pooled = Add("MaxPool", x, OnnxAttribute.Of("kernel_shape", [2L, 2L]), OnnxAttribute.Of("strides", [2L, 2L]));
        string flat = Add("Flatten", Add("DequantizeLinear", $"{Add("QuantizeLinear", $"{pooled} {p}")} {p}")), w = Weights(exact, 0, 14, 30), b = Constant(Tensor.From([.. Enumerable.Range(0, 14).Select(i => i * 0.5f)], [14]));
        string y = Add("Gemm", $"{flat} {w} {b}", OnnxAttribute.Of("transB", 1L));
        // 30 terms of up to 255·0.11 and 127·0.11, each rounded once or twice.
        Check(y, [3, 5, 4, 6], exact ? 0 : 30 * 28.0 * 14 * 4 * 6e-8, "matmul int8");
    }

    [Fact]
    public void A_residual_of_two_quantised_branches()
    {
        string x = Real("x", true), w = Weights(true, 0, 5, 5, 1, 1);
        string branch = Real(Add("Conv", $"{x} {w}"), true);
        Check(Real(Add("Relu", Add("Add", $"{branch} {x}")), true), [2, 5, 7, 9], 0, "conv int8");
    }

    [Fact]
    public void Two_quantised_inputs()
    {
        string q = Quantized("x", _exact, out string p), a = Add("DequantizeLinear", $"{q} {p}");
        string other = $"{p.Split(' ')[0]} {Constant(Tensor.From([(byte)_random.Next(256)], Shape.Scalar))}", r = Add("QuantizeLinear", $"{Add("Neg", "x")} {other}");
        string b = Add("Transpose", Add("DequantizeLinear", $"{r} {other}"), OnnxAttribute.Of("perm", [0L, 2L, 1L]));
        // 33 terms of up to 28·28.
        Check(Add("MatMul", $"{a} {b}"), [2, 10, 33], _exact ? 1e-12 : 33 * 28.0 * 28 * 4 * 6e-8, "matmul int8");
    }
}
