using System.Collections.Immutable;

namespace Tessera;

/// <summary>Whether an engine can run here, and if not, why and what to do.</summary>
public sealed record Compatibility(bool IsCompatible, string Reason, string Remedy = "")
{
    public static Compatibility Yes(string reason) => new(true, reason);

    public static Compatibility No(string reason, string remedy) => new(false, reason, remedy);
}

/// <summary>What an engine was found to do on this machine; every entry comes from a probe.</summary>
/// <param name="MaxMemory">Bytes that the engine may use.</param>
/// <param name="Precisions">Element types that the engine computes in.</param>
/// <param name="MaxBatch">Largest batch in one submission; 0: memory is the only bound.</param>
/// <param name="Features">Named facts, e.g. "simd" → "AVX-512".</param>
public sealed record EngineCapabilities(bool Parallel, bool Gpu, bool Distributed, bool Streaming, int Threads, long MaxMemory, ImmutableArray<DType> Precisions, int MaxBatch, ImmutableSortedDictionary<string, string> Features)
{
    /// <summary>The feature that says what becomes of 32-bit floats below 2⁻¹²⁶: "kept", or "flushed" to zero, as WebGPU leaves devices free to do.</summary>
    public const string Subnormals = "subnormals";

    /// <summary>The feature that names the device of an engine that computes on one.</summary>
    public const string Device = "device";

    /// <summary>Whether what takes the place of a device is a program on the processor, whose compiler may take minutes for the kernels of a model.</summary>
    public bool IsSoftwareDevice => !Gpu && Features.ContainsKey(Device);

    public bool FlushesSubnormals => Features.GetValueOrDefault(Subnormals) == "flushed";
}

public enum EngineState { Created, Initializing, Ready, Failed, Disposed }

/// <summary>Whether an engine works now; <paramref name="Detail"/> says what the last problem was.</summary>
public sealed record EngineHealth(EngineState State, bool Healthy, string Detail, DateTimeOffset Since);

/// <summary>Counters since an engine or session was made.</summary>
/// <param name="Runs">Completed runs.</param>
/// <param name="Failures">Runs that threw.</param>
/// <param name="Total">Time spent in completed runs, all threads' runs added up.</param>
/// <param name="Latency">Runs by duration: bucket i counts durations below 2^i µs and not below 2^(i−1) µs.</param>
/// <param name="Throughput">Completed runs per second since the first.</param>
/// <param name="MemoryBytes">Bytes held now.</param>
/// <param name="PeakBytes">Most bytes held at once.</param>
/// <param name="Utilization">Share of the time since the first run in which at least one run was under way, 0…1.</param>
public sealed record EngineMetrics(long Runs, long Failures, TimeSpan Total, ImmutableArray<long> Latency, double Throughput, long MemoryBytes, long PeakBytes, double Utilization)
{
    public TimeSpan Average => Runs == 0 ? TimeSpan.Zero : Total / Runs;
}

/// <summary>One completed run.</summary>
public sealed record Execution(string Engine, string Model, TimeSpan Duration, int Threads);
