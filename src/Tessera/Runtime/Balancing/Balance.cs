namespace Tessera;

/// <summary>By what a <see cref="SessionGroup"/> chooses the session of the next run.</summary>
public enum Balance
{
    /// <summary>Each in turn.</summary>
    RoundRobin,
    /// <summary>The one with the fewest runs under way; of equals, the one that was busy for the least time.</summary>
    Utilization,
    /// <summary>The one whose device has the most memory that nobody uses.</summary>
    Memory,
    /// <summary>The one that will be done first, by the time that its runs took and those under way.</summary>
    Time,
    /// <summary>Shares that the caller gives.</summary>
    Weights,
}

/// <summary>What a session of a group did.</summary>
/// <param name="Runs">Runs that ended.</param>
/// <param name="UnderWay">Runs that did not end yet.</param>
/// <param name="Average">Moving average of the time of a run; zero before the first.</param>
/// <param name="Busy">Time of all its runs.</param>
/// <param name="FreeMemory">Bytes that its engine may still take.</param>
public sealed record SessionShare(string Engine, long Runs, int UnderWay, TimeSpan Average, TimeSpan Busy, long FreeMemory);
