using System.Diagnostics;
using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Engines.Interpreter;

/// <summary>A graph as launches of kernels, each interpreted over memory of the host.</summary>
internal sealed class InterpreterExecutable : Executable
{
    private readonly Graph _graph;
    private readonly MemoryPool _pool;
    private readonly List<Launch> _launches = [];
    private readonly Dictionary<Stored, Tensor> _constants = [];
    private readonly HashSet<Stored> _temporary = [];

    public InterpreterExecutable(Graph graph, MemoryPool pool)
    {
        graph = Passes.Run(Decomposition.Pass, graph, null, null);
        (_graph, _pool) = (graph, pool);
        Schedule schedule = new(graph, KernelTarget.Interpreter);
        foreach (Node root in schedule.Units) _launches.AddRange(UnitCompiler.Compile(schedule, root, KernelTarget.Interpreter));
        foreach (Launch l in _launches) KernelVerifier.Verify(l.Kernel);
        foreach (Stored s in _launches.SelectMany(l => l.Bindings).OfType<Stored>().Concat(graph.Outputs.Select(Stored.Of)))
            if (Launch.IsConstant(s)) _constants.TryAdd(s, Launch.Constant(s));
            else if (s != new Stored(s.Node, 0) || s.Node.Op != GraphOp.Input) _temporary.Add(s);
        Plan = [.. _launches.Select(l => new PlanStep(l.Kernel.Name, l.Nodes, l.Bytes, 0, "interpreted"))];
        ArenaBytes = _temporary.Sum(s => s.Bytes);
    }

    public override IReadOnlyList<PlanStep> Plan { get; }

    public override long ArenaBytes { get; }

    public override void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, RunControl control)
    {
        Dictionary<Stored, Tensor> values = [];
        using Tensor faults = Tensor.Zeros(DType.Int32, [1]);
        try
        {
            foreach (Stored s in _temporary) values[s] = Tensor.Empty(s.Element, s.Layout is null ? s.Type.Shape : Shape.Of(s.Count), _pool, "interpreted value");
            for (int i = 0; i < _graph.Inputs.Length; i++) values[new(_graph.Inputs[i], 0)] = inputs[i].Share();
            foreach ((Stored s, Tensor t) in _constants) values[s] = t.Share();
            for (int i = 0; i < _launches.Count; i++)
            {
                control.Cancel.ThrowIfCancellationRequested();
                long begin = Stopwatch.GetTimestamp();
                Launch l = _launches[i];
                KernelInterpreter.Run(l.Kernel, [.. l.Bindings.Select(b => Memory(b is { } s ? values[s] : faults))], control.Cancel);
                if (faults.ToArray<int>()[0] != 0)
                    throw new TesseraException(ErrorCode.InvalidArgument, $"An index lies outside its axis in {string.Join(", ", l.Nodes.Where(n => n.Op is GraphOp.Gather or GraphOp.GatherElements or GraphOp.GatherNd or GraphOp.ScatterElements or GraphOp.ScatterNd).Select(n => $"{n.Op} '{n.Origin}' over {n.In[0].Shape}"))}.");
                control.Report?.Invoke(i, Stopwatch.GetTimestamp() - begin);
            }
            for (int i = 0; i < outputs.Length; i++)
            {
                Tensor v = values[Stored.Of(_graph.Outputs[i])];
                outputs[i] ??= Tensor.Empty(v.Type, v.Shape, _pool, "output");
                v.RawBytes().CopyTo(outputs[i]!.RawBytes());
            }
        }
        finally
        {
            foreach (Tensor t in values.Values) t.Dispose();
        }
    }

    private static KernelMemory Memory(Tensor t) => new(t);

    public override void Dispose()
    {
        foreach (Tensor t in _constants.Values) t.Dispose();
        _constants.Clear();
    }
}
