using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tessera.Conformance;

/// <summary>Reports of several engines as one page of Markdown: a matrix, then every case that does not pass with its reason.</summary>
public static partial class ConformancePage
{
    private const int Shown = 8;

    /// <param name="parts">What each row of the matrix counts, with one report per engine.</param>
    public static string Render(IReadOnlyList<(string Title, IReadOnlyList<Report> Reports)> parts)
    {
        string[] engines = [.. parts.SelectMany(p => p.Reports).Select(r => r.Engine).Distinct()];
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", engines)} |\n|---|{string.Concat(engines.Select(_ => "---|"))}\n");
        foreach ((string title, IReadOnlyList<Report> reports) in parts)
            foreach (string group in Groups(reports))
                page.Append(CultureInfo.InvariantCulture, $"| {title}{(group.Length > 0 ? $": {group}" : "")} | {string.Join(" | ", engines.Select(e => Cell(reports.FirstOrDefault(r => r.Engine == e), group)))} |\n");
        foreach (Verdict verdict in new[] { Verdict.Failed, Verdict.Helped, Verdict.Skipped })
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {Heading(verdict)}\n\n");
            string[] lines = [.. Lines(parts, verdict)];
            page.Append(lines.Length == 0 ? "None.\n" : string.Concat(lines));
        }
        return page.ToString();
    }

    private static string Heading(Verdict v) => v switch
    {
        Verdict.Passed => "Passed",
        Verdict.Helped => "With the CPU's help",
        Verdict.Failed => "Failed",
        Verdict.Skipped => "Skipped",
    };

    // Folders of a tree count apart: ONNX keeps operators, exported models and converted ones in one each.
    private static IEnumerable<string> Groups(IReadOnlyList<Report> reports) => reports.SelectMany(r => r.Cases).Select(c => Group(c.Name)).Distinct();

    private static string Group(string name) => name.IndexOf('/', StringComparison.Ordinal) is > 0 and var i && !name.Contains(' ', StringComparison.Ordinal) ? name[..i] : "";

    private static string Cell(Report? report, string group)
    {
        CaseResult[] cases = [.. report?.Cases.Where(c => Group(c.Name) == group) ?? []];
        if (cases.Length == 0) return "–";
        int Count(Verdict v) => cases.Count(c => c.Verdict == v);
        int helped = Count(Verdict.Helped), skipped = Count(Verdict.Skipped);
        return $"{Count(Verdict.Passed)} of {cases.Length - skipped}{(helped > 0 ? $", {helped} helped" : "")}{(skipped > 0 ? $", {skipped} skipped" : "")}";
    }

    /// <summary>One line for all cases of a part that the same engines treat alike for the same reason.</summary>
    private static IEnumerable<string> Lines(IReadOnlyList<(string Title, IReadOnlyList<Report> Reports)> parts, Verdict verdict) =>
        from p in parts
        from c in p.Reports.SelectMany(r => r.Cases.Where(c => c.Verdict == verdict).Select(c => (r.Engine, Case: c))).GroupBy(c => c.Case.Name)
        let reason = KnownCases.Failing.GetValueOrDefault(c.Key) ?? Reason(c.First().Case.Detail)
        group $"`{c.Key}`" by (p.Title, Engines: string.Join(", ", c.Select(x => x.Engine)), reason) into alike
        select $"* {alike.Key.Title} ({alike.Key.Engines}): {alike.Key.reason} {Cases(alike.Count())}: {string.Join(", ", alike.Take(Shown))}{(alike.Count() > Shown ? " …" : "")}\n";

    private static string Cases(int n) => n == 1 ? "One case" : $"{n} cases";

    /// <summary>The first line of a detail without the names of nodes and the wrapping that tells users what to do.</summary>
    private static string Reason(string detail) => NodeName().Replace(FirstLine(detail), "").TrimEnd('.') + ".";

    [GeneratedRegex(" '[^']*'|Unsupported: |; allow a fallback for it \\(.*\\)")]
    private static partial Regex NodeName();

    private static string FirstLine(string s) => s.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var i ? s[..i] : s;
}
