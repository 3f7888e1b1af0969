namespace Tessera.Lab;

/// <summary>How often a side is timed.</summary>
/// <param name="Rounds">Turns that each side takes.</param>
/// <param name="Runs">Timed samples per turn; 0: as many as fit <see cref="Turn"/>, at least 3.</param>
public sealed record Pace(int Rounds, int Runs)
{
    /// <summary>A sample shorter than this is made of several runs, so that the clock's own time does not count.</summary>
    private const double LeastSampleMs = 0.05;

    public TimeSpan Turn { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long our side warms up at least and at most.</summary>
    public TimeSpan WarmLeast { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan WarmMost { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Samples per turn, and runs per sample, for a run of so many milliseconds.</summary>
    public (int Runs, int Inner) For(double ms)
    {
        int inner = (int)Math.Clamp(Math.Ceiling(LeastSampleMs / Math.Max(ms, 1e-6)), 1, 10_000);
        return (Runs > 0 ? Runs : (int)Math.Clamp(Turn.TotalMilliseconds / Math.Max(ms * inner, 1e-6), 3, 1000), inner);
    }
}
