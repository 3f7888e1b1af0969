namespace Tessera.Workers;

/// <summary>The engines that run in other processes, by name.</summary>
public static class WorkerEngines
{
    /// <summary>Adds `wasm`, `wasm:node` and so on to the registry.</summary>
    public static void Register()
    {
        EngineRegistry.Register("wasm", o => new WasmEngine(null, o));
        foreach (Host h in Host.All) EngineRegistry.Register($"wasm:{h.Name}", o => new WasmEngine(h.Name, o));
    }
}
