using System.Collections.Immutable;
using Tessera.Engines.Reference;
using Tessera.Ir;

namespace Tessera;

/// <summary>Computes in float64 straight from the definitions: slow, on every machine, and what other engines are compared with.</summary>
public sealed class ReferenceEngine(EngineOptions? options = null) : Engine("reference", options)
{
    public override ValueTask<Compatibility> CheckCompatibilityAsync(CancellationToken cancel = default) => new(Compatibility.Yes("plain .NET"));

    protected internal override bool IsHost => true;

    protected internal override Executable Prepare(Graph graph, PrepareOptions options) => new ReferenceExecutable(graph, options.Pool);

    protected internal override Tensor[]? Fold(Node node) => ReferenceFolding.Fold(node);

    protected override EngineCapabilities Probe() => new(Parallel: false, Gpu: false, Distributed: false, Streaming: false, Threads: 1, MaxMemory: Pool.Budget,
        Precisions: DTypes.All, MaxBatch: 0, Features: ImmutableSortedDictionary<string, string>.Empty.Add("arithmetic", "float64"));
}
