namespace Tessera.Onnx;

/// <summary>A model: its graph, its functions, and the operator sets they are written in.</summary>
/// <remarks>A model owns the tensors in it. Disposing it ends their life and closes the file they lie in; keep <see cref="Tensor.Share"/> of what must live longer.</remarks>
public sealed partial class OnnxModel : IDisposable
{
    private static readonly IReadOnlyDictionary<(string, string), OnnxFunction> s_none = new OrderedDictionary<(string, string), OnnxFunction>();

    private readonly IReadOnlyDictionary<(string, string), OnnxFunction>? _functions;

    public long IrVersion { get; init; } = 10;

    public string Producer { get; init; } = "";

    public string ProducerVersion { get; init; } = "";

    public string Domain { get; init; } = "";

    public long ModelVersion { get; init; }

    public string Doc { get; init; } = "";

    /// <summary>Operator-set versions by domain; "" is ONNX's own.</summary>
    public IReadOnlyDictionary<string, long> Opsets { get; init; } = new OrderedDictionary<string, long>();

    public required OnnxGraph Graph { get; init; }

    /// <summary>Model-local functions. An overload other than "" follows the name after a colon.</summary>
    public IReadOnlyDictionary<(string Domain, string Name), OnnxFunction> Functions
    {
        get => _functions ?? s_none;
        init => _functions = value.Count > 0 ? value : null;
    }

    /// <summary>Whether there are model-local functions: most models have none, and most nodes need not be looked up.</summary>
    internal bool HasFunctions => _functions is not null;

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new OrderedDictionary<string, string>();

    /// <summary>The function that <paramref name="node"/> calls, or null when it calls an operator.</summary>
    public OnnxFunction? FunctionOf(OnnxNode node) => _functions?.GetValueOrDefault((node.Domain, FunctionKey(node.OpType, node.Overload)));

    public void Dispose()
    {
        DisposeGraph(Graph);
        if (!HasFunctions) return;
        foreach (OnnxFunction f in Functions.Values)
        {
            DisposeAttributes(f.DefaultAttributes);
            DisposeNodes(f.Nodes);
        }
    }

    internal static string FunctionKey(string name, string overload) => overload.Length == 0 ? name : $"{name}:{overload}";

    private static void DisposeGraph(OnnxGraph graph)
    {
        foreach (Tensor t in graph.Initializers.Values) t.Dispose();
        DisposeNodes(graph.Nodes);
    }

    private static void DisposeNodes(IReadOnlyList<OnnxNode> nodes)
    {
        foreach (OnnxNode n in nodes) DisposeAttributes(n.Attributes);
    }

    private static void DisposeAttributes(IReadOnlyDictionary<string, OnnxAttribute> attributes)
    {
        foreach (OnnxAttribute a in attributes.Values)
        {
            if (a.RefAttribute is not null) continue;
            if (a.Kind == OnnxAttributeKind.Tensor) a.Tensor.Dispose();
            if (a.Kind == OnnxAttributeKind.Graph) DisposeGraph(a.Graph);
            if (a.Kind == OnnxAttributeKind.Tensors) foreach (Tensor t in a.Tensors) t.Dispose();
            if (a.Kind == OnnxAttributeKind.Graphs) foreach (OnnxGraph g in a.Graphs) DisposeGraph(g);
            if (a.Kind == OnnxAttributeKind.SparseTensor) { a.SparseTensor.Values.Dispose(); a.SparseTensor.Indices.Dispose(); }
            if (a.Kind == OnnxAttributeKind.SparseTensors) foreach (OnnxSparseTensor s in a.SparseTensors) { s.Values.Dispose(); s.Indices.Dispose(); }
        }
    }
}
