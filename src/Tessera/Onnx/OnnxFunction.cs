namespace Tessera.Onnx;

/// <summary>A function that the model itself defines: nodes that take the place of a call.</summary>
public sealed class OnnxFunction
{
    private readonly string _domain = "";
    private IReadOnlyList<OnnxNode> _nodes = [];

    public string Domain { get => _domain; init => _domain = OnnxDomain.Normalize(value); }

    public required string Name { get; init; }

    public string Overload { get; init; } = "";

    public string Doc { get; init; } = "";

    public IReadOnlyList<string> Inputs { get; init; } = [];

    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>Attributes without a default.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];

    public IReadOnlyDictionary<string, OnnxAttribute> DefaultAttributes { get; init; } = OnnxAttributes.None;

    /// <summary>In topological order once the model is read or validated.</summary>
    public IReadOnlyList<OnnxNode> Nodes { get => _nodes; init => _nodes = value; }

    public IReadOnlyList<OnnxValueInfo> ValueInfos { get; init; } = [];

    /// <summary>Operator-set versions by domain that the body relies on.</summary>
    public IReadOnlyDictionary<string, long> Opsets { get; init; } = new OrderedDictionary<string, long>();

    internal void Settle(IReadOnlyList<OnnxNode> nodes) => _nodes = nodes;

    public override string ToString() => Domain.Length > 0 ? $"{Domain}.{Name}" : Name;
}
