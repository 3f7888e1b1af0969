using Tessera.Devices.WebGpu;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Devices;

/// <summary>Runs models on a GPU through WebGPU in this process: Dawn over Vulkan, Metal or Direct3D 12.</summary>
public sealed class DawnEngine(EngineOptions? options = null) : DeviceEngine("webgpu:dawn", options)
{
    protected override KernelTarget Target => Sized(KernelTarget.WebGpu);

    public override IReadOnlyList<DeviceInfo> List()
    {
        using WebGpuInstance instance = Instance(out List<(nint Adapter, DeviceInfo Info)> adapters);
        foreach ((nint adapter, _) in adapters) WebGpuApi.ReleaseAdapter(adapter);
        return [.. adapters.Select(a => a.Info)];
    }

    protected override Device Open(DeviceInfo device)
    {
        WebGpuInstance instance = Instance(out List<(nint Adapter, DeviceInfo Info)> adapters);
        nint chosen = 0;
        foreach ((nint adapter, DeviceInfo info) in adapters)
            if (info.Id == device.Id) chosen = adapter;
            else WebGpuApi.ReleaseAdapter(adapter);
        try
        {
            return chosen != 0 ? new WebGpuDevice(instance, chosen, device.Id, Options.Device)
                : throw new TesseraException(ErrorCode.EngineUnavailable, $"Dawn no longer hands out {device}. List devices anew.");
        }
        catch
        {
            instance.Dispose();
            throw;
        }
    }

    protected override Program Compile(Graph graph, out IReadOnlyList<PlanStep> plan) => Programs.WebGpu(graph, Target, out plan);

    private static WebGpuInstance Instance(out List<(nint Adapter, DeviceInfo Info)> adapters)
    {
        if (!NativeLibraries.Has(WebGpuApi.Library)) throw new TesseraException(ErrorCode.EngineUnavailable, $"Dawn's library was not found in {DawnLibrary.Folder}. Run `tessera doctor --fix`, which fetches it from npm.");
        VulkanDriver.Choose();
        string why;
        WebGpuInstance? instance = null;
        try
        {
            instance = new();
            adapters = instance.Adapters(out why);
            if (adapters.Count > 0) return instance;
            instance.Dispose();
        }
        catch (EntryPointNotFoundException e)
        {
            instance?.Dispose();
            throw new TesseraException(ErrorCode.EngineUnavailable, $"Dawn's library {DawnLibrary.File} is of another version: {e.Message.TrimEnd('.')}. Delete it and run `tessera doctor --fix`, which fetches the right one.", e);
        }
        throw new TesseraException(ErrorCode.EngineUnavailable, $"Dawn finds no adapter: {why.TrimEnd('.')}. Install your GPU's driver, or Debian's chromium, whose SwiftShader computes on the processor.");
    }
}
