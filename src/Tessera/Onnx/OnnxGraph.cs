namespace Tessera.Onnx;

/// <summary>Nodes over named values: the body of a model or of a control-flow operator.</summary>
public sealed class OnnxGraph
{
    private IReadOnlyList<OnnxNode> _nodes = [];
    private IReadOnlyList<OnnxValueInfo> _inputs = [];

    public string Name { get; init; } = "";

    public string Doc { get; init; } = "";

    /// <summary>In topological order once the model is read or validated.</summary>
    public IReadOnlyList<OnnxNode> Nodes { get => _nodes; init => _nodes = value; }

    /// <summary>Constants by name, in the file's order; sparse ones are stored dense.</summary>
    public IReadOnlyDictionary<string, Tensor> Initializers { get; init; } = new OrderedDictionary<string, Tensor>();

    /// <summary>All declared inputs; once the model is read or validated, those an initializer gives a default for say so.</summary>
    public IReadOnlyList<OnnxValueInfo> Inputs { get => _inputs; init => _inputs = value; }

    public IReadOnlyList<OnnxValueInfo> Outputs { get; init; } = [];

    /// <summary>Declared types of intermediate values.</summary>
    public IReadOnlyList<OnnxValueInfo> ValueInfos { get; init; } = [];

    /// <summary>What validation finds out: the nodes in order, and which inputs have defaults.</summary>
    internal void Settle(IReadOnlyList<OnnxNode> nodes)
    {
        _nodes = nodes;
        if (_inputs.Any(i => i.HasDefault != Initializers.ContainsKey(i.Name))) _inputs = [.. _inputs.Select(i => i with { HasDefault = Initializers.ContainsKey(i.Name) })];
    }
}
