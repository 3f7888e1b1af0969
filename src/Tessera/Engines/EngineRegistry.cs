using System.Collections.Concurrent;

namespace Tessera;

/// <summary>Engines by name. A package with an engine of its own registers it here.</summary>
public static class EngineRegistry
{
    private static readonly ConcurrentDictionary<string, Func<EngineOptions, Engine>> Makers = new(StringComparer.OrdinalIgnoreCase) { ["cpu"] = o => new CpuEngine(o), ["reference"] = o => new ReferenceEngine(o) };

    /// <summary>Registered names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names => [.. Makers.Keys.Order(StringComparer.Ordinal)];

    /// <exception cref="TesseraException">InvalidArgument when the name is taken.</exception>
    public static void Register(string name, Func<EngineOptions, Engine> make)
    {
        if (name.Equals("auto", StringComparison.OrdinalIgnoreCase) || !Makers.TryAdd(name, make)) throw new TesseraException(ErrorCode.InvalidArgument, $"An engine named '{name}' is registered already.");
    }

    /// <summary>The engine of that name; never another one in its place.</summary>
    /// <exception cref="TesseraException">InvalidArgument listing the names there are.</exception>
    public static Engine Create(string name, EngineOptions? options = null) =>
        Makers.TryGetValue(name, out Func<EngineOptions, Engine>? make) ? make(options ?? new())
        : throw new TesseraException(ErrorCode.InvalidArgument, $"There is no engine '{name}'; registered are {string.Join(", ", Names)}.");
}
