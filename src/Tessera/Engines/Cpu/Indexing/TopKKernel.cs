using System.Numerics;
using System.Runtime.CompilerServices;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Indexing;

/// <summary>TopK along one axis: a heap of k candidates per line, then sorted; equal values keep the lower index first, NaN counts as largest.</summary>
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
    private readonly Comparison<Candidate> _order;

    private readonly record struct Candidate(T Value, long Index);

    public TopKStep(StepBuilder b, Arg.TopK a, Operand x, Operand[] y) : base("topk", [x], y, x.Count, $"a heap of {a.K} per line")
    {
        _a = a;
        _lines = Layout.Of(x.Shape.With(a.Axis, 1), x.Strides, y[0].Strides);
        _scratch = b.Scratch(Math.Max(1, a.K) * sizeof(Candidate));
        _order = a.Largest ? Descending : Ascending;
    }

    private static int Descending(Candidate p, Candidate q) => Compare(p.Value, q.Value) is not 0 and var d ? -d : p.Index.CompareTo(q.Index);

    private static int Ascending(Candidate p, Candidate q) => Compare(p.Value, q.Value) is not 0 and var d ? d : p.Index.CompareTo(q.Index);

    private static int Compare(T a, T b) => T.IsNaN(a) || T.IsNaN(b) ? T.IsNaN(a).CompareTo(T.IsNaN(b)) : a.CompareTo(b);

    public override void Run(RunContext c)
    {
        if (Writes[0].Count == 0) return;
        long lines = Writes[0].Count / _a.K;
        int workers = c.Workers(Reads[0].Count * 3.0), parts = (int)Math.Min(lines, workers * 4L);
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
        long n = Reads[0].Shape[_a.Axis], from = Reads[0].Strides[_a.Axis], to = Writes[0].Strides[_a.Axis];
        Span<Candidate> heap = new(c.Ptr<Candidate>(_scratch, worker), k);
        for (long line = first; line < end; line++)
        {
            T* x = c.Ptr<T>(Reads[0]) + _lines.OffsetOf(0, line, _lines.Rank);
            long at = _lines.OffsetOf(1, line, _lines.Rank);
            for (int i = 0; i < k; i++) heap[i] = new(x[i * from], i);
            for (int i = k / 2 - 1; i >= 0; i--) Sink(heap, i);
            for (long i = k; i < n; i++)
            {
                Candidate v = new(x[i * from], i);
                if (_order(v, heap[0]) >= 0) continue;
                heap[0] = v;
                Sink(heap, 0);
            }
            heap.Sort(_order);
            for (int i = 0; i < k; i++)
            {
                c.Ptr<T>(Writes[0])[at + i * to] = heap[i].Value;
                c.Ptr<long>(Writes[1])[at + i * to] = heap[i].Index;
            }
        }
    }

    /// <summary>Restores the heap below <paramref name="i"/>: the root is the candidate that goes first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sink(Span<Candidate> heap, int i)
    {
        while (true)
        {
            int worst = i, left = 2 * i + 1;
            if (left < heap.Length && _order(heap[left], heap[worst]) > 0) worst = left;
            if (left + 1 < heap.Length && _order(heap[left + 1], heap[worst]) > 0) worst = left + 1;
            if (worst == i) return;
            (heap[i], heap[worst]) = (heap[worst], heap[i]);
            i = worst;
        }
    }
}
