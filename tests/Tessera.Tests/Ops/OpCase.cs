using Tessera.Onnx;
using Tessera.Tests.Onnx;

namespace Tessera.Tests.Ops;

/// <summary>One call of an operator with known results. A null input is one left out; a null output is not looked at.</summary>
internal sealed record OpCase(string Op, int Opset, Tensor?[] In, Tensor?[] Out, params OnnxAttribute[] Attributes)
{
    public double Tolerance { get; init; } = 1e-6;

    public string Domain { get; init; } = "";

    public override string ToString() => $"{Op}-{Opset}({string.Join(", ", In.Select(t => t?.ToString() ?? "–"))}; {string.Join(", ", Attributes.Select(a => a.ToString()))})";

    /// <summary>The model of the one node; its operands are initializers, or inputs that are known only when it runs.</summary>
    public OnnxModel Model(bool constant)
    {
        List<OnnxValueInfo> inputs = [];
        OrderedDictionary<string, Tensor> initializers = [];
        for (int i = 0; i < In.Length; i++)
        {
            if (In[i] is not { } t) continue;
            if (constant) initializers[$"x{i}"] = t;
            else inputs.Add(new($"x{i}", new OnnxType.Tensor(t.Type, null)));
        }
        string[] outputs = [.. Enumerable.Range(0, Out.Length).Select(i => $"y{i}")];
        return new()
        {
            Opsets = Domain.Length == 0 ? Models.Opsets(("", Opset)) : Models.Opsets(("", 17), (Domain, Opset)),
            Graph = new()
            {
                Name = Op, Inputs = inputs, Initializers = initializers,
                Nodes = [new() { OpType = Op, Domain = Domain, Name = $"{Op}_y0", Inputs = [.. In.Select((t, i) => t is null ? "" : $"x{i}")], Outputs = outputs, Attributes = OnnxAttributes.Of(Attributes) }],
                Outputs = [.. outputs.Select(n => new OnnxValueInfo(n, OnnxType.Unknown.Instance))],
            },
        };
    }

    public Tensor[] Run(Engine engine, bool constant)
    {
        using Session s = engine.Compile(Model(constant));
        Dictionary<string, Value> inputs = [];
        if (!constant) for (int i = 0; i < In.Length; i++) if (In[i] is { } t) inputs[$"x{i}"] = t.Share();
        IReadOnlyDictionary<string, Value> r = s.Run(inputs);
        return [.. Enumerable.Range(0, Out.Length).Select(i => ((TensorValue)r[$"y{i}"]).Tensor)];
    }

    public void Check(Engine engine, bool constant)
    {
        Tensor[] got = Run(engine, constant);
        for (int i = 0; i < Out.Length; i++)
        {
            if (Out[i] is not { } want) continue;
            Assert.Equal(want.ToString(), got[i].ToString());
            if (want.Type == DType.String) Assert.Equal(want.Strings, got[i].Strings);
            else Near(Ir.Scalars.ToFloat64(want), Ir.Scalars.ToFloat64(got[i]), Tolerance);
        }
    }

    public static void Near(double[] want, double[] got, double tolerance)
    {
        for (int i = 0; i < want.Length; i++)
            Assert.True(want[i].Equals(got[i]) || want[i] == got[i] || Math.Abs(want[i] - got[i]) <= tolerance * (1 + Math.Abs(want[i])), $"element {i}: {got[i]} instead of {want[i]}");
    }
}

/// <summary>Short ways to write tensors and attributes in tables of cases.</summary>
internal static class Write
{
    public static Tensor F(params float[] v) => Tensor.From(v, [v.Length]);

    public static Tensor F(Shape s, params float[] v) => Tensor.From(v, s);

    public static Tensor L(params long[] v) => Tensor.From(v, [v.Length]);

    public static Tensor L(Shape s, params long[] v) => Tensor.From(v, s);

    public static Tensor N(params int[] v) => Tensor.From(v, [v.Length]);

    public static Tensor B(params bool[] v) => Tensor.From(v, [v.Length]);

    public static Tensor S(params string[] v) => Tensor.FromStrings(v, [v.Length]);

    public static Tensor T<T>(Shape s, params T[] v) => Tensor.From(v, s);

    public static OnnxAttribute A(string name, long v) => OnnxAttribute.Of(name, v);

    public static OnnxAttribute A(string name, float v) => OnnxAttribute.Of(name, v);

    public static OnnxAttribute A(string name, string v) => OnnxAttribute.Of(name, v);

    public static OnnxAttribute A(string name, params long[] v) => OnnxAttribute.Of(name, v);
}
