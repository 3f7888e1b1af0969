namespace Tessera.Conformance.Tests;

/// <summary>The engines that this project holds to the kit.</summary>
internal static class Engines
{
    public static IEnumerable<string> All => new[] { "reference", "cpu" }.Where(n => EngineRegistry.Names.Contains(n));

    public static TheoryData<string> Names => [.. All];

    private static readonly Dictionary<string, Engine> Made = [];

    /// <summary>One engine per name for the whole project; its memory is looked after by the tests of contracts.</summary>
    public static Engine Of(string name)
    {
        lock (Made) return Made.TryGetValue(name, out Engine? e) ? e : Made[name] = EngineRegistry.Create(name);
    }
}
