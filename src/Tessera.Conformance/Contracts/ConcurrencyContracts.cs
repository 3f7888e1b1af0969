namespace Tessera.Conformance;

/// <summary>Many threads, interruption, time limits.</summary>
internal static class ConcurrencyContracts
{
    public static IEnumerable<Contract> All =>
    [
        new("one session serves many threads", OneSession),
        new("many sessions run at once", ManySessions),
        new("a cancelled run stops, and the session goes on", Cancels),
        new("a time limit stops a run, and the session goes on", TimesOut),
    ];

    private static string? OneSession(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Perceptron());
        return Hammer(_ => p.Session, p);
    }

    private static string? ManySessions(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Perceptron());
        Session[] sessions = [.. Enumerable.Range(0, 6).Select(_ => p.Engine.Compile(p.Model))];
        string? problem = Hammer(i => sessions[i], p);
        foreach (Session s in sessions) s.Dispose();
        return problem;
    }

    /// <summary>Six threads, inputs of changing size, results held against runs made alone.</summary>
    private static string? Hammer(Func<int, Session> session, Probe p)
    {
        Tensor[] inputs = [.. new long[] { 1, 3, 17, 40 }.Select(n => SampleModels.Numbers(new((int)n), [n, SampleModels.Inputs]))];
        byte[][] expected = [.. inputs.Select(p.Bytes)];
        string? problem = null;
        Thread[] threads = [.. Enumerable.Range(0, 6).Select(t => new Thread(() =>
        {
            try
            {
                for (int i = 0; i < 40; i++)
                {
                    int which = (i + t) % inputs.Length;
                    if (!Probe.Bytes(session(t), inputs[which]).AsSpan().SequenceEqual(expected[which])) problem = $"thread {t}, run {i}: a result differs from the run made alone";
                }
            }
            catch (Exception e)
            {
                problem = $"thread {t}: {e.GetType().Name}: {e.Message}";
            }
        }))];
        foreach (Thread t in threads) t.Start();
        foreach (Thread t in threads) t.Join();
        foreach (Tensor t in inputs) t.Dispose();
        return problem;
    }

    private static string? Cancels(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Deep());
        using Tensor small = SampleModels.Numbers(new(1), [1, SampleModels.Width]), large = SampleModels.Numbers(new(1), [512, SampleModels.Width]);
        byte[] expected = p.Bytes(small);
        using CancellationTokenSource before = new(), during = new();
        before.Cancel();
        string? problem = Probe.Throws<OperationCanceledException>("a run cancelled before it starts", () => Run(p, small, before.Token));
        if (problem is not null) return problem;
        during.CancelAfter(30);
        problem = Probe.Throws<OperationCanceledException>("a run cancelled after 30 ms", () => { for (int i = 0; i < 50; i++) Run(p, large, during.Token); });
        return problem ?? (p.Bytes(small).AsSpan().SequenceEqual(expected) ? null : "a cancelled run changed the next one");
    }

    private static void Run(Probe p, Tensor x, CancellationToken cancel)
    {
        Tensor?[] y = new Tensor?[1];
        p.Session.Run([x], y, null, cancel);
        y[0]!.Dispose();
    }

    private static string? TimesOut(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Deep());
        using Tensor small = SampleModels.Numbers(new(1), [1, SampleModels.Width]), large = SampleModels.Numbers(new(1), [2048, SampleModels.Width]);
        byte[] expected = p.Bytes(small);
        string? problem = Probe.Refused("a run with a limit of 5 ms", ErrorCode.Timeout, () => p.Session.Run([large], new Tensor?[1], new RunOptions { Timeout = TimeSpan.FromMilliseconds(5) }));
        return problem ?? (p.Bytes(small).AsSpan().SequenceEqual(expected) ? null : "a run that timed out changed the next one");
    }
}
