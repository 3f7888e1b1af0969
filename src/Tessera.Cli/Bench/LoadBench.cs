using System.Text.Json;
using Tessera.Cli.Output;
using Tessera.Lab;

namespace Tessera.Cli.Bench;

/// <summary>`bench --load`: file to first result, and peak memory, each in a fresh process of ours and of onnxruntime in turn.</summary>
internal static class LoadBench
{
    public static int Run(BenchOptions o, IEnumerable<BenchJob> jobs)
    {
        string? absent = Absent(o);
        List<LoadResult> results = [Bare(o, absent)];
        Show(o, results[^1]);
        foreach (BenchJob job in jobs)
        {
            using (job) results.Add(Measure(o, job, absent));
            Show(o, results[^1]);
        }
        LoadReport report = LoadReport.Of(o, results);
        if (o.Into is { } into) MarkdownSection.Replace(into, o.Section, BenchMarkdown.Table(report));
        if (o.Json) Terminal.Json(report, BenchJson.Default.LoadReport);
        else if (o.Markdown) Console.WriteLine(BenchMarkdown.Table(report));
        else Console.WriteLine($"geometric mean: first result {report.FirstRatio:F2}, peak memory {report.MemoryRatio:F2}");
        return results.TrueForAll(r => r.Error is null) && (o.Peers is null || absent is null) ? 0 : 1;
    }

    /// <summary>Why onnxruntime cannot be started; null when it can, or nobody asked for it.</summary>
    private static string? Absent(BenchOptions o)
    {
        if (!o.PeersOrDefault.Contains(Peer.OnnxRuntime)) return "it was not asked for";
        try
        {
            ThisProgram.Peers.Start(Peer.OnnxRuntime, o.ThreadCount, o.Fetch).Dispose();
            return null;
        }
        catch (PeerAbsentException e) { return e.Message; }
    }

    private static LoadResult Bare(BenchOptions o, string? absent)
    {
        List<StartFigures> ours = [], theirs = [];
        for (int round = 0; round < o.Rounds; round++)
        {
            ours.Add(FreshStart.Measure(ThisProgram.Once(null)));
            if (absent is null) theirs.Add(FreshStart.Measure(ThisProgram.Peers.Once(null)));
        }
        return new("(a process that only starts)", StartFigures.Of(ours), theirs.Count > 0 ? StartFigures.Of(theirs) : null, absent, null);
    }

    private static LoadResult Measure(BenchOptions o, BenchJob job, string? absent)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-load-");
        List<StartFigures> ours = [], theirs = [];
        try
        {
            string file = Path.Combine(folder.FullName, "job.json");
            File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(PeerFiles.Of(job, folder.FullName, o.ThreadCount, native: false), PeerJson.Default.PeerJob));
            for (int round = 0; round < o.Rounds; round++)
            {
                ours.Add(FreshStart.Measure(ThisProgram.Once(file)));
                if (absent is not null) continue;
                try { theirs.Add(FreshStart.Measure(ThisProgram.Peers.Once(file))); }
                catch (InvalidDataException e) { absent = e.Message; }
            }
            return new(job.Name, StartFigures.Of(ours), theirs.Count == o.Rounds ? StartFigures.Of(theirs) : null, absent, null);
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException) { return new(job.Name, null, null, absent, e.Message); }
        finally { folder.Delete(recursive: true); }
    }

    private static void Show(BenchOptions o, LoadResult r)
    {
        if (o.Json || o.Markdown) return;
        static string Text(StartFigures? s) => s is null ? "" : $"first result {Terminal.Time(s.FirstMs)}, process {Terminal.Time(s.ProcessMs)}, peak {Terminal.Bytes(s.PeakBytes)}";
        string ratio = r is { Tessera: { } a, Peer: { } p } && p.FirstMs > 0 ? $"; ratio first {a.FirstMs / p.FirstMs:F2}, memory {(double)a.PeakBytes / p.PeakBytes:F2}" : "";
        Console.WriteLine(r.Error is not null ? $"{r.Name}: ERROR {r.Error}" : $"{r.Name}: tessera {Text(r.Tessera)}; {(r.Absent is { } why ? $"onnxruntime absent, because {why}" : $"onnxruntime {Text(r.Peer)}")}{ratio}");
    }
}

/// <param name="Results">The first is of processes that only start.</param>
internal sealed record LoadReport(string[] Target, int Threads, string Processor, int Rounds, IReadOnlyList<LoadResult> Results, double FirstRatio, double MemoryRatio)
{
    public static LoadReport Of(BenchOptions o, IReadOnlyList<LoadResult> results)
    {
        (StartFigures A, StartFigures B)[] pairs = [.. from r in results.Skip(1) where r is { Tessera: not null, Peer: not null } select (r.Tessera!, r.Peer!)];
        return new(o.Target, o.ThreadCount, ThisMachine.Processor, o.Rounds, results, Statistics.GeometricMean(pairs.Select(p => p.A.FirstMs / p.B.FirstMs)), Statistics.GeometricMean(pairs.Select(p => (double)p.A.PeakBytes / p.B.PeakBytes)));
    }
}
