using System.Diagnostics;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Workers;

/// <summary>A program that a worker holds; loaded again when the worker was lost.</summary>
internal sealed class WorkerExecutable : Executable
{
    private static int _ids;

    private readonly Worker _worker;
    private readonly MemoryPool _pool;
    private readonly Program _program;
    private readonly int _id = Interlocked.Increment(ref _ids);
    private readonly Lock _lock = new();
    private int _loaded;
    private bool _disposed;

    public WorkerExecutable(Program program, IReadOnlyList<PlanStep> plan, Worker worker, MemoryPool pool)
    {
        (_program, Plan, _worker, _pool) = (program, plan, worker, pool);
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
                if (!_worker.Is(_loaded)) _loaded = _worker.Load(_id, _program, control.Cancel);
                double[] times = control.Report is null ? [] : new double[Plan.Count];
                _worker.Run(_loaded, _id, inputs, times, outputs, control.Cancel);
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

    public override double[]? Time(ReadOnlySpan<Tensor> inputs, int samples, int runs)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        lock (_lock)
        {
            if (!_worker.Is(_loaded)) _loaded = _worker.Load(_id, _program, default);
            return _worker.Time(_loaded, _id, inputs, samples, runs);
        }
    }

    public override void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        try
        {
            _worker.Drop(_loaded, _id);
        }
        catch (TesseraException e) when (e.Code is ErrorCode.EngineUnavailable or ErrorCode.DeviceLost)
        {
            // With its worker, the program is gone as well.
        }
    }
}
