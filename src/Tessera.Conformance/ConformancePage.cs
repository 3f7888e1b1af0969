using System.Globalization;
using System.Text;

namespace Tessera.Conformance;

/// <summary>Reports of several engines as one page of Markdown: a matrix, then every case that does not pass with its reason.</summary>
public static class ConformancePage
{
    /// <param name="parts">What each row of the matrix counts, with one report per engine.</param>
    public static string Render(IReadOnlyList<(string Title, IReadOnlyList<Report> Reports)> parts)
    {
        string[] engines = [.. parts.SelectMany(p => p.Reports).Select(r => r.Engine).Distinct()];
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", engines)} |\n|---|{string.Concat(engines.Select(_ => "---|"))}\n");
        foreach ((string title, IReadOnlyList<Report> reports) in parts)
            foreach (string group in Groups(reports))
                page.Append(CultureInfo.InvariantCulture, $"| {title}{(group.Length > 0 ? $": {group}" : "")} | {string.Join(" | ", engines.Select(e => Cell(reports.FirstOrDefault(r => r.Engine == e), group)))} |\n");
        foreach (Verdict verdict in new[] { Verdict.Failed, Verdict.Skipped })
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {verdict}\n\n");
            string[] lines = [.. Lines(parts, verdict)];
            page.Append(lines.Length == 0 ? "None.\n" : string.Concat(lines));
        }
        return page.ToString();
    }

    // Folders of a tree count apart: ONNX keeps operators, exported models and converted ones in one each.
    private static IEnumerable<string> Groups(IReadOnlyList<Report> reports) => reports.SelectMany(r => r.Cases).Select(c => Group(c.Name)).Distinct();

    private static string Group(string name) => name.IndexOf('/', StringComparison.Ordinal) is > 0 and var i && !name.Contains(' ', StringComparison.Ordinal) ? name[..i] : "";

    private static string Cell(Report? report, string group)
    {
        CaseResult[] cases = [.. report?.Cases.Where(c => Group(c.Name) == group) ?? []];
        if (cases.Length == 0) return "–";
        int passed = cases.Count(c => c.Verdict == Verdict.Passed), failed = cases.Count(c => c.Verdict == Verdict.Failed), skipped = cases.Length - passed - failed;
        return $"{passed} of {cases.Length - skipped}{(skipped > 0 ? $", {skipped} skipped" : "")}";
    }

    private static IEnumerable<string> Lines(IReadOnlyList<(string Title, IReadOnlyList<Report> Reports)> parts, Verdict verdict) =>
        from p in parts
        from c in p.Reports.SelectMany(r => r.Cases.Where(c => c.Verdict == verdict).Select(c => (r.Engine, Case: c))).GroupBy(c => c.Case.Name)
        let reason = KnownCases.Failing.GetValueOrDefault(c.Key) ?? FirstLine(c.First().Case.Detail)
        select $"* {p.Title}, `{c.Key}` ({string.Join(", ", c.Select(x => x.Engine))}): {reason}\n";

    private static string FirstLine(string s) => s.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var i ? s[..i] : s;
}
