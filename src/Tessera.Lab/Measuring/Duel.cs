namespace Tessera.Lab;

/// <summary>Times a job here and on peers in turn (A B A B …) and holds the outputs against each other.</summary>
public sealed class Duel(Engine engine, int threads, Ceilings? ceilings, Pace pace) : IDisposable
{
    // Workers of the other side may spin for a while after their last run, on cores that the next side needs.
    private readonly TimeSpan _pause = TimeSpan.FromMilliseconds(threads > 1 ? 40 : 2);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tessera-bench-");

    public BenchResult Run(BenchJob job, IReadOnlyList<PeerProcess> peers)
    {
        try
        {
            using OwnSide own = new(engine, job);
            return Run(job, own, [.. peers.Select(p => Enter(p, job, own))]);
        }
        catch (TesseraException e)
        {
            return new(job.Name, job.Family, null, job.Operations, job.Bytes, job.Int8, null, null, null, null, [], $"{e.Code}: {e.Message}");
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private BenchResult Run(BenchJob job, OwnSide own, Side[] sides)
    {
        own.Warm(pace.WarmLeast, pace.WarmMost);
        (int runs, int inner) = pace.Settle(own.Time);
        foreach (Side s in sides.Where(s => s.Absent is null)) Attempt(s, () => (s.Runs, s.Inner) = pace.Settle(s.Process.Time));
        List<Round> ours = [];
        for (int round = 0; round < pace.Rounds; round++)
        {
            foreach (Side s in sides.Where(s => s.Absent is null))
            {
                Thread.Sleep(_pause);
                Attempt(s, () => s.Rounds.Add(s.Process.Time(s.Runs, s.Inner)));
            }
            Thread.Sleep(_pause);
            ours.Add(own.Time(runs, inner));
        }
        Agreement recorded = Held(own.Results, job);
        PeerResult[] peers = [.. sides.Select(s => s.Result(ours, recorded))];
        SideTimes times = SideTimes.Of(ours);
        Floor? floor = ceilings is not null && job.Bytes > 0 ? ceilings.FloorOf(job.Operations, job.Bytes, job.Int8) : null;
        string? error = recorded.Mismatch is { } m ? $"not as recorded: {m}" : peers.Where(p => p.Agreement?.Mismatch is not null && p.Excused is null).Select(p => $"not as {p.Peer}: {p.Agreement!.Mismatch}").FirstOrDefault();
        GateResult? gate = job.Gates.FirstOrDefault(g => g.AppliesTo(engine.Name, threads)) is { } g ? new(g.Ms, times.MedianMs <= g.Ms ? Verdict.Met : times.LeastMs <= g.Ms ? Verdict.QuickestMet : Verdict.Missed) : null;
        return new(job.Name, job.Family, times, job.Operations, job.Bytes, job.Int8, floor?.Ms, floor?.Bound, floor is { } f ? times.LeastMs / f.Ms : null, gate, peers, error, own.FirstMs);
    }

    private Side Enter(PeerProcess process, BenchJob job, OwnSide own)
    {
        Side side = new(process);
        Attempt(side, () =>
        {
            bool native = process.Peer.Npm() is null;
            (PeerTensor[] outputs, side.FirstMs) = process.Load(PeerFiles.Of(job, _folder.FullName, threads, native), pace.FirstLimit.TotalSeconds);
            foreach (PeerTensor o in outputs)
            {
                using Tensor theirs = PeerFiles.Read(o);
                // A native library knows no names and no shapes: its one output holds the model's elements in order.
                (string name, Value? ours) = native ? (own.Results.First().Key, own.Results.First().Value) : (o.Name, own.Results.GetValueOrDefault(o.Name));
                if (ours is not TensorValue { Tensor: { } mine }) throw new NotSupportedException($"output '{name}' is a tensor there and {ours?.ToString() ?? "missing"} here");
                using Tensor shaped = native && theirs.Count == mine.Count ? theirs.Reshape(mine.Shape) : theirs.Share();
                side.Agreement = side.Agreement.And(Agreement.Of(name, mine, shaped, job.Bound));
                if (job.Expected.GetValueOrDefault(name) is TensorValue { Tensor: { } expected }) side.Recorded = side.Recorded.And(Agreement.Of(name, shaped, expected, job.Bound));
            }
            if (outputs.Length == 0) throw new NotSupportedException("it gave no output that could be compared");
        });
        return side;
    }

    private static void Attempt(Side side, Action work)
    {
        try { work(); }
        catch (Exception e) when (e is PeerAbsentException or NotSupportedException) { side.Absent = e.Message; }
    }

    private static Agreement Held(IReadOnlyDictionary<string, Value> results, BenchJob job)
    {
        Agreement all = Agreement.Nothing;
        foreach ((string name, Value expected) in job.Expected)
            if (expected is TensorValue { Tensor: { } e } && results.GetValueOrDefault(name) is TensorValue { Tensor: { } r }) all = all.And(Agreement.Of(name, r, e, job.Bound));
        return all;
    }

    /// <summary>A peer while its job is timed.</summary>
    private sealed class Side(PeerProcess process)
    {
        public PeerProcess Process { get; } = process;

        public string? Absent { get; set; }

        public double? FirstMs { get; set; }

        public Agreement Agreement { get; set; } = Agreement.Nothing;

        /// <summary>The peer's outputs held against the recorded ones.</summary>
        public Agreement Recorded { get; set; } = Agreement.Nothing;

        public int Runs { get; set; }

        public int Inner { get; set; }

        public List<Round> Rounds { get; } = [];

        public PeerResult Result(IReadOnlyList<Round> ours, Agreement own) => Absent is not null
            ? new(Process.Peer.Name(), Absent, null, null, null, null, FirstMs)
            : new(Process.Peer.Name(), null, SideTimes.Of(Rounds), Ratio.Of(ours, Rounds), Agreement,
                Agreement.Mismatch is not null && own.Mismatch is null && Recorded.Mismatch is not null ? $"the peer is not as recorded: {Recorded.Mismatch}" : null, FirstMs);
    }
}
