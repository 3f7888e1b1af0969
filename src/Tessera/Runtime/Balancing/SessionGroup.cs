using System.Diagnostics;

namespace Tessera;

/// <summary>Runs of one model spread over sessions of several engines: devices of one machine, or a device and the CPU.</summary>
/// <remarks>Calls may come from many threads; every session runs what it is given as it would alone. The group owns its sessions and disposes them; engines stay the caller's.</remarks>
public sealed class SessionGroup : IDisposable
{
    // Of a new measurement in the average: old ones fade within about eight runs.
    private const double Fresh = 0.25;

    private readonly Member[] _members;
    private readonly Balance _by;
    private readonly Lock _lock = new();
    private uint _turn;

    private sealed class Member(Session session, double weight)
    {
        public Session Session => session;

        public double Weight => weight;

        public long Started { get; set; }

        public long Ended { get; set; }

        /// <summary>Ticks of <see cref="Stopwatch"/>: a run's moving average, and all runs.</summary>
        public double Average { get; set; }

        public long Busy { get; set; }

        public int UnderWay => (int)(Started - Ended);
    }

    /// <param name="sessions">Sessions of the same model.</param>
    /// <param name="by">How the next one is chosen.</param>
    /// <param name="weights">For <see cref="Balance.Weights"/>: each session's share, above 0.</param>
    /// <exception cref="TesseraException">InvalidArgument: no session, sessions that take or give different values, or weights that do not fit.</exception>
    public SessionGroup(IReadOnlyList<Session> sessions, Balance by, IReadOnlyList<double>? weights = null)
    {
        if (sessions.Count == 0) throw Wrong("A group needs at least one session.");
        static string Signature(Session s) => string.Join(", ", s.Inputs.Concat(s.Outputs).Select(v => $"{v.Name}: {v.Type}"));
        if (sessions.FirstOrDefault(s => Signature(s) != Signature(sessions[0])) is { } other)
            throw Wrong($"Sessions of a group have the same inputs and outputs; '{other.Name}' differs from '{sessions[0].Name}'.");
        if (by == Balance.Weights && weights is null || by != Balance.Weights && weights is not null || weights is not null && (weights.Count != sessions.Count || weights.Any(w => !(w > 0) || double.IsInfinity(w))))
            throw Wrong($"Balance.Weights takes {sessions.Count} weights above 0, one a session; other kinds take none.");
        (_by, _members) = (by, [.. sessions.Select((s, i) => new Member(s, weights?[i] ?? 1))]);
    }

    /// <summary>What each session did so far.</summary>
    public IReadOnlyList<SessionShare> Shares
    {
        get
        {
            lock (_lock) return [.. _members.Select(m => new SessionShare(m.Session.Engine.Name, m.Ended, m.UnderWay, Time(m.Average), Time(m.Busy), m.Session.Engine.FreeMemory))];
        }
    }

