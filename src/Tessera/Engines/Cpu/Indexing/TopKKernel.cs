using System.Numerics;
using System.Runtime.CompilerServices;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Indexing;

/// <summary>TopK along one axis: a heap of k candidates per line, which sorts them at the end; equal values keep the lower index first, NaN counts as largest.</summary>
internal static class TopKKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y) => b.Add(Dispatch.Numeric<Factory, Step>(x[0].Type, new Factory(b, (Arg.TopK)n.Arg!, x[0], y)));

    private readonly struct Factory(StepBuilder b, Arg.TopK a, Operand x, Operand[] y) : INumericFactory<Step>
    {
        public Step Make<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => new TopKStep<T>(b, a, x, y);
    }
}

internal sealed unsafe class TopKStep<T> : Step where T : unmanaged, INumber<T>
{
    private readonly Arg.TopK _a;
    private readonly Layout _lines;
    private readonly Scratch _scratch;

    private readonly record struct Candidate(T Value, long Index);

    public TopKStep(StepBuilder b, Arg.TopK a, Operand x, Operand[] y) : base("topk", [x], y, x.Count, $"a heap of {a.K} per line")
    {
        _a = a;
        _lines = Layout.Of(x.Shape.With(a.Axis, 1), x.Strides, y[0].Strides);
        _scratch = b.Scratch(Math.Max(1, a.K) * sizeof(Candidate));
    }

    /// <summary>Whether <paramref name="p"/> goes before <paramref name="q"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Before(in Candidate p, in Candidate q, bool largest)
    {
        if (T.IsNaN(p.Value) || T.IsNaN(q.Value)) return T.IsNaN(p.Value) == T.IsNaN(q.Value) ? p.Index < q.Index : T.IsNaN(p.Value) == largest;
        return p.Value == q.Value ? p.Index < q.Index : p.Value > q.Value == largest;
    }

    public override void Run(RunContext c)
    {
        if (Writes[0].Count == 0) return;
        long lines = Writes[0].Count / _a.K;
        int workers = c.Workers(Reads[0].Count * 0.3 + Writes[0].Count * 40.0), parts = (int)Math.Min(lines, workers * 4L);
        if (workers <= 1 || parts <= 1) Range(c, 0, lines, 0);
        else c.Fork(this, parts, parts);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long lines = Writes[0].Count / _a.K;
        Range(c, lines * part / phase, lines * (part + 1) / phase, worker);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Range(RunContext c, long first, long end, int worker)
    {
        int k = checked((int)_a.K);
        bool largest = _a.Largest;
        long n = Reads[0].Shape[_a.Axis], from = Reads[0].Strides[_a.Axis], to = Writes[0].Strides[_a.Axis];
        Span<Candidate> heap = new(c.Ptr<Candidate>(_scratch, worker), k);
        for (long line = first; line < end; line++)
        {
            T* x = c.Ptr<T>(Reads[0]) + _lines.OffsetOf(0, line, _lines.Rank);
            long at = _lines.OffsetOf(1, line, _lines.Rank);
            for (int i = 0; i < k; i++) heap[i] = new(x[i * from], i);
            for (int i = k / 2 - 1; i >= 0; i--) Sink(heap, i, largest);
            for (long i = k; i < n; i++)
            {
                if (from == 1) i = Skip(x, i, n, heap[0].Value, largest);
                if (i == n) break;
                Candidate v = new(x[i * from], i);
                if (!Before(v, heap[0], largest)) continue;
                heap[0] = v;
                Sink(heap, 0, largest);
            }
            // The last one goes to the end, and what is left is a heap again.
            for (int i = k - 1; i > 0; i--)
            {
                (heap[0], heap[i]) = (heap[i], heap[0]);
                Sink(heap[..i], 0, largest);
            }
            for (int i = 0; i < k; i++)
            {
                c.Ptr<T>(Writes[0])[at + i * to] = heap[i].Value;
                c.Ptr<long>(Writes[1])[at + i * to] = heap[i].Index;
            }
        }
    }

    /// <summary>From <paramref name="i"/> on the beginning of the first vector that may hold a candidate: none does that is behind <paramref name="bound"/> or equal to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Skip(T* x, long i, long n, T bound, bool largest)
    {
        if (!Vector<T>.IsSupported) return i;
        // A comparison with NaN is false: its vector is looked at element by element.
        Vector<T> b = Vector.Create(bound);
        if (largest) while (i + Vector<T>.Count <= n && Vector.LessThanOrEqualAll(Vector.Load(x + i), b)) i += Vector<T>.Count;
        else while (i + Vector<T>.Count <= n && Vector.GreaterThanOrEqualAll(Vector.Load(x + i), b)) i += Vector<T>.Count;
        return i;
    }

    /// <summary>Restores the heap below <paramref name="i"/>: the root is the candidate that goes last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sink(Span<Candidate> heap, int i, bool largest)
    {
        Candidate v = heap[i];
        while (true)
        {
            int child = 2 * i + 1;
            if (child >= heap.Length) break;
            if (child + 1 < heap.Length && Before(heap[child], heap[child + 1], largest)) child++;
            if (!Before(v, heap[child], largest)) break;
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = v;
    }
}
