using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tessera.Conformance;

/// <summary>Results of one engine on one set of cases, in the order of the cases.</summary>
public sealed record Report(string Engine, string Source, IReadOnlyList<CaseResult> Cases)
{
    public int Passed => Count(Verdict.Passed);

    public int Helped => Count(Verdict.Helped);

    public int Failed => Count(Verdict.Failed);

    public int Skipped => Count(Verdict.Skipped);

    /// <summary>The last line of what a person is shown.</summary>
    [JsonIgnore]
    public string Summary => $"{Passed} passed, {Failed} failed, {Skipped} skipped";

    /// <summary>Several reports of one engine as one.</summary>
    public static Report Join(IReadOnlyList<Report> parts) => parts.Count == 1 ? parts[0] : new(parts[0].Engine, string.Join("; ", parts.Select(p => p.Source)), [.. parts.SelectMany(p => p.Cases)]);

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.Report);

    /// <exception cref="JsonException">The text is no report.</exception>
    public static Report FromJson(string json) => JsonSerializer.Deserialize(json, ReportJson.Default.Report) ?? throw new JsonException("The text is no report.");

    private int Count(Verdict v) => Cases.Count(c => c.Verdict == v);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
