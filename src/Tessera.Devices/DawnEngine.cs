using Tessera.Devices.WebGpu;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Devices;

/// <summary>Runs models on a GPU through WebGPU in this process: Dawn over Vulkan, Metal or Direct3D 12.</summary>
public sealed class DawnEngine(EngineOptions? options = null) : DeviceEngine("webgpu:dawn", options)
{
    protected override KernelTarget Target => KernelTarget.WebGpu;

    public override IReadOnlyList<DeviceInfo> List()
    {
        using WebGpuInstance instance = Instance(out nint adapter);
        DeviceInfo info = WebGpuInstance.Describe(adapter, out _);
        WebGpuApi.ReleaseAdapter(adapter);
        return [info];
    }

    protected override Device Open(DeviceInfo device)
    {
        WebGpuInstance instance = Instance(out nint adapter);
        try { return new WebGpuDevice(instance, adapter); }
        catch
        {
            instance.Dispose();
            throw;
        }
    }

    protected override Program Compile(Graph graph, out IReadOnlyList<PlanStep> plan) => Programs.WebGpu(graph, out plan);

    private static WebGpuInstance Instance(out nint adapter)
    {
        if (!NativeLibraries.Has(WebGpuApi.Library)) throw new TesseraException(ErrorCode.EngineUnavailable, $"Dawn's library was not found in {DawnLibrary.Folder}. Run `tessera doctor --fix`, which fetches it from npm.");
        VulkanDriver.Choose();
        WebGpuInstance instance = new();
        adapter = instance.Adapter(out string why);
        if (adapter != 0) return instance;
        instance.Dispose();
        throw new TesseraException(ErrorCode.EngineUnavailable, $"Dawn finds no adapter: {why.TrimEnd('.')}. Install your GPU's driver, or Debian's chromium, whose SwiftShader computes on the processor.");
    }
}
