using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tessera.Runtime;

/// <summary>Thread-safe counters of runs; also feeds the meter "Tessera".</summary>
internal sealed class RunStatistics(string engine)
{
    private const int Buckets = 40;
    // Null in a program without meters (MetricsSupport).
    private static readonly Meter? Meter = AppContext.TryGetSwitch("System.Diagnostics.Metrics.Meter.IsSupported", out bool on) && !on ? null : new("Tessera");
    private static readonly Histogram<double>? Durations = Meter?.CreateHistogram<double>("tessera.run.duration", "s", "Time of one run of a session");
    private static readonly Counter<long>? Failed = Meter?.CreateCounter<long>("tessera.run.failures", "{run}", "Runs that threw");

    private readonly KeyValuePair<string, object?> _tag = new("engine", engine);
    private readonly long[] _latency = new long[Buckets];
    private readonly Lock _lock = new();
    private long _runs, _failures, _total, _first, _busy, _busySince;
    private int _active;

    public long Begin()
    {
        long now = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            if (_first == 0) _first = now;
            if (_active++ == 0) _busySince = now;
        }
        return now;
    }

    public TimeSpan End(long begin, bool success)
    {
        long now = Stopwatch.GetTimestamp();
        TimeSpan time = Stopwatch.GetElapsedTime(begin, now);
        lock (_lock)
        {
            if (--_active == 0) _busy += now - _busySince;
            if (success)
            {
                _runs++;
                _total += now - begin;
                _latency[Math.Min(Buckets - 1, 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)time.TotalMicroseconds))]++;
            }
            else
            {
                _failures++;
            }
        }
        if (success) Durations?.Record(time.TotalSeconds, _tag);
        else Failed?.Add(1, _tag);
        return time;
    }

    public EngineMetrics Snapshot(long memory, long peak)
    {
        lock (_lock)
        {
            long now = Stopwatch.GetTimestamp();
            double elapsed = _first == 0 ? 0 : Stopwatch.GetElapsedTime(_first, now).TotalSeconds;
            double busy = Stopwatch.GetElapsedTime(0, _busy + (_active > 0 ? now - _busySince : 0)).TotalSeconds;
            return new(_runs, _failures, Stopwatch.GetElapsedTime(0, _total), [.. _latency], elapsed > 0 ? _runs / elapsed : 0, memory, peak, elapsed > 0 ? Math.Min(1, busy / elapsed) : 0);
        }
    }
}
