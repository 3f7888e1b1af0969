namespace Tessera.Cli.Commands;

/// <summary>The engine that a command was asked for.</summary>
internal static class EngineChoice
{
    public static (Engine Engine, string Why) Of(string name, int threads)
    {
        EngineOptions options = new() { Threads = threads };
        return name == "auto" ? (EngineRegistry.Create("cpu", options), $"auto: cpu, of {string.Join(", ", EngineRegistry.Names)}; nothing is measured yet that would favour another")
            : (EngineRegistry.Create(name, options), "asked for");
    }
}
