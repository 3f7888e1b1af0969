using Tessera.Onnx;
using Tessera.Ops;

namespace Tessera.Compiler;

/// <summary>Refuses a model with operators that are not supported, naming all of them at once.</summary>
public static class ModelCheck
{
    /// <exception cref="TesseraException">Unsupported, listing every operator that is not.</exception>
    public static void Run(OnnxModel model)
    {
        SortedDictionary<string, int>? unknown = null;
        Visit(model, model.Graph.Nodes, model.Opsets, ref unknown);
        if (model.HasFunctions) foreach (OnnxFunction f in model.Functions.Values) Visit(model, f.Nodes, f.Opsets.Count > 0 ? f.Opsets : model.Opsets, ref unknown);
        if (unknown is not null)
            throw new TesseraException(ErrorCode.Unsupported, $"The model uses {unknown.Count} operators that are not supported: {string.Join("; ", unknown.Select(u => $"{u.Key} ({u.Value}×)"))}. Export with standard operators, or add a definition (docs/add-an-op.md).");
    }

    private static void Visit(OnnxModel model, IEnumerable<OnnxNode> nodes, IReadOnlyDictionary<string, long> opsets, ref SortedDictionary<string, int>? unknown)
    {
        foreach (OnnxNode n in nodes)
        {
            foreach (OnnxGraph body in GraphValidation.Bodies(n)) Visit(model, body.Nodes, opsets, ref unknown);
            if (model.FunctionOf(n) is not null || (n.Domain.Length == 0 && n.OpType is "If" or "Loop" or "Scan" or "SequenceMap")) continue;
            string domain = n.Domain.Length == 0 ? "ai.onnx" : n.Domain;
            if (!opsets.TryGetValue(n.Domain, out long version)) version = n.Domain.Length == 0 ? 1 : long.MinValue;
            string? problem = OpTable.Find(n.Domain, n.OpType, (int)Math.Clamp(version, 1, int.MaxValue)) is not null ? null
                : OpTable.Find(n.Domain, n.OpType, int.MaxValue) is not null ? $"{domain}.{n.OpType} at version {version}" : $"{domain}.{n.OpType}";
            if (problem is not null) (unknown ??= [])[problem] = unknown.GetValueOrDefault(problem) + 1;
        }
    }
}
