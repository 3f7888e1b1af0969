using System.Collections.Immutable;
using Tessera.Compiler;

namespace Tessera.Runtime;

/// <summary>A specialised stage, made ready by an engine. Rented while it runs so that it outlives its eviction.</summary>
internal sealed class Stage : IDisposable
{
    private int _users = 1;
    private Tensor[]? _inputs;

    public Stage(Specialized specialized, Executable executable, PlanKey key, StageFactory factory)
    {
        (Specialized, Executable, Key) = (specialized, executable, key);
        Steps = [.. specialized.Steps.Select(s => StepRunner.Of(s, factory))];
        if (specialized.Next is { } next) Next = new StagePoint(next, factory);
        OutputsInOrder = specialized.Next is null && specialized.OutputsInOrder;
    }

    public Specialized Specialized { get; }

    public Executable Executable { get; }

    public PlanKey Key { get; }

    public ImmutableArray<StepRunner> Steps { get; }

    public StagePoint? Next { get; }

    /// <summary>Whether the graph's outputs are the model's, one for one: then a run needs nothing but the executable.</summary>
    public bool OutputsInOrder { get; }

    /// <summary>Runs the graph on those of <paramref name="values"/> that are its inputs; the others are part of the plan.</summary>
    public void Run(ReadOnlySpan<Tensor> values, Span<Tensor?> outputs, RunControl control)
    {
        ImmutableArray<int> leaves = Specialized.LeafOfInput;
        if (leaves.Length == values.Length) { Executable.Run(values, outputs, control); return; }
        Tensor[] inputs = Interlocked.Exchange(ref _inputs, null) ?? new Tensor[leaves.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = values[leaves[i]];
        try
        {
            Executable.Run(inputs, outputs, control);
        }
        finally
        {
            Array.Clear(inputs);
            _inputs = inputs;
        }
    }

    /// <summary>As <see cref="Executable.Time"/>; null for a stage that is not all of the model.</summary>
    public double[]? Time(ReadOnlySpan<Tensor> values, int samples, int runs) => !OutputsInOrder ? null
        : Specialized.LeafOfInput.Length == values.Length ? Executable.Time(values, samples, runs)
        : Executable.Time(Pick(values, Specialized.LeafOfInput), samples, runs);

    private static Tensor[] Pick(ReadOnlySpan<Tensor> values, ImmutableArray<int> leaves)
    {
        Tensor[] picked = new Tensor[leaves.Length];
        for (int i = 0; i < picked.Length; i++) picked[i] = values[leaves[i]];
        return picked;
    }

    public bool TryRent()
    {
        int n = Volatile.Read(ref _users);
        while (n > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, n + 1, n);
            if (seen == n) return true;
            n = seen;
        }
        return false;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) != 0) return;
        Executable.Dispose();
        Next?.Dispose();
        foreach (StepRunner s in Steps) s.Dispose();
    }
}

/// <summary>What turns a specialised graph into something that runs.</summary>
/// <param name="NoHost">The engine for which operators that only the host computes are refused; null where they are allowed.</param>
/// <param name="Unrolls">Whether stages cost more than their work, so that loops with a known number of turns are unrolled: where each is a trip to another process.</param>
internal sealed record StageFactory(Func<Ir.Graph, Executable> Prepare, Ir.Fold? Fold, FoldedConstants Folded, int MaxPlans, Action<Specialized, Executable> Prepared, string? NoHost, bool Unrolls);

/// <summary>A place where building goes on, with the plans made there so far; the least recently used goes when there are too many.</summary>
internal sealed class StagePoint(Continuation start, StageFactory factory) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Stage> _stages = [];
    private Continuation _start = start;
    private volatile Stage? _last;

    public IReadOnlySet<int> Needs => _start.Needs;

    /// <summary>The stage used last, when it fits; null otherwise. The caller disposes it after use.</summary>
    public Stage? RentLast(ReadOnlySpan<Tensor> inputs) => _last is { } s && s.Key.Matches(inputs, Needs) && s.TryRent() ? s : null;

    /// <summary>The stage for these values, made when there is none. The caller disposes it after use.</summary>
    public Stage Rent(IReadOnlyList<Value> live)
    {
        if (_last is { } last && last.Key.Matches(live, Needs) && last.TryRent()) return last;
        lock (_lock)
        {
            for (int i = _stages.Count - 1; i >= 0; i--)
            {
                Stage s = _stages[i];
                if (!s.Key.Matches(live, Needs) || !s.TryRent()) continue;
                _stages.RemoveAt(i);
                _stages.Add(s);
                return _last = s;
            }
            return _last = Make(live);
        }
    }

    private Stage Make(IReadOnlyList<Value> live)
    {
        Specialized made = Specializer.Build(_start, live, factory.Fold, factory.Folded, factory.Unrolls, out IReadOnlySet<int> needs);
        if (needs.Count != _start.Needs.Count)
        {
            // More values decide the plan than were known: keys made so far say too little.
            foreach (Stage s in _stages) s.Dispose();
            _stages.Clear();
            _start = _start with { Needs = needs };
        }
        while (_stages.Count >= factory.MaxPlans)
        {
            _stages[0].Dispose();
            _stages.RemoveAt(0);
        }
        Stage stage = new(made, factory.Prepare(made.Graph), PlanKey.Of(live, needs), factory);
        factory.Prepared(made, stage.Executable);
        _stages.Add(stage);
        stage.TryRent();
        return stage;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (Stage s in _stages) s.Dispose();
            _stages.Clear();
            _last = null;
        }
    }
}
