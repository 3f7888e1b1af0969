using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Tessera.Engines.Cpu;

/// <summary>The process's compute threads: fork and join in a few microseconds, spinning briefly and then parked.</summary>
/// <remarks>
/// One fork runs at a time. A fork that finds the team busy (another run, or a fork inside a part) runs on its caller alone, so that
/// threads are never oversubscribed. Parts are handed out by a counter; a thread that the system does not schedule is not waited for,
/// because joining waits only for those that took a part. Where one is interrupted in its part, on a machine busy with other work, forks run
/// on their callers alone for a while.
/// </remarks>
internal sealed class ThreadTeam
{
    /// <summary>Work below this is not worth another thread.</summary>
    public const double ForkNanoseconds = 10_000;

    private const int Closed = 1 << 30;
    private static readonly long SpinTicks = Stopwatch.Frequency / 20_000;

    /// <summary>A wait that no fork on an idle machine has.</summary>
    private static readonly long InterruptedTicks = Stopwatch.Frequency / 2_000;

    private readonly Member[] _members;
    private int _busy;
    private int _gate = Closed;
    private int _epoch;
    private Step? _step;
    private RunContext? _context;
    private int _phase;
    private int _parts;
    private int _helpers;
    private int _next;
    private ExceptionDispatchInfo? _error;
    private long _aloneUntil;

    public ThreadTeam(int size)
    {
        _members = new Member[Math.Max(0, size - 1)];
        for (int i = 0; i < _members.Length; i++) _members[i] = new Member(this, i + 1);
    }

    public static ThreadTeam Shared { get; } = new(Environment.ProcessorCount);

    /// <summary>Threads including the caller.</summary>
    public int Size => _members.Length + 1;

    public void Fork(Step step, RunContext context, int phase, int parts, int threads)
    {
        int helpers = Math.Min(Math.Min(threads, parts) - 1, _members.Length);
        long begin = Stopwatch.GetTimestamp();
        if (helpers <= 0 || begin < Volatile.Read(ref _aloneUntil) || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            for (int p = 0; p < parts; p++) step.Part(context, phase, p, 0);
            return;
        }
        (_step, _context, _phase, _parts, _helpers, _error) = (step, context, phase, parts, helpers, null);
        Volatile.Write(ref _next, 0);
        Interlocked.Exchange(ref _gate, 0);
        Interlocked.Increment(ref _epoch);
        for (int i = 0; i < helpers; i++) _members[i].Wake();
        int done = Work(0);
        Interlocked.Or(ref _gate, Closed);
        long waiting = Stopwatch.GetTimestamp();
        SpinWait spin = default;
        while (Volatile.Read(ref _gate) != Closed) spin.SpinOnce(-1);
        NoteWait(Stopwatch.GetTimestamp(), waiting, (waiting - begin) / Math.Max(1, done));
        ExceptionDispatchInfo? error = _error;
        (_step, _context, _error) = (null, null, null);
        Volatile.Write(ref _busy, 0);
        error?.Throw();
    }

    /// <summary>Runs <paramref name="part"/> for 0 … parts − 1 on up to <paramref name="threads"/> threads, this one included; for work outside runs, such as packing weights.</summary>
    public void For(long parts, int threads, Action<long> part) => Fork(new Apart(part), new RunContext(0, this), 0, checked((int)parts), threads);

    private sealed class Apart(Action<long> part) : Step("apart", [], [], 0, "")
    {
        public override void Run(RunContext c) => throw new InvalidOperationException("It has parts only.");

        public override void Part(RunContext c, int phase, int number, int worker) => part(number);
    }

    /// <summary>A wait much longer than a part takes means that the system has interrupted a helper.</summary>
    private void NoteWait(long now, long since, long part)
    {
        long wait = now - since;
        if (wait > 3 * part + InterruptedTicks) Volatile.Write(ref _aloneUntil, now + 4 * wait);
    }

    /// <summary>Takes parts until there are none; returns how many it took.</summary>
    private int Work(int worker)
    {
        int done = 0;
        try
        {
            Step step = _step!;
            for (int p; (p = Interlocked.Increment(ref _next) - 1) < _parts; done++) step.Part(_context!, _phase, p, worker);
        }
#pragma warning disable CA1031 // Whatever a part throws must reach the thread that forked it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(e), null);
            Volatile.Write(ref _next, int.MaxValue / 2);
        }
        return done;
    }

    private void Join(int worker)
    {
        for (int gate = Volatile.Read(ref _gate); (gate & Closed) == 0;)
        {
            int seen = Interlocked.CompareExchange(ref _gate, gate + 1, gate);
            if (seen != gate) { gate = seen; continue; }
            if (worker <= _helpers) Work(worker);
            Interlocked.Decrement(ref _gate);
            return;
        }
    }

    /// <summary>One thread of the team; started by its first use.</summary>
#pragma warning disable CA1001 // Lives as long as the process, and its semaphore with it.
    private sealed class Member(ThreadTeam team, int worker)
#pragma warning restore CA1001
    {
        private readonly SemaphoreSlim _parking = new(0);
        private int _parked = 1;
        private Thread? _thread;

        public void Wake()
        {
            if (_thread is null)
            {
                _thread = new Thread(Loop) { IsBackground = true, Name = $"tessera {worker}" };
                _thread.Start();
            }
            if (Interlocked.Exchange(ref _parked, 0) == 1) _parking.Release();
        }

        private void Loop()
        {
            _parking.Wait();
            int done = 0;
            while (true)
            {
                int epoch = Volatile.Read(ref team._epoch);
                if (epoch != done)
                {
                    done = epoch;
                    team.Join(worker);
                    continue;
                }
                if (Spin(done)) continue;
                Interlocked.Exchange(ref _parked, 1);
                // A fork between the last look and the parking either sees _parked or is seen here.
                if (Volatile.Read(ref team._epoch) != done && Interlocked.Exchange(ref _parked, 0) == 1) continue;
                _parking.Wait();
            }
        }

        private bool Spin(int done)
        {
            long until = Stopwatch.GetTimestamp() + SpinTicks;
            while (Stopwatch.GetTimestamp() < until)
            {
                if (Volatile.Read(ref team._epoch) != done) return true;
                Thread.SpinWait(8);
            }
            return false;
        }
    }
}
