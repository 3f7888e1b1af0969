using Tessera.Cli.Output;

namespace Tessera.Cli.Commands;

/// <summary>The engine that a command was asked for, and the CPU for what that one can't run.</summary>
internal sealed class EngineChoice : IDisposable
{
    /// <param name="name">auto, or a name of the registry.</param>
    /// <param name="threads">Upper bound on threads; 0: all.</param>
    /// <param name="strict">Whether models are refused of which the engine can't run every node.</param>
    public EngineChoice(string name, int threads, bool strict)
    {
        EngineOptions options = new() { Threads = threads };
        (Engine, Why) = name == "auto" ? (EngineRegistry.Create("cpu", options), $"auto: cpu, of {string.Join(", ", EngineRegistry.Names)}; nothing is measured yet that would favour another")
            : (EngineRegistry.Create(name, options), "asked for");
        if (!strict && Engine.Name != "cpu") Fallback = EngineRegistry.Create("cpu", options);
    }

    public Engine Engine { get; }

    /// <summary>What runs nodes that the engine refuses; null when those are to be refused.</summary>
    public Engine? Fallback { get; }

    public string Why { get; }

    public Session Load(string path) => Engine.Load(path, new SessionOptions { Fallback = Fallback });

    /// <summary>Tells, on the error stream, what of a session that has run was not run by the engine.</summary>
    public static void Report(Session session)
    {
        IReadOnlyList<PlanStep> left = session.LeftToFallback;
        string[] between = session.Options.Fallback is null ? [] : [.. session.Stages.SelectMany(s => s.DynamicSteps).Distinct()];
        if (between.Length > 0) Console.Error.WriteLine($"Computed by the host, because the shapes of their results depend on data (--strict refuses instead): {string.Join(", ", between)}");
        if (left.Count == 0) return;
        PlanStep[] copies = [.. session.Stages.SelectMany(s => s.Executable.Plan).Where(s => s.Nodes.Count == 0 && s.Engine is not null)];
        Console.Error.WriteLine($"{left.Count} step{(left.Count == 1 ? "" : "s")} left to {left[0].Engine}, with {Terminal.Bytes(copies.Sum(s => s.Bytes))} copied between engines (--strict refuses instead):");
        foreach (IGrouping<string, PlanStep> g in left.GroupBy(s => s.Why.Split("; ")[0])) Console.Error.WriteLine($"  {g.Key} ({string.Join(", ", g.SelectMany(s => s.Nodes).Select(n => n.Origin ?? $"%{n.Id}").Distinct().Take(5))})");
    }

    public void Dispose()
    {
        Engine.Dispose();
        Fallback?.Dispose();
    }
}
