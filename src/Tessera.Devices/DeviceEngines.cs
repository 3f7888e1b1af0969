namespace Tessera.Devices;

/// <summary>Puts the engines of this package into the registry.</summary>
public static class DeviceEngines
{
    /// <exception cref="TesseraException">InvalidArgument when they are there already.</exception>
    public static void Register()
    {
        EngineRegistry.Register("opencl", o => new OpenClEngine(o));
        EngineRegistry.Register("webgpu:dawn", o => new DawnEngine(o));
    }
}
