using System.Text.Json.Serialization;

namespace Tessera.Conformance;

[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    Passed,
    /// <summary>Passed, but only because another engine ran what this one refuses.</summary>
    Helped,
    Failed,
    Skipped,
}

/// <summary>How one case went.</summary>
/// <param name="Detail">The first difference, the error, the reason of a skip, or what another engine had to run; empty when passed.</param>
/// <param name="Milliseconds">Time of the case, compilation included.</param>
public sealed record CaseResult(string Name, Verdict Verdict, string Detail, double Milliseconds)
{
    public static CaseResult Of(string name, System.Diagnostics.Stopwatch watch, string? failure) =>
        new(name, failure is null ? Verdict.Passed : Verdict.Failed, failure ?? "", watch.Elapsed.TotalMilliseconds);

    public static CaseResult Skip(string name, string reason) => new(name, Verdict.Skipped, reason, 0);
}
