using Tessera.Devices.OpenCl;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Devices;

/// <summary>Runs models on a device of an OpenCL driver, in this process.</summary>
public sealed class OpenClEngine(EngineOptions? options = null) : DeviceEngine("opencl", options)
{
    protected override KernelTarget Target => KernelTarget.OpenCl;

    public override IReadOnlyList<DeviceInfo> List() => [.. OpenClDevices.List().Select(d => d.Info)];

    protected override Device Open(DeviceInfo device) => new OpenClDevice(device, OpenClDevices.List().First(d => d.Info.Id == device.Id).Handle, Options.Device.KeepKernels);

    protected override Program Compile(Graph graph, out IReadOnlyList<PlanStep> plan) => Programs.OpenCl(graph, Device.Alignment, out plan);
}
