using System.Globalization;
using Tessera.Cli.Output;
using Tessera.Lab;

namespace Tessera.Cli.Bench;

/// <summary>Figures of a bench as lines of text.</summary>
internal static class BenchText
{
    public static string Head(BenchOptions o, IReadOnlyList<PeerReport> peers, Ceilings? ceilings)
    {
        List<string> lines = [$"{o.EngineName}, {Threads(o.ThreadCount)}; {ThisMachine.Processor}; {Rounds(o.Rounds)}"];
        lines.AddRange(peers.Select(p => p.Present ? $"{p.Peer}: {p.Detail}" : $"{p.Peer} {p.Detail}"));
        if (ceilings is not null) lines.Add(Of(ceilings));
        return string.Join('\n', lines);
    }

    public static string Of(Ceilings c) => string.Create(CultureInfo.InvariantCulture,
        $"{Threads(c.Threads)} can do {c.FloatRate / 1e9:F0} GFLOP/s, {c.Int8Rate / 1e9:F0} Gop/s on 8 bits with .NET's instructions, and move {string.Join(", ", c.Memory.Select(m => $"{m.BytesPerSecond / 1e9:F0} GB/s of {Terminal.Bytes(m.WorkingSet)}"))}");

    public static string Machine(BenchReport r) => $"{r.Processor}, {Threads(r.Threads)}, {r.Runtime}";

    /// <summary>NAME: onnxruntime 2.36 ms (quickest 2.30), tessera …, ratio …</summary>
    public static string Line(BenchResult r)
    {
        if (r.Tessera is not { } t) return $"{r.Name}: ERROR {r.Error}";
        string text = $"{r.Name}: tessera {Terminal.Time(t.MedianMs)} (quickest {Terminal.Time(t.LeastMs)}{Rate(r)}{(r.OfFloor is { } f ? string.Create(CultureInfo.InvariantCulture, $", {f:F2} × {Floor(r.Bound)} floor") : "")})";
        foreach (PeerResult p in r.Peers) text += $"; {Peer(p)}{(r.FirstRatio(p) is { } first ? string.Create(CultureInfo.InvariantCulture, $", first {Terminal.Time(r.FirstMs!.Value)} ÷ {Terminal.Time(p.FirstMs!.Value)} = {first:F2}") : "")}";
        if (r.Gate is { } g) text += $"; gate {Terminal.Time(g.Ms)} {Verdict(g)}";
        return r.Error is null ? text : $"{text}; MISMATCH {r.Error}";
    }

    public static string Mean(MeanReport m) => string.Create(CultureInfo.InvariantCulture, $"geometric mean of {m.Count} beside {m.Peer}: ratio {m.Ratio:F2}, of the quickest {m.OfQuickest:F2}; highest {m.Worst:F2} ({m.WorstName}){(double.IsNaN(m.First) ? "" : $"; first runs {m.First:F2}")}");

    /// <summary>What follows from all rows: means, gates, demands.</summary>
    public static string Sums(BenchReport r)
    {
        List<string> lines = [.. r.GeometricMeans.Select(Mean)];
        BenchResult[] gated = [.. r.Results.Where(x => x.Gate is not null)];
        if (gated.Length > 0) lines.Add($"gates: {gated.Count(x => x.Gate!.Verdict == Lab.Verdict.Met)} of {gated.Length} met{string.Concat(gated.Where(x => x.Gate!.Verdict != Lab.Verdict.Met).Select(x => $"; {x.Name} {Verdict(x.Gate!)}"))}");
        lines.AddRange(r.Demands.Select(d => d.Text));
        return string.Concat(lines.Select(l => l + "\n"));
    }

    public static string Line(SoakResult s) => string.Create(CultureInfo.InvariantCulture,
        $"{s.Name}: {s.Runs:N0} runs in {s.Seconds:F1} s; {s.AllocatedBytes:N0} bytes allocated on the managed heap, which grew by {s.ManagedGrowth:N0}; pool grew by {s.PoolGrowth:N0}, resident memory by {s.NativeGrowth:N0}");

    public static string Verdict(GateResult g) => g.Verdict switch
    {
        Lab.Verdict.Met => "met",
        Lab.Verdict.QuickestMet => "met by the quickest run only",
        Lab.Verdict.Missed => "MISSED",
    };

    /// <summary>Giga-operations per second of the quickest run where the definition computes more than it moves, else gigabytes.</summary>
    public static string Rate(BenchResult r) => r.Bytes == 0 || r.Tessera is null ? ""
        : string.Create(CultureInfo.InvariantCulture, $", {(r.Operations > r.Bytes ? $"{r.Operations / r.Tessera.LeastMs / 1e6:F1} G{(r.Int8 ? "op" : "FLOP")}/s" : $"{r.Bytes / r.Tessera.LeastMs / 1e6:F1} GB/s")}");

    public static string Threads(int n) => n == 1 ? "1 thread" : $"{n} threads";

    public static string Rounds(int n) => n == 1 ? "1 round" : $"{n} rounds";

    private static string Floor(Bound? bound) => bound == Bound.Compute ? "compute" : "memory";

    private static string Peer(PeerResult p) => p.Absent is { } why ? $"{p.Peer} not run, because {why}" : string.Create(CultureInfo.InvariantCulture,
        $"{p.Peer} {Terminal.Time(p.Times!.MedianMs)} (quickest {Terminal.Time(p.Times.LeastMs)}), ratio {p.Ratio!.Median:F2} ({p.Ratio.Least:F2}–{p.Ratio.Most:F2}), of the quickest {p.Ratio.OfQuickest:F2}, outputs differ by {p.Agreement!.Largest:G2} ({p.Agreement.RelL2:G2} relative){(p.Excused is { } e ? $", {e}" : "")}");
}
