using System.Collections.Immutable;
using System.Diagnostics;
using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>A graph interpreted node by node in float64; slow, straight from the definitions.</summary>
internal sealed class ReferenceExecutable : Executable
{
    private readonly Graph _graph;
    private readonly MemoryPool? _pool;
    private readonly ImmutableArray<Node> _steps;
    private readonly ImmutableArray<PlanStep> _plan;
    private readonly Dictionary<Node, Lazy<Cells>> _constants = [];
    private readonly Dictionary<Node, int> _uses = [];
    private readonly HashSet<Node> _outputs;

    public ReferenceExecutable(Graph graph, MemoryPool? pool = null)
    {
        (_graph, _pool, _outputs) = (graph, pool, [.. graph.Outputs]);
        _steps = [.. graph.Nodes.Where(n => n.Op is not (GraphOp.Input or GraphOp.Const))];
        foreach (Node n in graph.Nodes)
        {
            if (n.Constant is { } c) _constants[n] = new(() => CellsIo.Read(c));
            foreach (Node i in n.In) _uses[i] = _uses.GetValueOrDefault(i) + 1;
        }
        foreach (Node n in graph.Outputs) _uses[n] = _uses.GetValueOrDefault(n) + 1;
        _plan = [.. _steps.Select(n => new PlanStep($"reference {n.Op}", [n], n.In.Sum(i => i.Outputs.Sum(Bytes)) + n.Outputs.Sum(Bytes), Work.Flops(n), "the definition of the operator"))];
        ArenaBytes = Peak();
    }

    public override IReadOnlyList<PlanStep> Plan => _plan;

    public override long ArenaBytes { get; }

    public override void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, RunControl control)
    {
        // Values live on the managed heap, eight bytes an element; the budget holds for them all the same.
        if (_pool is { } pool && ArenaBytes > pool.Budget - pool.Used)
            throw new TesseraException(ErrorCode.OutOfMemory, $"The reference engine needs {ByteSize.Format(ArenaBytes)} for intermediate values in float64; {ByteSize.Format(Math.Max(0, pool.Budget - pool.Used))} of pool '{pool.Name}' are left. Raise the memory limit or use smaller inputs.");
        Dictionary<Node, Cells[]> values = [];
        Dictionary<Node, int> left = new(_uses);
        for (int i = 0; i < inputs.Length; i++) values[_graph.Inputs[i]] = [CellsIo.Read(inputs[i])];
        for (int s = 0; s < _steps.Length; s++)
        {
            control.Cancel.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            Node n = _steps[s];
            Cells[] y = Step(n, values);
            // What leaves the graph has its stored value for everyone, nodes that go on computing with it included.
            values[n] = _outputs.Contains(n) ? [.. y.Select(Rounding.Decided)] : y;
            foreach (Node i in n.In) if (--left[i] == 0) values.Remove(i);
            control.Report?.Invoke(s, Stopwatch.GetTimestamp() - start);
        }
        for (int i = 0; i < outputs.Length; i++)
        {
            Cells c = Value(_graph.Outputs[i], values)[0];
            if (outputs[i] is { } t) CellsIo.Write(c, t);
            else outputs[i] = CellsIo.ToTensor(c, _pool);
        }
    }

    private Cells[] Step(Node n, Dictionary<Node, Cells[]> values)
    {
        try
        {
            return n.Op == GraphOp.Part ? [values[n.In[0]][((Arg.Part)n.Arg!).Index]] : Interpreter.Evaluate(n, [.. n.In.Select(i => Value(i, values)[0])]);
        }
        catch (TesseraException e) when (n.Origin is { } origin && !e.Message.Contains(origin, StringComparison.Ordinal))
        {
            throw new TesseraException(e.Code, $"Node '{origin}': {e.Message}", e);
        }
    }

    private Cells[] Value(Node n, Dictionary<Node, Cells[]> values) => _constants.TryGetValue(n, out Lazy<Cells>? c) ? [c.Value] : values[n];

    /// <summary>Most bytes that values of nodes take at once.</summary>
    private long Peak()
    {
        Dictionary<Node, int> left = new(_uses);
        long now = 0, peak = 0;
        foreach (Node n in _steps)
        {
            now += n.Op == GraphOp.Part ? 0 : n.Outputs.Sum(Held);
            peak = Math.Max(peak, now);
            foreach (Node i in n.In) if (--left[i] == 0 && i.Op is not (GraphOp.Const or GraphOp.Input or GraphOp.Part)) now -= i.Outputs.Sum(Held);
        }
        return peak;
    }

    private static long Held(TensorType t) => t.Shape.Count * sizeof(double);

    private static long Bytes(TensorType t) => t.Type.Bytes(t.Shape.Count);

    public override void Dispose() { }
}
