using System.Collections.Concurrent;

namespace Tessera;

/// <summary>Engines by name. A package with an engine of its own registers it here.</summary>
public static class EngineRegistry
{
    private static readonly ConcurrentDictionary<string, Maker> Makers = new(StringComparer.OrdinalIgnoreCase) { ["cpu"] = new(o => new CpuEngine(o), false), ["reference"] = new(o => new ReferenceEngine(o), false) };

    private sealed record Maker(Func<EngineOptions, Engine> Make, bool HasDevices);

    /// <summary>Registered names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names => [.. Makers.Keys.Order(StringComparer.Ordinal)];

    /// <exception cref="TesseraException">InvalidArgument when the name is taken.</exception>
    public static void Register(string name, Func<EngineOptions, Engine> make) => Register(name, new Maker(make, false));

    /// <summary>As <see cref="Register(string, Func{EngineOptions, Engine})"/>, for an engine with several devices: "name:which" is the name with <see cref="DeviceOptions.Device"/> set to "which".</summary>
    /// <exception cref="TesseraException">InvalidArgument when the name is taken.</exception>
    public static void RegisterDevices(string name, Func<EngineOptions, DeviceEngine> make) => Register(name, new Maker(make, true));

    /// <summary>The engine of that name; never another one in its place.</summary>
    /// <exception cref="TesseraException">InvalidArgument listing the names there are.</exception>
    public static Engine Create(string name, EngineOptions? options = null)
    {
        options ??= new();
        if (Makers.TryGetValue(name, out Maker? maker)) return maker.Make(options);
        foreach ((string kind, Maker m) in Makers.OrderByDescending(m => m.Key.Length))
            if (m.HasDevices && name.Length > kind.Length + 1 && name[kind.Length] == ':' && name.StartsWith(kind, StringComparison.OrdinalIgnoreCase))
                return m.Make(options with { Device = options.Device with { Device = name[(kind.Length + 1)..] } });
        throw new TesseraException(ErrorCode.InvalidArgument, $"There is no engine '{name}'; registered are {string.Join(", ", Names)}.");
    }

    private static void Register(string name, Maker maker)
    {
        if (name.Equals("auto", StringComparison.OrdinalIgnoreCase) || !Makers.TryAdd(name, maker)) throw new TesseraException(ErrorCode.InvalidArgument, $"An engine named '{name}' is registered already.");
    }
}
