using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Workers;

/// <summary>WebGPU.</summary>
/// <param name="host">"deno", "chromium" or "firefox"; null for the first of them that has an adapter.</param>
public sealed class WebGpuEngine(string? host = null, EngineOptions? options = null) : WorkerEngine("webgpu", host, ["deno", "chromium", "firefox"], options)
{
    private protected override string? Lacks(WorkerCapabilities c) => c.Webgpu.Available ? null : c.Webgpu.Reason ?? "there is no adapter";

    private protected override Program Render(Graph graph, WorkerCapabilities c, out IReadOnlyList<PlanStep> plan) => Programs.WebGpu(graph, TargetOf(c), out plan);

    protected override string? Refusal(Node node) => Programs.Refusal(node, Worker is { } w ? TargetOf(w.Start(default)) : KernelTarget.WebGpu);

    /// <summary>With as many buffers to a kernel as the adapter binds: every one binds eight.</summary>
    private static KernelTarget TargetOf(WorkerCapabilities c) =>
        c.Webgpu.Limits is { } limits && limits.TryGetValue("maxStorageBuffersPerShaderStage", out double most) ? KernelTarget.WebGpu with { MostBuffers = (int)Math.Clamp(most, KernelTarget.WebGpu.MostBuffers, int.MaxValue) } : KernelTarget.WebGpu;

    private protected override IEnumerable<DType> Computes(WorkerCapabilities c) => Enum.GetValues<DType>().Where(t => KernelType.Reads(t) is not null);

    private protected override EngineCapabilities Describe(WorkerCapabilities c, EngineCapabilities common) => common with
    {
        Parallel = true,
        Gpu = !c.Webgpu.Software,
        MaxMemory = c.Webgpu.Limits is { } limits && limits.TryGetValue("maxBufferSize", out double bytes) ? Math.Min(common.MaxMemory, (long)bytes) : common.MaxMemory,
        Features = common.Features.Add(EngineCapabilities.Device, c.Webgpu.Name ?? "").Add("f16", c.Webgpu.Features is { } features && features.Contains("shader-f16") ? "yes" : "no")
            .Add("subgroups", c.Webgpu.Features is { } f && f.Contains("subgroups") ? "yes" : "no"),
    };
}
