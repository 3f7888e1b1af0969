using System.Diagnostics;
using System.Runtime.InteropServices;
using Tessera.Engines.Cpu;
using Tessera.Ir;

namespace Tessera.Bench;

/// <summary>One kernel on random operands, ready to run over and over.</summary>
internal sealed unsafe class KernelBench : IDisposable
{
    private readonly StepBuilder _b;
    private readonly RunContext _c;
    private readonly List<nint> _arena = [];
    private readonly Tensor[] _tensors;

    public KernelBench(KernelFactory build, GraphOp op, Arg? arg, Shape[] inputs, int known, int threads)
    {
        GraphBuilder g = new();
        Node n = g.Emit(op, [.. inputs.Select((s, i) => g.Input($"x{i}", DType.Float32, s))], arg);
        _b = new(threads, MemoryPool.Shared);
        Random r = new(1);
        Tensor[] x = [.. inputs.Select(s => Tensor.Empty(DType.Float32, s))], y = [.. n.Outputs.Select(o => Tensor.Empty(o.Type, o.Shape))];
        foreach (Tensor t in x) foreach (ref float v in t.Span<float>()) v = (float)(r.NextDouble() * 2 - 1);
        _tensors = [.. x, .. y];
        build(_b, n, [.. x.Select((t, i) => Place(t, i == known))], [.. y.Select(t => Place(t, false))]);
        _c = new(_b.Slots.Count, ThreadTeam.Shared) { Threads = threads };
        for (int i = 0; i < _b.Slots.Count; i++)
        {
            Slot s = _b.Slots[i];
            if (s.Kind == SlotKind.Arena)
            {
                s.Address = (nint)NativeMemory.AlignedAlloc((nuint)s.Bytes, 64);
                _arena.Add(s.Address);
            }
            _c.Bind(i, s.Address);
        }
    }

    public long Flops => _b.Steps.Sum(s => s.Flops);

    public string Kernel => string.Join(" + ", _b.Steps.Select(s => s.Kernel));

    public void Run()
    {
        foreach (Step s in _b.Steps) s.Run(_c);
    }

    /// <summary>Median and least seconds of one run.</summary>
    public (double Median, double Least) Time(double seconds = 0.3)
    {
        for (int i = 0; i < 3; i++) Run();
        List<double> times = [];
        long all = Stopwatch.GetTimestamp();
        do
        {
            long start = Stopwatch.GetTimestamp();
            Run();
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        while (Stopwatch.GetElapsedTime(all).TotalSeconds < seconds || times.Count < 5);
        times.Sort();
        return (times[times.Count / 2], times[0]);
    }

    public void Dispose()
    {
        foreach (nint p in _arena) NativeMemory.AlignedFree((void*)p);
        foreach (IDisposable m in _b.Owned) m.Dispose();
        foreach (Tensor t in _tensors) t.Dispose();
    }

    private Operand Place(Tensor t, bool known)
    {
        int slot = _b.NewSlot(known ? SlotKind.Constant : SlotKind.Input, t.Bytes);
        _b.Slots[slot].Address = t.Address;
        return new(slot, t.Type, t.Shape, t.Strides, 0, known ? t : null);
    }
}
