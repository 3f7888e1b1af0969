namespace Tessera.Lab;

/// <summary>How often a side is timed.</summary>
/// <param name="Rounds">Turns that each side takes.</param>
/// <param name="Runs">Timed samples per turn; 0: as many as fit <see cref="Turn"/>, at least 3, or one of runs that take longer than a second.</param>
public sealed record Pace(int Rounds, int Runs)
{
    /// <summary>A sample shorter than this is made of several runs, so that the clock's own time does not count.</summary>
    private const double LeastSampleMs = 0.05;

    /// <summary>A job whose run takes longer is run as seldom as can be.</summary>
    private const double SlowMs = 1000;

    /// <summary>How long a peer in a browser may take from fetching a model to its first outputs.</summary>
    public TimeSpan FirstLimit { get; init; } = TimeSpan.FromMinutes(4);

    public TimeSpan Turn { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long our side warms up at least and at most.</summary>
    public TimeSpan WarmLeast { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan WarmMost { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Samples per turn, and runs per sample, for a run of so many milliseconds.</summary>
    public (int Runs, int Inner) For(double ms)
    {
        int inner = (int)Math.Clamp(Math.Ceiling(LeastSampleMs / Math.Max(ms, 1e-6)), 1, 10_000);
        return (Runs > 0 ? Runs : (int)Math.Clamp(Turn.TotalMilliseconds / Math.Max(ms * inner, 1e-6), ms > SlowMs ? 1 : 3, 1000), inner);
    }

    /// <summary>Samples per turn and runs per sample of a side. The second measure starts where the first one warmed up, and where it found the clock too coarse for one run.</summary>
    public (int Runs, int Inner) Settle(Func<int, int, Round> time)
    {
        (int, int Inner) first = For(Probe(time, 1));
        return For(Probe(time, first.Inner));
    }

    /// <summary>Milliseconds of the quickest of three samples, or of one where it is slow.</summary>
    public static double Probe(Func<int, int, Round> time, int inner)
    {
        double one = time(1, inner).Least;
        return one > SlowMs ? one : Math.Min(one, time(2, inner).Least);
    }
}
