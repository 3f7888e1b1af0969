using System.Collections.Immutable;
using Tessera.Engines.Interpreter;
using Tessera.Engines.Reference;
using Tessera.Ir;

namespace Tessera;

/// <summary>Runs the kernels that other devices are given, by interpreting them: a device that every machine has, and that checks each access. Slow; for tests.</summary>
public sealed class InterpreterEngine(EngineOptions? options = null) : Engine("interpreter", options)
{
    public override ValueTask<Compatibility> CheckCompatibilityAsync(CancellationToken cancel = default) => new(Compatibility.Yes("needs nothing"));

    protected internal override bool IsHost => true;

    protected internal override Executable Prepare(Graph graph, PrepareOptions options) => new InterpreterExecutable(graph, options.Pool);

    protected internal override Tensor[]? Fold(Node node) => ReferenceFolding.Fold(node);

    protected internal override string? Refusal(Node node) => Programs.Refusal(node, Kernels.KernelTarget.Interpreter);

    protected override EngineCapabilities Probe() =>
        new(Parallel: false, Gpu: false, Distributed: false, Streaming: false, 1, Pool.Budget, [.. Enum.GetValues<DType>().Where(t => Kernels.KernelType.Reads(t) is not null)], MaxBatch: 0, ImmutableSortedDictionary<string, string>.Empty);
}
