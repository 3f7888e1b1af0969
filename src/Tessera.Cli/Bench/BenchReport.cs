using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Tessera.Lab;

namespace Tessera.Cli.Bench;

/// <summary>Everything that a bench found out, with what it was measured on.</summary>
/// <param name="Commit">The source that was measured; empty when the program does not know it.</param>
/// <param name="GeometricMeans">Per peer, over the rows that it was timed on.</param>
internal sealed record BenchReport(string[] Target, string Engine, int Threads, string Processor, string Runtime, string Commit, DateTimeOffset Date, int Rounds, int Runs, IReadOnlyList<PeerReport> Peers, Ceilings? Ceilings, IReadOnlyList<BenchResult> Results, IReadOnlyList<MeanReport> GeometricMeans, IReadOnlyList<Demand> Demands)
{
    public static BenchReport Of(BenchOptions o, IReadOnlyList<PeerReport> peers, Ceilings? ceilings, IReadOnlyList<BenchResult> results) => new(
        o.Target, o.EngineName, o.ThreadCount, ThisMachine.Processor, RuntimeInformation.FrameworkDescription, ThisMachine.Commit, TimeProvider.System.GetUtcNow(), o.Rounds, o.Runs, peers, ceilings, results,
        [.. peers.Where(p => p.Present).Select(p => MeanReport.Of(p.Peer, results)).Where(m => m.Count > 1)], Demand.Of(results, o.EngineName));
}

/// <summary>Geometric means of ratios to one peer.</summary>
/// <param name="First">That of first runs; NaN where the peer does not tell them.</param>
internal sealed record MeanReport(string Peer, int Count, double Ratio, double OfQuickest, double Worst, string WorstName, double First = double.NaN)
{
    public static MeanReport Of(string peer, IReadOnlyList<BenchResult> results)
    {
        (string Name, Ratio Ratio)[] ratios = [.. from r in results from p in r.Peers where p.Peer == peer && p.Ratio is not null select (r.Name, p.Ratio)];
        if (ratios.Length == 0) return new(peer, 0, double.NaN, double.NaN, double.NaN, "");
        (string worst, Ratio most) = ratios.MaxBy(r => r.Ratio.Median);
        return new(peer, ratios.Length, Statistics.GeometricMean(ratios.Select(r => r.Ratio.Median)), Statistics.GeometricMean(ratios.Select(r => r.Ratio.OfQuickest)), most.Median, worst,
            Statistics.GeometricMean(from r in results from p in r.Peers where p.Peer == peer && p.Ratio is not null let f = r.FirstRatio(p) where f is not null select f.Value));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(BenchReport))]
[JsonSerializable(typeof(SoakResult[]))]
[JsonSerializable(typeof(LoadReport))]
[JsonSerializable(typeof(ProfileReport))]
internal sealed partial class BenchJson : JsonSerializerContext;
