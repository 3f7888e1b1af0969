using System.Runtime.InteropServices;
using Tessera.Engines.Cpu;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

/// <summary>Runs one kernel factory alone: operands may be views, memory that nobody has written holds NaN.</summary>
internal static unsafe class KernelRun
{
    /// <param name="known">Which inputs are known when the kernel is made.</param>
    public static Tensor[] Run(KernelFactory build, GraphOp op, Arg? arg, Tensor[] inputs, bool[]? known = null, int threads = 1, bool epilogue = false, int runs = 1)
    {
        GraphBuilder g = new();
        Node n = g.Emit(op, [.. inputs.Select((t, i) => g.Input($"x{i}", t.Type, t.Shape))], arg);
        StepBuilder b = new(threads, MemoryPool.Shared);
        Operand[] x = [.. inputs.Select((t, i) => Place(b, t, known?[i] ?? false))];
        Tensor[] results = [.. n.Outputs.Select(o => Tensor.Empty(o.Type, o.Shape))];
        Operand[] y = [.. results.Select(t => Place(b, t, false))];
        build(b, n, x, y);
        List<nint> arena = [];
        RunContext c = new(b.Slots.Count, ThreadTeam.Shared) { Threads = threads };
        for (int i = 0; i < b.Slots.Count; i++)
        {
            Slot s = b.Slots[i];
            if (s.Kind == SlotKind.Arena)
            {
                void* block = NativeMemory.AlignedAlloc((nuint)s.Bytes + 64, 64);
                new Span<byte>(block, (int)s.Bytes + 64).Fill(0xFF);
                arena.Add((nint)block);
                s.Address = (nint)block;
            }
            c.Bind(i, s.Address);
        }
        Doubling? e = epilogue ? new Doubling(results[0]) : null;
        for (int r = 0; r < runs; r++)
            foreach (Step s in b.Steps)
            {
                if (epilogue && ReferenceEquals(s, b.Steps[^1]))
                {
                    Assert.True(s.TakesEpilogue);
                    s.Epilogue = e;
                }
                s.Run(c);
            }
        e?.Check(runs);
        foreach (nint block in arena) NativeMemory.AlignedFree((void*)block);
        foreach (IDisposable m in b.Owned) m.Dispose();
        // The steps know addresses only.
        GC.KeepAlive(inputs);
        return results;
    }

    private static Operand Place(StepBuilder b, Tensor t, bool known)
    {
        int slot = b.NewSlot(known ? SlotKind.Constant : SlotKind.Input, t.Bytes);
        b.Slots[slot].Address = t.Address;
        return new(slot, t.Type, t.Shape, t.Strides, 0, known ? t : null);
    }

    /// <summary>Doubles the output and counts how often each element was finished.</summary>
    private sealed class Doubling(Tensor y) : IEpilogue
    {
        private readonly int[] _seen = new int[y.Count];

        public void Run(RunContext c, long start, long count, int worker)
        {
            float* p = (float*)y.Address;
            for (long i = start; i < start + count; i++)
            {
                p[i] *= 2;
                Interlocked.Increment(ref _seen[i]);
            }
        }

        public void Check(int runs) => Assert.All(_seen, n => Assert.Equal(runs, n));
    }
}
