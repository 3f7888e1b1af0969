using System.Runtime.InteropServices;
using Tessera.Devices.Cuda;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Devices;

/// <summary>Runs models on an NVIDIA GPU through CUDA's driver and its run-time compiler, both looked for when the engine starts.</summary>
public sealed class CudaEngine : DeviceEngine
{
    private static readonly Lock Loading = new();
    private static CudaDriver? SystemDriver;
    private static Nvrtc? SystemCompiler;

    private readonly Func<CudaDriver> _driver;
    private readonly Func<int, Nvrtc> _compiler;

    public CudaEngine(EngineOptions? options = null) : this(options, Driver, Compiler) { }

    internal CudaEngine(EngineOptions? options, Func<CudaDriver> driver, Func<int, Nvrtc> compiler) : base("cuda", options) => (_driver, _compiler) = (driver, compiler);

    protected override KernelTarget Target => Sized(KernelTarget.Cuda);

    public override IReadOnlyList<DeviceInfo> List()
    {
        CudaDriver driver = _driver();
        IReadOnlyList<DeviceInfo> all = CudaDevices.List(driver);
        _ = _compiler(driver.Version);
        return all;
    }

    protected override Device Open(DeviceInfo device)
    {
        CudaDriver driver = _driver();
        return new CudaDevice(device, driver, _compiler(driver.Version), Options.Device);
    }

    protected override Program Compile(Graph graph, out IReadOnlyList<PlanStep> plan) => Programs.Cuda(graph, Target, out plan);

    private static CudaDriver Driver()
    {
        lock (Loading)
        {
            if (SystemDriver is { } known) return known;
            string file = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
            return NativeLibrary.TryLoad(file, out nint library) ? SystemDriver = new CudaDriver(name => NativeLibrary.TryGetExport(library, name, out nint f) ? f : 0)
                : throw new TesseraException(ErrorCode.EngineUnavailable, $"CUDA's driver ({file}) was not found. Install NVIDIA's driver, 470 or newer.");
        }
    }

    private static Nvrtc Compiler(int driver)
    {
        lock (Loading) return SystemCompiler ??= NvrtcLibrary.Load(driver);
    }
}
