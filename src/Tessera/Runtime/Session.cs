using System.Collections.Immutable;
using Tessera.Compiler;
using Tessera.Onnx;
using Tessera.Runtime;

namespace Tessera;

/// <summary>A model compiled for an engine. Runs may overlap; each distinct set of input shapes gets a plan, kept for the next time.</summary>
public sealed partial class Session : IDisposable
{
    private readonly OnnxModel _model;
    private readonly bool _ownsModel;
    private readonly GraphRunner _runner;
    private readonly StageFactory _factory;
    private readonly MemoryPool _pool;
    private readonly RunStatistics _statistics;
    private readonly int[] _required;
    private int _disposed;

    internal Session(Engine engine, OnnxModel model, SessionOptions options, string name, bool ownsModel)
    {
        (Engine, _model, Options, Name, _ownsModel) = (engine, model, options, name, ownsModel);
        _statistics = new RunStatistics(engine.Name);
        _pool = options.MemoryBudget > 0 ? new MemoryPool(options.MemoryBudget, $"session '{name}'") : engine.Pool;
        Inputs = [.. model.Graph.Inputs];
        Outputs = [.. model.Graph.Outputs];
        _required = Required(Inputs);
        int threads = options.Threads > 0 ? options.Threads : engine.Options.Threads > 0 ? engine.Options.Threads : Machine.Threads;
        PrepareOptions prepare = new(threads, _pool, options.Deterministic);
        _factory = new(g => Prepare(g, prepare), engine.Fold, new FoldedConstants(), Math.Max(1, options.MaxPlans), Note, engine.IsHost || options.Fallback is not null ? null : engine.Name, Unrolls: !engine.IsHost);
        Frame root = Frame.OfModel(model);
        _runner = new GraphRunner(new Continuation(root, [.. Outputs.Select(o => o.Name)], [.. model.Graph.Nodes.Select(n => (Item)new Item.Call(root, n))],
            LiveOf(root, _required), new Dictionary<(Frame, string), Recipe>(Frame.Names), new HashSet<int>()), _factory);
    }

    /// <summary>Places of the inputs that have no default.</summary>
    private static int[] Required(ImmutableArray<OnnxValueInfo> inputs)
    {
        List<int> places = new(inputs.Length);
        for (int i = 0; i < inputs.Length; i++)
            if (!inputs[i].HasDefault) places.Add(i);
        return [.. places];
    }

    private Executable Prepare(Ir.Graph graph, PrepareOptions options)
    {
        Engine.EnsureInitialized();
        try
        {
            graph = Passes.Run(graph, Engine.Fold);
            return Options.Fallback is { } fallback ? Partition.Prepare(graph, Engine, fallback, options) : Engine.Prepare(graph, options);
        }
        catch (Exception e) when (e is ArithmeticException or IndexOutOfRangeException or ArgumentException)
        {
            throw new TesseraException(ErrorCode.Unsupported, $"Engine '{Engine.Name}' cannot prepare '{Name}' for these shapes: {e.Message}", e);
        }
    }

    public Engine Engine { get; }

    public string Name { get; }

    public SessionOptions Options { get; }

    /// <summary>Declared inputs, those with a default value included.</summary>
    public ImmutableArray<OnnxValueInfo> Inputs { get; }

    public ImmutableArray<OnnxValueInfo> Outputs { get; }

    public EngineMetrics GetMetrics() => _statistics.Snapshot(_pool.Used, _pool.Statistics.Peak);

    /// <summary>Runs on tensors in the order of <see cref="Inputs"/> without those that have a default.</summary>
    /// <returns>New tensors in the order of <see cref="Outputs"/>; the caller disposes them.</returns>
    public Tensor[] Run(params ReadOnlySpan<Tensor> inputs)
    {
        Tensor?[] outputs = new Tensor?[Outputs.Length];
        Run(inputs, outputs);
        return outputs!;
    }

