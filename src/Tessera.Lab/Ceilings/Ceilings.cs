namespace Tessera.Lab;

/// <summary>What this machine can do at most, measured on so many threads at once.</summary>
/// <param name="FloatRate">Float32 operations per second: a multiply-add counts two.</param>
/// <param name="Int8Rate">Operations per second on 8-bit integers with 32-bit sums, with the instructions that .NET offers.</param>
/// <param name="Memory">Bytes per second that can be moved, by the size of what is worked on; ascending.</param>
public sealed record Ceilings(int Threads, double FloatRate, double Int8Rate, IReadOnlyList<MemoryRate> Memory)
{
    /// <summary>Takes about half a second.</summary>
    public static Ceilings Measure(int threads) => new(threads, PeakRate.Float32(threads), PeakRate.Int8(threads), Bandwidth.Curve(threads));

    /// <summary>Bytes per second for a working set of so many bytes: the rate of the smallest measured set that is no smaller.</summary>
    public double BytesPerSecond(long workingSet) => (Memory.FirstOrDefault(m => m.WorkingSet >= workingSet) ?? Memory[^1]).BytesPerSecond;

    /// <summary>The least time that so much work can take: the longer of computing at the peak rate and of moving every byte once.</summary>
    public Floor FloorOf(double operations, long bytes, bool int8 = false)
    {
        double compute = operations / (int8 ? Int8Rate : FloatRate), memory = bytes / BytesPerSecond(bytes);
        return new(Math.Max(compute, memory) * 1e3, compute >= memory ? Bound.Compute : Bound.Memory);
    }
}

/// <summary>Bytes per second on a working set of so many bytes over all threads.</summary>
public sealed record MemoryRate(long WorkingSet, double BytesPerSecond);

/// <summary>What keeps work from being faster.</summary>
public enum Bound
{
    Compute,
    Memory,
}

/// <summary>The least time that work can take on a machine.</summary>
public readonly record struct Floor(double Ms, Bound Bound);
