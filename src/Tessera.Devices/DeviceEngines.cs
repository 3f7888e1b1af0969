namespace Tessera.Devices;

/// <summary>Puts the engines of this package into the registry.</summary>
public static class DeviceEngines
{
    /// <exception cref="TesseraException">InvalidArgument when they are there already.</exception>
    public static void Register()
    {
        EngineRegistry.RegisterDevices("cuda", o => new CudaEngine(o));
        EngineRegistry.RegisterDevices("opencl", o => new OpenClEngine(o));
        EngineRegistry.RegisterDevices("webgpu:dawn", o => new DawnEngine(o));
    }
}
