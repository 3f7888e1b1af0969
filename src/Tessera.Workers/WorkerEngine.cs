using System.Collections.Immutable;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Workers;

/// <summary>Runs models as programs in a worker: Node, Deno or a browser.</summary>
public abstract class WorkerEngine : Engine
{
    private readonly Host[] _hosts;
    private readonly SemaphoreSlim _starting = new(1, 1);
    private Worker? _worker;

    private protected WorkerEngine(string target, string? host, IEnumerable<string> preferred, EngineOptions? options)
        : base(host is null ? target : $"{target}:{host}", options)
    {
        IEnumerable<string> names = host is null ? preferred : [host];
        _hosts = [.. names.Select(n => Hosts.FirstOrDefault(h => h.Name == n) ?? throw new TesseraException(ErrorCode.InvalidArgument, $"There is no host '{n}'; there are {string.Join(", ", Hosts.Select(h => h.Name))}."))];
    }

    private static IReadOnlyList<Host> Hosts => Host.All;

    internal Worker? Worker => _worker;

    /// <summary>Whether the engine was initialised and runs in a browser.</summary>
    public bool RunsInBrowser => _worker?.Browser is not null;

    /// <summary>Opens another page in the engine's browser, inside its own page: what runs there shares the browser with the engine. The page must be served as docs/worker-protocol.md says.</summary>
    /// <exception cref="TesseraException">EngineUnavailable: the engine does not run in a browser.</exception>
    public void OpenPage(Uri page)
    {
        ArgumentNullException.ThrowIfNull(page);
        (_worker?.Browser ?? throw new TesseraException(ErrorCode.EngineUnavailable, $"Engine '{Name}' does not run in a browser.")).Show(page);
    }

    /// <summary>Why a worker that started is no use for the engine; null when it is.</summary>
    private protected abstract string? Lacks(WorkerCapabilities c);

    private protected abstract Program Render(Graph graph, WorkerCapabilities c, out IReadOnlyList<PlanStep> plan);

    private protected abstract IEnumerable<DType> Computes(WorkerCapabilities c);

    private protected abstract EngineCapabilities Describe(WorkerCapabilities c, EngineCapabilities common);

    public override async ValueTask<Compatibility> CheckCompatibilityAsync(CancellationToken cancel = default)
    {
        await _starting.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_worker is not null) return Yes(_worker.Start(cancel));
            List<string> reasons = [];
            foreach (Host h in _hosts)
            {
                if (h.Find() is null) { reasons.Add($"{h.Title} was not found"); continue; }
                Worker w = new(h, Options.Threads);
                try
                {
                    WorkerCapabilities c = await Task.Run(() => w.Start(cancel), cancel).ConfigureAwait(false);
                    if (Lacks(c) is not { } lack)
                    {
                        _worker = w;
                        return Yes(c);
                    }
                    reasons.Add($"{c.Host}: {lack}");
                }
                catch (TesseraException e)
                {
                    reasons.Add(e.Message.TrimEnd('.'));
                }
                w.Dispose();
            }
            return Compatibility.No(string.Join("; ", reasons), string.Join(" Or: ", _hosts.Select(h => h.Remedy)));
        }
        finally
        {
            _starting.Release();
        }
    }

    private static Compatibility Yes(WorkerCapabilities c) => Compatibility.Yes(c.Host);

    protected override ValueTask ReleaseAsync()
    {
        _worker?.Dispose();
        _worker = null;
        return default;
    }

    protected override Executable Prepare(Graph graph, PrepareOptions options)
    {
        Worker w = _worker ?? throw new TesseraException(ErrorCode.EngineUnavailable, "The engine was not initialised.");
        Program p = Render(graph, w.Start(default), out IReadOnlyList<PlanStep> plan);
        return new WorkerExecutable(p, plan, w, options.Pool);
    }

    /// <summary>A browser starts within it also on a busy machine.</summary>
    protected override TimeSpan StartUp => TimeSpan.FromSeconds(60);

    protected override Tensor[]? Fold(Node node) => ConstantFolding.Fold(node);

    protected override EngineCapabilities Probe()
    {
        WorkerCapabilities c = _worker!.Start(default);
        ImmutableSortedDictionary<string, string> features = ImmutableSortedDictionary<string, string>.Empty.Add("host", c.Host).Add("webnn", c.Webnn.Available ? "available" : c.Webnn.Reason ?? "absent");
        return Describe(c, new(Parallel: false, Gpu: false, Distributed: false, Streaming: false, 1, Pool.Budget, [.. Computes(c)], MaxBatch: 0, features));
    }

    protected override void Dispose(bool disposing)
    {
        _starting.Dispose();
        base.Dispose(disposing);
    }
}
