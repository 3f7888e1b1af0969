using System.Diagnostics;

namespace Tessera.Conformance;

/// <summary>One promise that every engine keeps, whatever it computes with.</summary>
/// <param name="Check">Gets a maker of fresh engines; returns null when the promise holds, else what went wrong.</param>
public sealed record Contract(string Name, Func<Func<EngineOptions, Engine>, string?> Check)
{
    public static IReadOnlyList<Contract> All { get; } = [.. LifeContracts.All, .. RunContracts.All, .. RefusalContracts.All, .. ConcurrencyContracts.All, .. MemoryContracts.All];

    /// <summary>All contracts on engines that <paramref name="make"/> makes, one after the other: some measure memory that all of a process shares.</summary>
    public static Report Run(string engine, Func<EngineOptions, Engine> make, string? filter = null, Action<CaseResult>? progress = null, CancellationToken cancel = default)
    {
        List<CaseResult> results = [];
        foreach (Contract c in All)
        {
            if (filter is not null && !c.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)) continue;
            cancel.ThrowIfCancellationRequested();
            results.Add(c.Run(make));
            progress?.Invoke(results[^1]);
        }
        return new(engine, "contracts", results);
    }

    public CaseResult Run(Func<EngineOptions, Engine> make)
    {
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            return CaseResult.Of(Name, watch, Check(make));
        }
        catch (Exception e)
        {
            return CaseResult.Of(Name, watch, $"{e.GetType().Name}: {e.Message}{Environment.NewLine}{e.StackTrace}");
        }
    }
}
