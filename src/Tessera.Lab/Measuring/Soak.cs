using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Tessera.Lab;

/// <summary>What a great many runs leave behind.</summary>
/// <param name="AllocatedBytes">Allocated on the managed heap by all threads of the process while the runs went on.</param>
/// <param name="ManagedGrowth">Bytes that live on the managed heap afterwards, less those before.</param>
/// <param name="PoolGrowth">Bytes rented from the engine's memory pool, and held on its device, afterwards, less those before.</param>
/// <param name="NativeGrowth">Bytes of the process in physical memory afterwards, less those before.</param>
public sealed record SoakResult(string Name, long Runs, double Seconds, long AllocatedBytes, long ManagedGrowth, long PoolGrowth, long NativeGrowth);

/// <summary>Runs a model over and over and looks for growth.</summary>
public static class Soak
{
    /// <param name="engine">What runs it.</param>
    /// <param name="job">The model and its inputs.</param>
    /// <param name="runs">Runs of all sessions together.</param>
    /// <param name="sessions">Sessions at once, each on a thread of its own.</param>
    /// <exception cref="TesseraException">What a run threw; Internal when its results are not those of the first run, bit by bit.</exception>
    public static SoakResult Run(Engine engine, BenchJob job, long runs, int sessions = 1)
    {
        OwnSide[] own = new OwnSide[sessions];
        try
        {
            for (int i = 0; i < sessions; i++) own[i] = new(engine, job with { ReuseOutputs = true });
            own[0].Warm(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5));
            // What the runtime does once, seconds after the start, is no growth: a tenth of the runs comes before those that count.
            Each(own, runs / 10);
            (long heap, long resident, long pool) = (Heap(), Resident(), Held(engine));
            long begin = Stopwatch.GetTimestamp(), allocated = GC.GetTotalAllocatedBytes(precise: true);
            Each(own, runs);
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            return new(sessions == 1 ? job.Name : $"{job.Name}, {sessions} sessions", runs, seconds, allocated, Heap() - heap, Held(engine) - pool, Resident() - resident);
        }
        finally
        {
            foreach (OwnSide? o in own) o?.Dispose();
        }
    }

    private static void Each(OwnSide[] own, long runs)
    {
        if (own.Length == 1)
        {
            for (long i = 0; i < runs; i++) own[0].Once();
            return;
        }
        Exception? failed = null;
        Thread[] threads = [.. own.Select((o, k) => new Thread(() =>
        {
            try
            {
                for (long i = k; i < runs; i += own.Length)
                {
                    o.Once();
                    if (!o.IsAsAtFirst()) throw new TesseraException(ErrorCode.Internal, $"Session {k} of {own.Length} gave other results in run {i} than in its first.");
                }
            }
            catch (Exception e) { Interlocked.CompareExchange(ref failed, e, null); }
        }))];
        foreach (Thread t in threads) t.Start();
        foreach (Thread t in threads) t.Join();
        if (failed is not null) ExceptionDispatchInfo.Throw(failed);
    }

    /// <summary>What sessions hold of the engine's pool and of its device.</summary>
    private static long Held(Engine engine) => engine.Pool.Used + (engine is DeviceEngine d ? d.DeviceMemory.Used : 0);

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
