using System.Runtime.CompilerServices;
using Tessera.Onnx;

namespace Tessera.Compiler;

/// <summary>Names that a body reads from outside itself.</summary>
internal static class FreeNames
{
    private static readonly ConditionalWeakTable<OnnxGraph, string[]> Known = [];

    public static string[] Of(OnnxGraph body) => Known.GetValue(body, Find);

    /// <summary>Names that a node reads: its inputs and what its bodies capture.</summary>
    public static IEnumerable<string> Of(OnnxNode node) => node.Inputs.Where(i => i.Length > 0).Concat(GraphValidation.Bodies(node).SelectMany(Of));

    private static string[] Find(OnnxGraph body)
    {
        HashSet<string> own = [.. body.Inputs.Select(i => i.Name), .. body.Initializers.Keys, .. body.Nodes.SelectMany(n => n.Outputs)];
        return [.. body.Nodes.SelectMany(Of).Concat(body.Outputs.Select(o => o.Name)).Where(n => !own.Contains(n)).Distinct()];
    }
}
