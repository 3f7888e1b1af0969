using System.Diagnostics.CodeAnalysis;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Ops;

namespace Tessera.Compiler;

/// <summary>Results of model nodes that depend on the model alone, kept across plans so that weights computed in the graph are computed once.</summary>
/// <remarks>Locked by the one specialisation at a time that uses it.</remarks>
internal sealed class FoldedConstants
{
    private readonly Dictionary<OnnxNode, Tensor[]> _results = [];
    private readonly HashSet<Tensor> _own = new(ReferenceEqualityComparer.Instance);

    public bool TryGet(OnnxNode node, [NotNullWhen(true)] out Lowered[]? results, GraphBuilder graph)
    {
        results = _results.TryGetValue(node, out Tensor[]? t) ? [.. t.Select(v => (Lowered)graph.Const(v))] : null;
        return results is not null;
    }

    /// <summary>Whether the node's results were kept: its inputs depend on the model alone and all its results are constants.</summary>
    public bool Keep(OnnxNode node, Lowered?[] inputs, Lowered[] results, Func<string, bool> isInitializer)
    {
        for (int i = 0; i < inputs.Length; i++)
            if (inputs[i] is { } v && !(isInitializer(node.Inputs[i]) && v is Lowered.Tensor { Node.Op: GraphOp.Const }) && !(v is Lowered.Tensor { Node.Constant: { } c } && _own.Contains(c))) return false;
        if (GraphValidation.Bodies(node).Any() || !results.All(r => r is Lowered.Tensor { Node.Op: GraphOp.Const })) return false;
        Tensor[] values = [.. results.Select(r => ((Lowered.Tensor)r).Node.Constant!)];
        _own.UnionWith(values);
        return _results.TryAdd(node, values);
    }

    /// <summary>Forgets the results of a node whose consumers are all kept themselves: nobody asks for them again.</summary>
    public void Drop(OnnxNode node) => _results[node] = [];
}
