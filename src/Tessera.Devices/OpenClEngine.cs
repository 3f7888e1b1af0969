using Tessera.Devices.OpenCl;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Devices;

/// <summary>Runs models on a device of an OpenCL driver, in this process.</summary>
public sealed class OpenClEngine(EngineOptions? options = null) : DeviceEngine("opencl", options)
{
    private KernelTarget _target = KernelTarget.OpenCl;

    protected override KernelTarget Target => Sized(_target);

    public override IReadOnlyList<DeviceInfo> List() => [.. OpenClDevices.List().Select(d => d.Info)];

    protected override Device Open(DeviceInfo device)
    {
        // A processor's cores are few and cached.
        bool cached = device.IsSoftware;
        _target = KernelTarget.OpenCl with { Alignment = Math.Max(KernelTarget.OpenCl.Alignment, device.Alignment), HasFloat64 = device.Features["float64"] == "yes", PacksOperands = cached, WalksRuns = cached };
        return new OpenClDevice(device, OpenClDevices.List().First(d => d.Info.Id == device.Id).Handle, Options.Device);
    }

    protected override Program Compile(Graph graph, out IReadOnlyList<PlanStep> plan) => Programs.OpenCl(graph, Target, out plan);
}
