using System.Diagnostics;

namespace Tessera.Lab;

/// <summary>What a great many runs leave behind.</summary>
/// <param name="AllocatedBytes">Allocated on the managed heap by all threads of the process while the runs went on.</param>
/// <param name="ManagedGrowth">Bytes that live on the managed heap afterwards, less those before.</param>
/// <param name="PoolGrowth">Bytes rented from the engine's memory pool afterwards, less those before.</param>
/// <param name="NativeGrowth">Bytes of the process in physical memory afterwards, less those before.</param>
public sealed record SoakResult(string Name, long Runs, double Seconds, long AllocatedBytes, long ManagedGrowth, long PoolGrowth, long NativeGrowth);

/// <summary>Runs a model over and over and looks for growth.</summary>
public static class Soak
{
    public static SoakResult Run(Engine engine, BenchJob job, long runs)
    {
        using OwnSide own = new(engine, job with { ReuseOutputs = true });
        own.Warm(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5));
        // What the runtime does once, seconds after the start, is no growth: a tenth of the runs comes before those that count.
        for (long i = 0; i < runs / 10; i++) own.Once();
        (long heap, long resident, long pool) = (Heap(), Resident(), engine.Pool.Used);
        long begin = Stopwatch.GetTimestamp(), allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (long i = 0; i < runs; i++) own.Once();
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return new(job.Name, runs, seconds, allocated, Heap() - heap, engine.Pool.Used - pool, Resident() - resident);
    }

    private static long Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static long Resident()
    {
        using Process self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
