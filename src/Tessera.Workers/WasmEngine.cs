using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Workers;

/// <summary>WebAssembly with 128-bit vectors.</summary>
/// <param name="host">"node", "deno", "chromium" or "firefox"; null for Node, else Deno.</param>
public sealed class WasmEngine(string? host = null, EngineOptions? options = null) : WorkerEngine("wasm", host, ["node", "deno"], options)
{
    private protected override string? Lacks(WorkerCapabilities c) => c.Wasm.Simd ? null : "its WebAssembly has no 128-bit vectors";

    private protected override Program Render(Graph graph, WorkerCapabilities c, out IReadOnlyList<PlanStep> plan) => Programs.Wasm(graph, out plan);

    protected override string? Refusal(Node node) => Programs.Refusal(node, KernelTarget.Wasm);

    private protected override IEnumerable<DType> Computes(WorkerCapabilities c) => Enum.GetValues<DType>().Where(t => KernelType.Reads(t) is not null);

    private protected override EngineCapabilities Describe(WorkerCapabilities c, EngineCapabilities common)
    {
        int threads = !c.Wasm.Threads ? 1 : Options.Threads > 0 ? Options.Threads : c.Processors;
        return common with { Parallel = threads > 1, Threads = threads, Features = common.Features.Add("simd", c.Wasm.RelaxedSimd ? "128-bit vectors, relaxed ones too" : "128-bit vectors") };
    }
}
