namespace Tessera;

/// <summary>What a session is tuned for.</summary>
public enum Profile
{
    /// <summary>One run uses all threads.</summary>
    Latency,
    /// <summary>As Latency for single runs; batches run one item per thread.</summary>
    Throughput,
}

/// <summary>How an engine is set up.</summary>
public sealed record EngineOptions
{
    /// <summary>Upper bound on threads; 0: all that the process may use.</summary>
    public int Threads { get; init; }

    /// <summary>Bytes that all sessions of the engine may hold for intermediate values; 0: 80% of what the machine or its container allows.</summary>
    public long MemoryLimit { get; init; }

    /// <summary>Which device and how, for engines that run on one.</summary>
    public DeviceOptions Device { get; init; } = new();

    /// <summary>Time that start-up and its self-test may take; null for what the engine needs: 5 s, more for those that start programs or compile kernels.</summary>
    public TimeSpan? InitializeTimeout { get; init; }
}

/// <summary>How one model is compiled.</summary>
public sealed record SessionOptions
{
    /// <summary>Upper bound on threads; 0: the engine's.</summary>
    public int Threads { get; init; }

    /// <summary>Bytes that this session may hold for intermediate values and results; 0: the engine's limit.</summary>
    public long MemoryBudget { get; init; }

    public Profile Profile { get; init; }

    /// <summary>Plans kept for different input shapes; the least recently used goes first.</summary>
    public int MaxPlans { get; init; } = 16;

    /// <summary>Same bits for every thread count. The CPU engine splits work by fixed sizes and needs no other kernels for it.</summary>
    public bool Deterministic { get; init; }

    /// <summary>
    /// The engine that runs what this one can't (strings, operators without a kernel), the host then computing results whose shape depends on data; null to refuse such models. Each change of engine copies values;
    /// <see cref="Session.LeftToFallback"/> and the plan say which nodes, why, and at what cost. It stays the caller's.
    /// </summary>
    public Engine? Fallback { get; init; }
}

/// <summary>What one run obeys.</summary>
public sealed record RunOptions
{
    /// <summary>Upper bound on threads; 0: the session's.</summary>
    public int Threads { get; init; }

    /// <summary>Time limit; none by default. Checked between steps.</summary>
    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;
}
