using System.Diagnostics;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Engines.Devices;

/// <summary>A graph as a program on a device; loaded again when the device was lost.</summary>
internal sealed class DeviceExecutable : Executable
{
    private readonly DeviceEngine _engine;
    private readonly MemoryPool _pool;
    private readonly Program _program;
    private readonly Lock _lock = new();
    private LoadedProgram? _loaded;
    private bool _disposed;

    public DeviceExecutable(DeviceEngine engine, Graph graph, MemoryPool pool)
    {
        (_engine, _pool) = (engine, pool);
        _program = engine.Compile(graph, out IReadOnlyList<PlanStep> plan);
        if (engine.Options.Device.Debug) _program = _program with { StepNames = [.. plan.Select(s => $"{s.Kernel} ({string.Join(", ", s.Nodes.Select(n => n.Origin ?? $"{n.Op}").Distinct())})")] };
        Plan = plan;
        _loaded = engine.Load(_program);
    }

    public override IReadOnlyList<PlanStep> Plan { get; }

    public override long ArenaBytes => _program.Memory;

    internal Program Program => _program;

    public override void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, RunControl control)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            control.Cancel.ThrowIfCancellationRequested();
            Span<bool> made = stackalloc bool[outputs.Length];
            try
            {
                for (int i = 0; i < outputs.Length; i++)
                {
                    made[i] = outputs[i] is null;
                    outputs[i] ??= Tensor.Empty(_program.Outputs[i].Type, _program.Outputs[i].Shape, _pool, "output");
                }
                long[] times = control.Report is null ? [] : new long[Plan.Count];
                bool inside;
                try { inside = Loaded().Run(inputs, outputs, times); }
                catch (TesseraException e) when (e.Code == ErrorCode.DeviceLost)
                {
                    _engine.Reopen(e);
                    inside = Loaded().Run(inputs, outputs, times);
                }
                if (!inside) throw Outside();
                for (int i = 0; i < times.Length; i++) control.Report!(i, times[i] * Stopwatch.Frequency / 1_000_000_000);
            }
            catch
            {
                for (int i = 0; i < outputs.Length; i++)
                {
                    if (!made[i]) continue;
                    outputs[i]?.Dispose();
                    outputs[i] = null;
                }
                throw;
            }
        }
    }

    private TesseraException Outside() => new(ErrorCode.InvalidArgument,
        $"An index lies outside its axis in {string.Join(", ", Plan.SelectMany(s => s.Nodes).Where(n => n.Op is GraphOp.Gather or GraphOp.GatherElements or GraphOp.GatherNd or GraphOp.ScatterElements or GraphOp.ScatterNd).Select(n => $"{n.Op} '{n.Origin}' over {n.In[0].Shape}").Distinct())}.");

    private LoadedProgram Loaded()
    {
        if (_loaded is { IsStale: false } ready) return ready;
        _loaded?.Dispose();
        _loaded = null;
        return _loaded = _engine.Load(_program);
    }

    public override void Dispose()
    {
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            _loaded?.Dispose();
        }
    }
}
