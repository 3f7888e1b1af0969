using System.Diagnostics;
using System.Runtime.CompilerServices;
using Tessera.Ir;

namespace Tessera.Engines.Cpu;

/// <summary>A graph as a flat list of steps over a planned arena. Runs allocate nothing; overlapping runs each take a context of their own.</summary>
internal sealed class CpuExecutable : Executable
{
    private readonly Graph _graph;
    private readonly StepBuilder _b;
    private readonly Step[] _steps;
    private readonly MemoryPool _pool;
    private readonly ThreadTeam _team;
    private readonly int _threads;
    private readonly Lock _lock = new();
    private readonly List<(RunContext Context, MemoryBlock Arena)> _idle = new(16);
    private readonly int[] _dynamic;
    private readonly SlotAlias[] _aliases;
    private bool _disposed;

    public CpuExecutable(Graph graph, PrepareOptions options)
    {
        (_graph, _pool, _team) = (graph, options.Pool, ThreadTeam.Shared);
        _threads = Math.Clamp(options.Threads, 1, _team.Size);
        _b = CpuCompiler.Run(graph, _team.Size, options.Pool);
        ArenaBytes = MemoryPlan.Run(_b);
        _steps = [.. _b.Steps];
        Plan = [.. _steps.Select(s => new PlanStep(s.Kernel, s.Nodes, Bytes(s.Reads) + Bytes(s.Writes), s.Flops, s.Why))];
        List<int> dynamic = [];
        List<SlotAlias> aliases = [];
        for (int i = 0; i < _b.Slots.Count; i++)
        {
            if (_b.Slots[i].Index >= 0) dynamic.Add(i);
            if (_b.Slots[i].AliasOf < 0) continue;
            (int of, long offset) = _b.Resolve(i);
            aliases.Add(new(i, of, offset));
        }
        (_dynamic, _aliases) = (dynamic.ToArray(), aliases.ToArray());
    }

    private readonly record struct SlotAlias(int Slot, int Of, long Offset);

    private static long Bytes(Operand[] operands)
    {
        long bytes = 0;
        foreach (Operand o in operands) bytes += o.Bytes;
        return bytes;
    }

    public override IReadOnlyList<PlanStep> Plan { get; }

    public override long ArenaBytes { get; }

    public override void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, RunControl control)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        (RunContext Context, MemoryBlock Arena) rented = Rent();
        RunContext c = rented.Context;
        Span<bool> made = outputs.Length <= 256 ? stackalloc bool[outputs.Length] : new bool[outputs.Length];
        bool done = false;
        try
        {
            c.Threads = control.Threads > 0 ? Math.Min(control.Threads, _team.Size) : _threads;
            for (int i = 0; i < outputs.Length; i++)
            {
                if (outputs[i] is not null) continue;
                outputs[i] = Tensor.Empty(_graph.Outputs[i].Type, _graph.Outputs[i].Shape, _pool, "output");
                made[i] = true;
            }
            Bind(c, inputs, outputs);
            if (control.Report is null)
            {
                foreach (Step s in _steps)
                {
                    control.Cancel.ThrowIfCancellationRequested();
                    s.Run(c);
                }
            }
            else RunTimed(c, control);
            done = true;
        }
        finally
        {
            if (!done) TakeBack(outputs, made);
            Return(rented);
            KeepAlive(inputs, outputs);
        }
    }

    /// <summary>Steps know addresses only: without a use after them, the last reference to a tensor may be gone while they run, and its memory given back.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void KeepAlive(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor?> outputs)
    {
    }

    private void RunTimed(RunContext c, RunControl control)
    {
        for (int i = 0; i < _steps.Length; i++)
        {
            control.Cancel.ThrowIfCancellationRequested();
            long begin = Stopwatch.GetTimestamp();
            _steps[i].Run(c);
            long ticks = Stopwatch.GetTimestamp() - begin;
            control.Report?.Invoke(i, ticks);
        }
    }

    /// <summary>A run that fails leaves no half-written results behind.</summary>
    private static void TakeBack(Span<Tensor?> outputs, ReadOnlySpan<bool> made)
    {
        for (int i = 0; i < outputs.Length; i++)
        {
            if (!made[i]) continue;
            outputs[i]!.Dispose();
            outputs[i] = null;
        }
    }

    private void Bind(RunContext c, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor?> outputs)
    {
        foreach (int i in _dynamic)
        {
            Slot s = _b.Slots[i];
            Tensor t = s.Kind == SlotKind.Input ? inputs[s.Index] : outputs[s.Index]!;
            if (t.Type == DType.String) c.Bind(i, t.Strings);
            else c.Bind(i, t.Address);
        }
        foreach ((int slot, int of, long offset) in _aliases) c.Alias(slot, of, offset);
    }

    private (RunContext, MemoryBlock) Rent()
    {
        lock (_lock)
        {
            if (_idle.Count > 0)
            {
                (RunContext, MemoryBlock) last = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                return last;
            }
        }
        MemoryBlock arena = _pool.Rent(Math.Max(64, ArenaBytes), "arena of a run");
        RunContext c = new(_b.Slots.Count, _team);
        for (int i = 0; i < _b.Slots.Count; i++)
        {
            Slot s = _b.Slots[i];
            if (s.Kind == SlotKind.Arena) c.Bind(i, arena.Address + s.Address);
            else if (s.Kind == SlotKind.Constant && s.Strings is null) c.Bind(i, s.Address);
            else if (s.Kind == SlotKind.Constant) c.Bind(i, s.Strings);
            else if (s.Kind == SlotKind.Text) c.Bind(i, new string[s.Bytes / 8]);
        }
        return (c, arena);
    }

    private void Return((RunContext Context, MemoryBlock Arena) rented)
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _idle.Add(rented);
                return;
            }
        }
        rented.Arena.Dispose();
    }

    public override void Dispose()
    {
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            foreach ((_, MemoryBlock arena) in _idle) arena.Dispose();
            _idle.Clear();
        }
        foreach (IDisposable m in _b.Owned) m.Dispose();
    }
}
