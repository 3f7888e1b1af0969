using System.Globalization;
using System.Text;
using Tessera.Cli.Output;
using Tessera.Lab;

namespace Tessera.Cli.Bench;

/// <summary>Figures of a bench as Markdown.</summary>
internal static class BenchMarkdown
{
    public static string Table(BenchReport r)
    {
        StringBuilder b = new();
        b.Append(CultureInfo.InvariantCulture, $"{BenchText.Machine(r)}; {r.Date:d MMMM yyyy}{(r.Commit.Length >= 7 ? $", commit {r.Commit[..7]}" : "")}; {BenchText.Rounds(r.Rounds)}").Append(".\n");
        if (r.Ceilings is { } c) b.Append('\n').Append(BenchText.Of(c)).Append(".\n");
        foreach (PeerReport p in r.Peers) b.Append('\n').Append(p.Present ? $"{p.Peer}: {p.Detail}." : $"{p.Peer} {p.Detail}.").Append('\n');
        b.Append('\n').Append(r.Ceilings is null ? Models(r) : Ops(r));
        b.Append('\n');
        foreach (string line in BenchText.Sums(r).Split('\n', StringSplitOptions.RemoveEmptyEntries)) b.Append("* ").Append(line).Append(".\n");
        foreach (BenchResult x in r.Results.Where(x => x.Error is not null)) b.Append('\n').Append("Error: ").Append(x.Name).Append(": ").Append(x.Error).Append('\n');
        return b.ToString();
    }

    public static string Table(IReadOnlyList<SoakResult> results) => Rows(["Model", "runs", "s", "bytes allocated", "managed growth", "pool growth", "resident growth"],
        results.Select(s => new[] { s.Name, F($"{s.Runs:N0}"), F($"{s.Seconds:F1}"), F($"{s.AllocatedBytes:N0}"), F($"{s.ManagedGrowth:N0}"), F($"{s.PoolGrowth:N0}"), F($"{s.NativeGrowth:N0}") }));

    public static string Table(LoadReport r)
    {
        static string[] Cells(StartFigures? s) => s is null ? ["", "", ""] : [F($"{s.FirstMs:F0}"), F($"{s.ProcessMs:F0}"), Terminal.Bytes(s.PeakBytes)];
        return $"{r.Processor}, {BenchText.Threads(r.Threads)}; {BenchText.Rounds(r.Rounds)}, medians. Milliseconds from the file to the first result, of the whole process, and the process's peak memory; then the same of onnxruntime, and the ratios.\n\n"
            + Rows(["Model", "first", "process", "memory", "theirs: first", "process", "memory", "first", "memory"],
                r.Results.Select(x => (string[])[x.Name, .. Cells(x.Tessera), .. Cells(x.Peer), .. x is { Tessera: { } a, Peer: { } p } && p.FirstMs > 0 ? new[] { F($"{a.FirstMs / p.FirstMs:F2}"), F($"{(double)a.PeakBytes / p.PeakBytes:F2}") } : [x.Error ?? (x.Absent is { } why ? $"absent, because {why}" : ""), ""]]))
            + F($"\ngeometric mean: first {r.FirstRatio:F2}, memory {r.MemoryRatio:F2}.\n");
    }

    private static string Models(BenchReport r)
    {
        bool first = r.Results.Any(x => x.Peers.Any(p => p.FirstMs is not null));
        string[] columns = ["ms", "ratio", "range", "of the quickest", "outputs differ by", .. first ? new[] { "first run: Tessera ms", "ms", "ratio" } : []];
        return Rows(["Model", "Tessera ms", .. r.Peers.Where(p => p.Present).SelectMany(p => columns.Select(c => c == "ms" ? $"{p.Peer} ms" : c))],
            r.Results.Select(x => (string[])[x.Name, x.Tessera is { } t ? F($"{t.MedianMs:F3}") : "error", .. r.Peers.Where(p => p.Present).SelectMany(p => Beside(x, p.Peer, columns.Length))]));
    }

    private static string Ops(BenchReport r)
    {
        string[] peers = [.. r.Peers.Where(p => p.Present).Select(p => p.Peer)];
        return Rows(["Family", "Operator", "µs", "quickest", "rate", "÷ floor", "bound", "gate µs", "", .. peers],
            r.Results.Select(x => (string[])[x.Family, x.Name, x.Tessera is { } t ? F($"{t.MedianMs * 1e3:F1}") : "error", x.Tessera is { } q ? F($"{q.LeastMs * 1e3:F1}") : "", BenchText.Rate(x).TrimStart(',', ' '),
                x.OfFloor is { } f ? F($"{f:F2}") : "", x.Bound?.ToString().ToLowerInvariant() ?? "", x.Gate is { } g ? F($"{g.Ms * 1e3:G4}") : "", x.Gate is { } v ? BenchText.Verdict(v) : "", .. peers.Select(p => Cell(x, p))]));
    }

    /// <summary>Median ratio, and in parentheses that of the quickest runs.</summary>
    private static string Cell(BenchResult r, string peer) => r.Peers.FirstOrDefault(p => p.Peer == peer) switch
    {
        null => "",
        { Absent: { } why } => $"not run, because {why}",
        { Ratio: { } ratio } => F($"{ratio.Median:F2} ({ratio.OfQuickest:F2})"),
        _ => "",
    };

    private static string[] Beside(BenchResult r, string peer, int columns) => r.Peers.FirstOrDefault(p => p.Peer == peer) switch
    {
        { Times: { } t, Ratio: { } ratio, Agreement: { } a } p => [F($"{t.MedianMs:F3}"), F($"{ratio.Median:F2}"), F($"{ratio.Least:F2}–{ratio.Most:F2}"), F($"{ratio.OfQuickest:F2}"), F($"{a.Largest:G2}"),
            .. columns <= 5 ? [] : r.FirstRatio(p) is { } f ? new[] { F($"{r.FirstMs:F0}"), F($"{p.FirstMs:F0}"), F($"{f:F2}") } : ["", "", ""]],
        { Absent: { } why } => [$"not run, because {why}", .. Enumerable.Repeat("", columns - 1)],
        _ => [.. Enumerable.Repeat("", columns)],
    };

    private static string Rows(string[] head, IEnumerable<string[]> rows)
    {
        StringBuilder b = new();
        foreach (string[] line in rows.Prepend([.. head.Select(_ => "---")]).Prepend(head)) b.Append("| ").AppendJoin(" | ", line.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        return b.ToString();
    }

    private static string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
