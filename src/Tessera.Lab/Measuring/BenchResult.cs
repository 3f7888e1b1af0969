namespace Tessera.Lab;

/// <summary>One side's times over all rounds, in milliseconds per run.</summary>
public sealed record SideTimes(double MedianMs, double LeastMs)
{
    public static SideTimes Of(IReadOnlyList<Round> rounds) => new(Statistics.Median(rounds.Select(r => r.Median)), rounds.Min(r => r.Least));
}

/// <summary>A peer beside us on one job.</summary>
/// <param name="Absent">Why there is no figure; null when there is one.</param>
/// <param name="Agreement">Our outputs held against the peer's.</param>
/// <param name="FirstMs">From the model to the first outputs, where the peer tells it.</param>
/// <param name="Excused">Why a difference is the peer's; null when it is not, or there is none.</param>
public sealed record PeerResult(string Peer, string? Absent, SideTimes? Times, Ratio? Ratio, Agreement? Agreement, string? Excused, double? FirstMs = null);

/// <summary>What a gate says: met by the median, met by the quickest run only, or missed.</summary>
public enum Verdict
{
    Met,
    QuickestMet,
    Missed,
}

public sealed record GateResult(double Ms, Verdict Verdict);

/// <summary>A job's figures.</summary>
/// <param name="FloorMs">The least time that this machine needs for the operations and the bytes; null when they were not counted.</param>
/// <param name="OfFloor">Quickest run ÷ floor.</param>
/// <param name="FirstMs">From the model's file to our first outputs: everything that happens to it is in there.</param>
/// <param name="Error">Why our side has no result, or a wrong one; null when all is well.</param>
public sealed record BenchResult(string Name, string Family, SideTimes? Tessera, double Operations, long Bytes, bool Int8, double? FloorMs, Bound? Bound, double? OfFloor, GateResult? Gate, PeerResult[] Peers, string? Error, double? FirstMs = null)
{
    /// <summary>Our first run ÷ a peer's; null where one is not known.</summary>
    public double? FirstRatio(PeerResult peer) => FirstMs / peer.FirstMs;

    /// <summary>Whether our side ran and agrees with what it was held against.</summary>
    public bool Passed => Error is null;
}
