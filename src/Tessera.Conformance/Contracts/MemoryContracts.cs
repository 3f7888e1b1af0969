namespace Tessera.Conformance;

/// <summary>Budgets hold, nothing leaks.</summary>
internal static class MemoryContracts
{
    public static IEnumerable<Contract> All =>
    [
        new("a session's budget holds, and the session goes on", SessionBudget),
        new("an engine's limit holds, and the engine goes on", EngineLimit),
        new("runs leave no memory behind", Runs),
        new("sessions and engines leave no memory behind", Lives),
        new("failed runs leave no memory behind", Failures),
    ];

    private static string? SessionBudget(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Deep(), session: new() { MemoryBudget = 16 << 20 });
        return Exceeds(p);
    }

    private static string? EngineLimit(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Deep(), engine: new() { MemoryLimit = 16 << 20 });
        return Exceeds(p);
    }

    private static string? Exceeds(Probe p)
    {
        using Tensor small = SampleModels.Numbers(new(1), [2, SampleModels.Width]), large = Tensor.Zeros(DType.Float32, [100_000, SampleModels.Width]);
        byte[] expected = p.Bytes(small);
        for (int i = 0; i < 2; i++)
        {
            string? problem = Probe.Refused("a run whose values take 26 MB under a budget of 16 MB", ErrorCode.OutOfMemory, () => p.Session.Run(large));
            if (problem is not null) return problem;
            if (!p.Bytes(small).AsSpan().SequenceEqual(expected)) return "a run that exceeded the budget changed the next one";
        }
        return null;
    }

    private static string? Runs(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Perceptron());
        using Tensor x = SampleModels.Numbers(new(1), [9, SampleModels.Inputs]), other = SampleModels.Numbers(new(1), [4, SampleModels.Inputs]);
        for (int i = 0; i < 10; i++) _ = p.Bytes(i % 2 == 0 ? x : other);
        return Grown(p.Engine.Pool, 60, i => p.Bytes(i % 2 == 0 ? x : other));
    }

    private static string? Lives(Func<EngineOptions, Engine> make)
    {
        using Tensor x = SampleModels.Numbers(new(1), [9, SampleModels.Inputs]);
        void Life()
        {
            using Probe p = new(make, SampleModels.Perceptron());
            p.Bytes(x);
        }
        Life();
        string? problem = Grown(MemoryPool.Shared, 5, _ => Life(), collect: true);
        if (problem is not null) return problem;
        using Probe one = new(make, SampleModels.Perceptron());
        void Sit()
        {
            using Session s = one.Engine.Compile(one.Model);
            Probe.Bytes(s, x);
        }
        Sit();
        return Grown(one.Engine.Pool, 5, _ => Sit(), collect: true);
    }

    private static string? Failures(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Deep(), session: new() { MemoryBudget = 16 << 20 });
        using Tensor small = SampleModels.Numbers(new(1), [40, SampleModels.Width]), large = Tensor.Zeros(DType.Float32, [100_000, SampleModels.Width]), wrong = Tensor.Zeros(DType.Float32, [4, SampleModels.Width - 1]);
        void Fail(Tensor x)
        {
            try { p.Session.Run(x); }
            catch (TesseraException) { }
        }
        void Interrupt()
        {
            using CancellationTokenSource cancel = new();
            cancel.Cancel();
            try { p.Session.Run([small], new Tensor?[1], null, cancel.Token); }
            catch (OperationCanceledException) { }
        }
        p.Bytes(small);
        Fail(large);
        Fail(wrong);
        Interrupt();
        return Grown(p.Engine.Pool, 6, i => { Fail(i % 2 == 0 ? large : wrong); Interrupt(); });
    }

    private static string? Grown(MemoryPool pool, int times, Action<int> act, bool collect = false)
    {
        if (collect) Collect();
        long before = pool.Used, shared = MemoryPool.Shared.Used;
        for (int i = 0; i < times; i++) act(i);
        if (collect) Collect();
        long grown = pool.Used - before, also = MemoryPool.Shared.Used - shared;
        // Small forgotten blocks are found by the collector only when their whole slab of 64 KiB is: less than one may remain.
        long allowed = collect ? 64 << 10 : 0;
        return grown <= allowed && also <= allowed ? null : $"after {times} more times pool '{pool.Name}' holds {grown} bytes more, the shared pool {also}";
    }

    /// <summary>Constants of a plan are shared by those who hold it; the last of them is found by the collector.</summary>
    private static void Collect()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
