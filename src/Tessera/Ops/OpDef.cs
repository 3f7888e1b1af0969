namespace Tessera.Ops;

/// <summary>Turns one model node into primitives. Returns one value per output of the node (trailing unused outputs may be left out).</summary>
public delegate Lowered[] Lower(Lowering c);

/// <summary>Computes a node whose output shapes depend on its data. Inputs are contiguous; null where an optional input is absent.</summary>
public delegate Tensor[] Evaluate(Attributes a, IReadOnlyList<Tensor?> inputs);

/// <summary>An operator of a model format: since which version it holds, how it decomposes, and where that is specified.</summary>
/// <param name="Name">Operator type, e.g. "Gelu".</param>
/// <param name="Lower">Its decomposition for concrete shapes; null when <paramref name="Evaluate"/> is given.</param>
/// <param name="Source">Specification or paper, e.g. "ONNX Gelu-20; arXiv:1606.08415".</param>
/// <param name="Domain">"" is ai.onnx.</param>
/// <param name="Since">First opset version that this definition covers; the highest that is not above the model's version applies.</param>
/// <param name="Evaluate">For operators whose output shape depends on data: run on the CPU between two graphs, or while building when all inputs are constant.</param>
public sealed record OpDef(string Name, Lower? Lower, string Source, string Domain = "", int Since = 1, Evaluate? Evaluate = null)
{
    /// <summary>An operator whose output shape depends on its data.</summary>
    public static OpDef Dynamic(string name, Evaluate evaluate, string source, string domain = "", int since = 1) => new(name, null, source, domain, since, evaluate);
}