    /// <summary>Runs into tensors that the caller keeps: once warmed up, a model of static shapes allocates nothing on the managed heap.</summary>
    /// <param name="inputs">As for <see cref="Run(ReadOnlySpan{Tensor})"/>.</param>
    /// <param name="outputs">Per output a contiguous tensor of the right type and shape to write into, or null to be given a new one.</param>
    /// <param name="options">Threads and time limit.</param>
    /// <param name="cancel">Checked between steps.</param>
    /// <exception cref="TesseraException">InvalidArgument, TypeMismatch or ShapeMismatch before anything runs; OutOfMemory; Timeout.</exception>
    public void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, RunOptions? options = null, CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (inputs.Length != _required.Length || outputs.Length != Outputs.Length) throw Counts(inputs.Length, outputs.Length);
        if (_runner.Root.RentLast(inputs) is { } stage)
        {
            try
            {
                if (stage.OutputsInOrder && options is null && AllContiguous(inputs))
                {
                    CheckGiven(stage.Specialized.Graph.Outputs, outputs);
                    RunStage(stage, inputs, outputs, cancel);
                    return;
                }
            }
            finally
            {
                stage.Dispose();
            }
        }
        Value[] values = new Value[inputs.Length];
        for (int i = 0; i < inputs.Length; i++) values[i] = inputs[i];
        Value[] results = RunRequired(values, options, cancel);
        for (int i = 0; i < results.Length; i++)
        {
            if (results[i] is not TensorValue t) throw new TesseraException(ErrorCode.TypeMismatch, $"Output '{Outputs[i].Name}' of '{Name}' is {Outputs[i].Type}, no tensor; use the overload with names and values.");
            Deliver(t.Tensor, ref outputs[i], Outputs[i].Name);
        }
    }

    /// <summary>Times a model that has run on inputs like these where it runs, without the way there and back; see <see cref="Executable.Time"/>.</summary>
    /// <returns>Milliseconds of each sample; null where that is this process, or where the model is of several stages.</returns>
    public double[]? TimeInPlace(ReadOnlySpan<Tensor> inputs, int samples, int runs)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (inputs.Length != _required.Length || !AllContiguous(inputs) || _runner.Root.RentLast(inputs) is not { } stage) return null;
        try
        {
            return stage.Time(inputs, samples, runs);
        }
        finally
        {
            stage.Dispose();
        }
    }

    private void RunStage(Stage stage, ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, CancellationToken cancel)
    {
        long sessionBegin = _statistics.Begin(), begin = Engine.Statistics.Begin();
        bool done = false;
        try
        {
            stage.Run(inputs, outputs, new RunControl(Options.Threads, null, cancel));
            done = true;
        }
        finally
        {
            _statistics.End(sessionBegin, done);
            TimeSpan time = Engine.Statistics.End(begin, done);
            if (done && Engine.HasExecutedListener) Engine.Ran(new Execution(Engine.Name, Name, time, Options.Threads));
        }
    }

    private void CheckGiven(ImmutableArray<Ir.Node> results, ReadOnlySpan<Tensor?> given)
    {
        for (int i = 0; i < given.Length; i++)
            if (given[i] is { } t && (t.Type != results[i].Type || t.Shape != results[i].Shape || !t.IsContiguous))
                throw new TesseraException(ErrorCode.ShapeMismatch, $"Output '{Outputs[i].Name}' is {results[i].Outputs[0]}; the tensor given for it is {t}{(t.IsContiguous ? "" : ", a view")}.");
    }

    private static bool AllContiguous(ReadOnlySpan<Tensor> tensors)
    {
        foreach (Tensor t in tensors) if (!t.IsContiguous) return false;
        return true;
    }

    private static void Deliver(Tensor result, ref Tensor? target, string name)
    {
        if (target is null) { target = result; return; }
        using (result)
        {
            if (target.Type != result.Type || target.Shape != result.Shape || !target.IsContiguous) throw new TesseraException(ErrorCode.ShapeMismatch, $"Output '{name}' is {result}; the tensor given for it is {target}.");
            if (result.Type == DType.String) result.Strings.CopyTo(target.Strings, 0);
            else target.CopyBytesFrom(result, 0);
        }
    }

    private TesseraException Counts(int inputs, int outputs) => new(ErrorCode.InvalidArgument,
        $"'{Name}' takes {_required.Length} inputs ({string.Join(", ", _required.Select(i => $"{Inputs[i].Name}: {Inputs[i].Type}"))}) and gives {Outputs.Length} outputs; it was handed {inputs} and {outputs}.");

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _runner.Dispose();
        if (_ownsModel) _model.Dispose();
        // Unloading gives memory back to the system, not only to the pool.
        _pool.Trim();
    }
}
