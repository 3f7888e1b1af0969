using System.Collections.Concurrent;
using System.Collections.Immutable;
using Tessera.Compiler;
using Tessera.Onnx;
using Tessera.Runtime;

namespace Tessera;

public sealed partial class Session
{
    private readonly ConcurrentDictionary<string, GraphRunner> _withDefaults = [];

    /// <summary>Runs on named values: tensors, sequences, optionals. Inputs with a default may be left out.</summary>
    /// <exception cref="TesseraException">InvalidArgument naming an unknown or missing input; TypeMismatch and ShapeMismatch naming what was declared.</exception>
    public IReadOnlyDictionary<string, Value> Run(IReadOnlyDictionary<string, Value> inputs, RunOptions? options = null, CancellationToken cancel = default) => RunNamed(inputs, options, null, cancel);

    private Dictionary<string, Value> RunNamed(IReadOnlyDictionary<string, Value> inputs, RunOptions? options, Action<PlanStep, long>? profile, CancellationToken cancel)
    {
        foreach (string name in inputs.Keys)
            if (!Inputs.Any(i => i.Name == name)) throw new TesseraException(ErrorCode.InvalidArgument, $"'{Name}' has no input '{name}'; its inputs are {string.Join(", ", Inputs.Select(i => $"{i.Name}: {i.Type}"))}.");
        int[] given = new int[inputs.Count];
        Value[] values = new Value[inputs.Count];
        for (int i = 0, n = 0; i < Inputs.Length; i++)
        {
            if (inputs.TryGetValue(Inputs[i].Name, out Value? value)) (given[n], values[n++]) = (i, value);
            else if (!Inputs[i].HasDefault) throw new TesseraException(ErrorCode.InvalidArgument, $"Input '{Inputs[i].Name}' ({Inputs[i].Type}) of '{Name}' is missing.");
        }
        Value[] results = RunOn(given.AsSpan().SequenceEqual(_required) ? _runner : RunnerFor(given), given, values, options, profile, cancel);
        Dictionary<string, Value> named = new(results.Length);
        for (int i = 0; i < results.Length; i++) named.Add(Outputs[i].Name, results[i]);
        return named;
    }

    /// <summary>As <see cref="Run(ReadOnlySpan{Tensor})"/>, on the thread pool.</summary>
    public Task<Tensor[]> RunAsync(Tensor[] inputs, RunOptions? options = null, CancellationToken cancel = default) => Task.Run(() =>
    {
        Tensor?[] outputs = new Tensor?[Outputs.Length];
        Run(inputs, outputs, options, cancel);
        return (Tensor[])outputs!;
    }, cancel);

    public Task<IReadOnlyDictionary<string, Value>> RunAsync(IReadOnlyDictionary<string, Value> inputs, RunOptions? options = null, CancellationToken cancel = default) => Task.Run(() => Run(inputs, options, cancel), cancel);

    /// <summary>Runs many inputs as one submission: one after the other, or with <see cref="Profile.Throughput"/> one per thread. Results come in the order of the inputs.</summary>
    public Task<Tensor[][]> RunBatchAsync(IReadOnlyList<Tensor[]> batch, RunOptions? options = null, CancellationToken cancel = default) => Task.Run(() =>
    {
        Tensor[][] results = new Tensor[batch.Count][];
        bool apart = Options.Profile == Profile.Throughput;
        RunOptions each = apart ? (options ?? new RunOptions()) with { Threads = 1 } : options ?? new RunOptions();
        void One(int i)
        {
            Tensor?[] outputs = new Tensor?[Outputs.Length];
            Run(batch[i], outputs, each, cancel);
            results[i] = outputs!;
        }
        int threads = Options.Threads > 0 ? Options.Threads : Machine.Threads;
        try
        {
            if (apart) Parallel.For(0, batch.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel }, One);
            else for (int i = 0; i < batch.Count; i++) One(i);
        }
        catch (Exception e)
        {
            foreach (Tensor[]? r in results) foreach (Tensor t in r ?? []) t.Dispose();
            if (e is AggregateException { InnerException: TesseraException inner }) throw new TesseraException(inner.Code, inner.Message, inner);
            throw;
        }
        return results;
    }, cancel);

    private Value[] RunRequired(Value[] values, RunOptions? options, CancellationToken cancel) => RunOn(_runner, _required, values, options, null, cancel);

    private Value[] RunOn(GraphRunner runner, int[] which, Value[] values, RunOptions? options, Action<PlanStep, long>? profile, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        InputCheck.Run(Name, Inputs, which, values);
        bool limited = options is not null && options.Timeout != Timeout.InfiniteTimeSpan;
        using CancellationTokenSource? limit = limited ? CancellationTokenSource.CreateLinkedTokenSource(cancel) : null;
        limit?.CancelAfter(options!.Timeout);
        int threads = options?.Threads > 0 ? options.Threads : Options.Threads;
        long sessionBegin = _statistics.Begin(), begin = Engine.Statistics.Begin();
        bool done = false;
        try
        {
            Value[] results = runner.Run(values, new RunControl(threads, null, limit?.Token ?? cancel) { Profile = profile });
            done = true;
            return results;
        }
        catch (OperationCanceledException e) when (limited && !cancel.IsCancellationRequested)
        {
            throw new TesseraException(ErrorCode.Timeout, $"'{Name}' did not finish within {options!.Timeout}.", e);
        }
        finally
        {
            _statistics.End(sessionBegin, done);
            TimeSpan time = Engine.Statistics.End(begin, done);
            if (done && Engine.HasExecutedListener) Engine.Ran(new Execution(Engine.Name, Name, time, threads));
        }
    }

    private ImmutableArray<(Frame, string)> LiveOf(Frame root, int[] given)
    {
        ImmutableArray<(Frame, string)>.Builder live = ImmutableArray.CreateBuilder<(Frame, string)>(given.Length);
        foreach (int i in given) live.Add((root, Inputs[i].Name));
        return live.MoveToImmutable();
    }

    private GraphRunner RunnerFor(int[] given) => _withDefaults.GetOrAdd(string.Join(',', given), _ =>
    {
        Frame root = Frame.OfModel(_model);
        return new GraphRunner(new Continuation(root, [.. Outputs.Select(o => o.Name)], [.. _model.Graph.Nodes.Select(n => (Item)new Item.Call(root, n))],
            LiveOf(root, given), new Dictionary<(Frame, string), Recipe>(Frame.Names), new HashSet<int>()), _factory with { Folded = new FoldedConstants() });
    });
}
