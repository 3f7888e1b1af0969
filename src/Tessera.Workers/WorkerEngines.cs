namespace Tessera.Workers;

/// <summary>The engines that run in other processes, by name.</summary>
public static class WorkerEngines
{
    /// <summary>Adds `wasm`, `wasm:node`, `webgpu`, `webgpu:deno` and so on to the registry.</summary>
    public static void Register()
    {
        EngineRegistry.Register("wasm", o => new WasmEngine(null, o));
        EngineRegistry.Register("webgpu", o => new WebGpuEngine(null, o));
        foreach (Host h in Host.All)
        {
            EngineRegistry.Register($"wasm:{h.Name}", o => new WasmEngine(h.Name, o));
            if (h is not NodeHost) EngineRegistry.Register($"webgpu:{h.Name}", o => new WebGpuEngine(h.Name, o));
        }
    }
}