    /// <summary>Runs on one of the sessions; as <see cref="Session.Run(ReadOnlySpan{Tensor}, Span{Tensor}, RunOptions, CancellationToken)"/>.</summary>
    public void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, RunOptions? options = null, CancellationToken cancel = default)
    {
        Member m;
        lock (_lock)
        {
            m = _members[Pick()];
            m.Started++;
        }
        RunOn(m, inputs, outputs, options, cancel);
    }

    /// <summary>How so many items of equal work are best shared out: in proportion to what <see cref="Balance"/> goes by; they add up to <paramref name="items"/>.</summary>
    public int[] Plan(int items)
    {
        double[] share;
        lock (_lock)
            share = [.. _members.Select(m => _by switch
            {
                Balance.Weights => m.Weight,
                Balance.Time => Known(m),
                Balance.Memory => Math.Max(1.0, m.Session.Engine.FreeMemory),
                Balance.Utilization => 1.0 / (1 + m.UnderWay),
                Balance.RoundRobin => 1,
            })];
        int[] counts = new int[share.Length];
        double all = share.Sum();
        // By largest remainder, so that no session is more than one item away from its share.
        for (int i = 0; i < counts.Length; i++) counts[i] = (int)(items * (share[i] / all));
        foreach (int i in Enumerable.Range(0, counts.Length).OrderByDescending(i => items * (share[i] / all) - counts[i]).Take(items - counts.Sum()).ToArray()) counts[i]++;
        return counts;
    }

    /// <summary>Runs many inputs, shared out by <see cref="Plan"/>, every session at once. Results come in the order of the inputs.</summary>
    /// <exception cref="TesseraException">What the first run that failed threw; results of others are disposed.</exception>
    public async Task<Tensor[][]> RunBatchAsync(IReadOnlyList<Tensor[]> batch, RunOptions? options = null, CancellationToken cancel = default)
    {
        Tensor[][] results = new Tensor[batch.Count][];
        int[] counts = Plan(batch.Count);
        int from = 0;
        List<Task> parts = [];
        for (int k = 0; k < counts.Length; k++)
        {
            (Member m, int first, int end) = (_members[k], from, from += counts[k]);
            parts.Add(Task.Run(() =>
            {
                for (int i = first; i < end; i++)
                {
                    lock (_lock) m.Started++;
                    Tensor?[] outputs = new Tensor?[m.Session.Outputs.Length];
                    RunOn(m, batch[i], outputs, options, cancel);
                    results[i] = outputs!;
                }
            }, cancel));
        }
        try { await Task.WhenAll(parts).ConfigureAwait(false); }
        catch
        {
            foreach (Tensor[]? r in results) foreach (Tensor t in r ?? []) t.Dispose();
            throw;
        }
        return results;
    }

    private void RunOn(Member m, ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, RunOptions? options, CancellationToken cancel)
    {
        long begin = Stopwatch.GetTimestamp();
        bool done = false;
        try
        {
            m.Session.Run(inputs, outputs, options, cancel);
            done = true;
        }
        finally
        {
            long took = Stopwatch.GetTimestamp() - begin;
            lock (_lock)
            {
                m.Ended++;
                m.Busy += took;
                // The time of a run that failed says nothing of those that don't.
                if (done) m.Average = m.Average == 0 ? took : m.Average + Fresh * (took - m.Average);
            }
        }
    }

    private int Pick() => _by switch
    {
        Balance.RoundRobin => (int)(_turn++ % (uint)_members.Length),
        Balance.Utilization => Least(m => (m.UnderWay, m.Busy)),
        Balance.Memory => Least(m => (-m.Session.Engine.FreeMemory, m.UnderWay)),
        // A session that was never measured comes first.
        Balance.Time => Least(m => ((m.UnderWay + 1) * m.Average, m.UnderWay)),
        Balance.Weights => Least(m => ((m.Started + 1) / m.Weight, 0.0)),
    };

    private int Least<T>(Func<Member, T> cost)
    {
        Comparer<T> order = Comparer<T>.Default;
        int best = 0;
        T least = cost(_members[0]);
        for (int i = 1; i < _members.Length; i++)
            if (cost(_members[i]) is var c && order.Compare(c, least) < 0) (best, least) = (i, c);
        return best;
    }

    /// <summary>Runs per tick; a session that was never measured counts as fast as the average of the others.</summary>
    private double Known(Member m)
    {
        if (m.Average > 0) return 1 / m.Average;
        double[] others = [.. _members.Where(o => o.Average > 0).Select(o => 1 / o.Average)];
        return others.Length > 0 ? others.Average() : 1;
    }

    private static TimeSpan Time(double ticks) => TimeSpan.FromSeconds(ticks / Stopwatch.Frequency);

    private static TesseraException Wrong(string why) => new(ErrorCode.InvalidArgument, why);

    public void Dispose()
    {
        foreach (Member m in _members) m.Session.Dispose();
    }
}
