using Tessera.Onnx;

namespace Tessera.Lab;

/// <summary>Writes a small model down: inputs and constants of seeded values, nodes, outputs of stated shapes.</summary>
internal sealed class OpBuilder(long opset = 17)
{
    private readonly Random _random = new(1);
    private readonly List<OnnxValueInfo> _inputs = [], _outputs = [];
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<(string Name, Tensor Value)> _values = [];
    private readonly OrderedDictionary<string, Tensor> _constants = [];
    private readonly HashSet<string> _domains = [];

    /// <summary>An input of Float32 in −1…1.</summary>
    public OpBuilder In(string name, params long[] dims) => In(name, Floats(dims));

    public OpBuilder In(string name, Tensor value)
    {
        _inputs.Add(new(name, new OnnxType.Tensor(value.Type, [.. value.Shape.ToArray().Select(d => (OnnxDim)d)])));
        _values.Add((name, value));
        return this;
    }

    /// <summary>A constant of Float32 in −1…1.</summary>
    public OpBuilder Const(string name, params long[] dims) => Const(name, Floats(dims));

    public OpBuilder Const(string name, Tensor value)
    {
        _constants[name] = value;
        return this;
    }

    public OpBuilder Node(string op, string inputs, string outputs, params ReadOnlySpan<OnnxAttribute> attributes) => Node("", op, inputs, outputs, attributes);

    /// <param name="inputs">Names with a space between; "-" for one left out.</param>
    public OpBuilder Node(string domain, string op, string inputs, string outputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        if (domain.Length > 0) _domains.Add(domain);
        _nodes.Add(new() { Name = $"{op}:{outputs}", OpType = op, Domain = domain, Inputs = [.. inputs.Split(' ').Select(n => n == "-" ? "" : n)], Outputs = [.. outputs.Split(' ').Select(n => n == "-" ? "" : n)], Attributes = OnnxAttributes.Of(attributes) });
        return this;
    }

    public OpBuilder Out(string name, params long[] dims) => Out(name, DType.Float32, dims);

    public OpBuilder Out(string name, DType type, params long[] dims)
    {
        _outputs.Add(new(name, new OnnxType.Tensor(type, [.. dims.Select(d => (OnnxDim)d)])));
        return this;
    }

    public OpModel Build()
    {
        OrderedDictionary<string, long> opsets = new() { [""] = opset };
        foreach (string d in _domains) opsets[d] = 1;
        return new(new() { IrVersion = 10, Opsets = opsets, Graph = new() { Name = "bench", Inputs = _inputs, Outputs = _outputs, Nodes = _nodes, Initializers = _constants } }, _values);
    }

    /// <summary>Float32 uniform in −1…1.</summary>
    public Tensor Floats(params long[] dims)
    {
        Tensor t = Tensor.Empty(DType.Float32, Shape.Of(dims));
        foreach (ref float v in t.Span<float>()) v = _random.NextSingle() * 2 - 1;
        return t;
    }

    public Tensor Halves(params long[] dims)
    {
        Tensor t = Tensor.Empty(DType.Float16, Shape.Of(dims));
        foreach (ref Half v in t.Span<Half>()) v = (Half)(_random.NextSingle() * 2 - 1);
        return t;
    }

    /// <summary>UInt8 of the whole range.</summary>
    public Tensor Bytes(params long[] dims)
    {
        Tensor t = Tensor.Empty(DType.UInt8, Shape.Of(dims));
        _random.NextBytes(t.Span<byte>());
        return t;
    }

    /// <summary>Int8 in −64…63: two products with UInt8 then fit 16 bits, so that peers whose instruction saturates there are right too.</summary>
    public Tensor Signed(params long[] dims)
    {
        Tensor t = Tensor.Empty(DType.Int8, Shape.Of(dims));
        foreach (ref sbyte v in t.Span<sbyte>()) v = (sbyte)_random.Next(-64, 64);
        return t;
    }

    /// <summary>Int64 from 0 up to <paramref name="below"/>.</summary>
    public Tensor Indices(long below, params long[] dims)
    {
        Tensor t = Tensor.Empty(DType.Int64, Shape.Of(dims));
        foreach (ref long v in t.Span<long>()) v = _random.NextInt64(below);
        return t;
    }

    public static Tensor Longs(params long[] values) => Tensor.From(values, [values.Length]);
}
