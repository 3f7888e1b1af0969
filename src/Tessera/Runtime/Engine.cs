using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Runtime;

namespace Tessera;

/// <summary>Something that runs models: the CPU, a GPU, a pool of workers. Makes sessions; owns what they share.</summary>
/// <remarks>An author of an engine implements <see cref="Prepare"/>, <see cref="Probe"/> and <see cref="CheckCompatibilityAsync"/>; staging, metrics, budgets and the self-test are here.</remarks>
public abstract partial class Engine : IDisposable, IAsyncDisposable
{
    private readonly SemaphoreSlim _initializing = new(1, 1);
    private readonly RunStatistics _statistics;
    private EngineCapabilities? _capabilities;
    private EngineHealth _health;

    protected Engine(string name, EngineOptions? options = null)
    {
        (Name, Options, _statistics) = (name, options ?? new(), new RunStatistics(name));
        _health = new(EngineState.Created, false, "not initialised", TimeProvider.System.GetUtcNow());
        Pool = new MemoryPool(Options.MemoryLimit > 0 ? Options.MemoryLimit : Machine.MemoryLimit * 8 / 10, name);
    }

    public string Name { get; }

    public EngineOptions Options { get; }

    /// <summary>Where sessions take the memory of intermediate values from; its budget is the engine's memory limit.</summary>
    public MemoryPool Pool { get; }

    /// <summary>Bytes that sessions may still take where the engine computes.</summary>
    public virtual long FreeMemory => Pool.Budget - Pool.Used;

    /// <summary>Raised after start-up, self-test included.</summary>
    public event EventHandler? Initialized;

    /// <summary>Raised after every completed run, on the thread that ran it.</summary>
    public event EventHandler<Execution>? Executed;

    /// <summary>Raised once, after everything was given back.</summary>
    public event EventHandler? Disposed;

    /// <summary>What probes found; starts the engine when that has not happened yet.</summary>
    public EngineCapabilities Capabilities
    {
        get
        {
            EnsureInitialized();
            return _capabilities!;
        }
    }

    /// <summary>Whether this machine has what the engine needs; never throws.</summary>
    public abstract ValueTask<Compatibility> CheckCompatibilityAsync(CancellationToken cancel = default);

    /// <summary>Starts the engine: compatibility, resources, capabilities, then a self-test with known answers. Undone as a whole when a part fails.</summary>
    /// <exception cref="TesseraException">EngineUnavailable with reason and remedy; Internal when the self-test gives wrong answers; Timeout.</exception>
    public async Task InitializeAsync(CancellationToken cancel = default)
    {
        await _initializing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_health.State == EngineState.Disposed, this);
            if (_health.State == EngineState.Ready) return;
            Become(EngineState.Initializing, false, "starting");
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            TimeSpan time = Options.InitializeTimeout ?? StartUp;
            // What runs in this process has nothing to wait for, unless a limit was asked for.
            if (!IsHost || Options.InitializeTimeout is not null) limit.CancelAfter(time);
            try
            {
                Compatibility c = await CheckCompatibilityAsync(limit.Token).ConfigureAwait(false);
                if (!c.IsCompatible) throw new TesseraException(ErrorCode.EngineUnavailable, $"Engine '{Name}' is absent, because {c.Reason}. {c.Remedy}".TrimEnd());
                await AcquireAsync(limit.Token).ConfigureAwait(false);
                _capabilities = Probe();
                SelfTest.Run(this, limit.Token);
            }
            catch (Exception e)
            {
                await ReleaseAsync().ConfigureAwait(false);
                _capabilities = null;
                Become(EngineState.Failed, false, e.Message);
                if (e is OperationCanceledException && !cancel.IsCancellationRequested) throw new TesseraException(ErrorCode.Timeout, $"Engine '{Name}' did not start within {time}.", e);
                throw;
            }
            Become(EngineState.Ready, true, "self-test passed");
        }
        finally
        {
            _initializing.Release();
        }
        Initialized?.Invoke(this, EventArgs.Empty);
    }

    public EngineMetrics GetMetrics() => _statistics.Snapshot(Pool.Used, Pool.Statistics.Peak);

    public EngineHealth GetHealth() => _health;

    /// <summary>Makes a static graph ready to run. Called from several threads.</summary>
    protected internal abstract Executable Prepare(Graph graph, PrepareOptions options);

    /// <summary>Time that start-up may take unless options say otherwise.</summary>
    protected virtual TimeSpan StartUp => TimeSpan.FromSeconds(5);

    /// <summary>Whether the engine computes in this process, so that operators that only the host computes (results whose shape depends on data) are its own.</summary>
    protected internal virtual bool IsHost => false;

    /// <summary>Why the engine can't run a node; null when it can. Asked for nodes of sessions that have a fallback.</summary>
    protected internal virtual string? Refusal(Node node) => null;

    /// <summary>Finds out what the engine can do here by trying it.</summary>
    protected abstract EngineCapabilities Probe();

    /// <summary>Takes devices, contexts and base memory; undone by <see cref="ReleaseAsync"/>.</summary>
    protected virtual ValueTask AcquireAsync(CancellationToken cancel) => default;

    /// <summary>Gives back what <see cref="AcquireAsync"/> took, also when it took only a part of it.</summary>
    protected virtual ValueTask ReleaseAsync() => default;

    /// <summary>Computes a node of constants while a graph is built; null to leave it to run time.</summary>
    protected internal abstract Tensor[]? Fold(Node node);

    internal RunStatistics Statistics => _statistics;

    internal void Ran(Execution execution) => Executed?.Invoke(this, execution);

    internal bool HasExecutedListener => Executed is not null;

    internal void EnsureInitialized()
    {
        if (_health.State != EngineState.Ready) InitializeAsync().GetAwaiter().GetResult();
    }

    private void Become(EngineState state, bool healthy, string detail) => _health = new(state, healthy, detail, TimeProvider.System.GetUtcNow());

    public async ValueTask DisposeAsync()
    {
        if (_health.State == EngineState.Disposed) return;
        // Load may have left the start going on.
        await _initializing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_health.State == EngineState.Disposed) return;
            Become(EngineState.Disposed, false, "disposed");
            await ReleaseAsync().ConfigureAwait(false);
            Dispose(true);
            Pool.Trim();
        }
        finally
        {
            _initializing.Release();
        }
        Disposed?.Invoke(this, EventArgs.Empty);
        GC.SuppressFinalize(this);
    }

    public void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) { }
}

/// <summary>What a graph is prepared for.</summary>
public sealed record PrepareOptions(int Threads, MemoryPool Pool, bool Deterministic);
