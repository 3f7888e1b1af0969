using System.Diagnostics;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Workers;

/// <summary>A program that a Node process holds; loaded again when the process was lost.</summary>
internal sealed class WasmExecutable : Executable
{
    private static int _ids;

    private readonly NodeHost _host;
    private readonly MemoryPool _pool;
    private readonly Program _program;
    private readonly byte[] _file;
    private readonly int _id = Interlocked.Increment(ref _ids);
    private readonly Lock _lock = new();
    private int _loaded;
    private bool _disposed;

    public WasmExecutable(Graph graph, NodeHost host, MemoryPool pool)
    {
        (_host, _pool) = (host, pool);
        _program = Programs.Wasm(graph, out IReadOnlyList<PlanStep> plan);
        _file = ProgramWriter.Write(_program);
        Plan = plan;
        if (_program.Footprint > pool.Budget) throw new TesseraException(ErrorCode.OutOfMemory, $"The program needs {_program.Footprint} bytes of memory; the engine's limit is {pool.Budget}. Raise the memory limit or use smaller inputs.");
    }

    public override IReadOnlyList<PlanStep> Plan { get; }

    public override long ArenaBytes => _program.Memory;

    public override void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, RunControl control)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        lock (_lock)
        {
            bool[] made = new bool[outputs.Length];
            try
            {
                for (int i = 0; i < outputs.Length; i++)
                {
                    made[i] = outputs[i] is null;
                    outputs[i] ??= Tensor.Empty(_program.Outputs[i].Type, _program.Outputs[i].Shape, _pool, "output");
                }
                int process = _host.Start();
                if (_loaded != process) _host.Ask(process, 1, _id, _file, [], [], [], control.Cancel);
                _loaded = process;
                double[] times = control.Report is null ? [] : new double[Plan.Count];
                _host.Ask(process, times.Length > 0 ? 4 : 2, _id, [], inputs, times, outputs, control.Cancel);
                for (int i = 0; i < times.Length; i++) control.Report!(i, (long)(times[i] * Stopwatch.Frequency / 1000));
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

    public override void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        try
        {
            if (_loaded != 0) _host.Ask(_loaded, 3, _id, [], [], [], [], default);
        }
        catch (TesseraException e) when (e.Code == ErrorCode.EngineUnavailable)
        {
            // With its process, the program is gone as well.
        }
    }
}
