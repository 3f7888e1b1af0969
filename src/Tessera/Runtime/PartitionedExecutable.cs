using System.Collections.Immutable;
using System.Diagnostics;
using Tessera.Ir;

namespace Tessera.Runtime;

/// <summary>Parts of a graph on two engines, run in order; values go from one to the other through memory of the host.</summary>
internal sealed class PartitionedExecutable : Executable
{
    private readonly Graph _graph;
    private readonly ImmutableArray<Partition.Part> _parts;
    private readonly int[] _firstStep;
    private readonly Dictionary<Node, int> _lastUse = [];

    public PartitionedExecutable(Graph graph, ImmutableArray<Partition.Part> parts)
    {
        (_graph, _parts, _firstStep) = (graph, parts, new int[parts.Length]);
        List<PlanStep> plan = [];
        for (int i = 0; i < parts.Length; i++)
        {
            Partition.Part p = parts[i];
            _firstStep[i] = plan.Count;
            long bytes = p.Inputs.Concat(p.Outputs).Sum(n => n.Type.Bytes(n.Shape.Count));
            plan.Add(new("copies", [], bytes, 0, $"values into and out of part {i + 1} of {parts.Length}") { Engine = p.Engine });
            plan.AddRange(p.Executable.Plan.Select(s => s with { Engine = p.Engine, Why = p.Because.Length == 0 ? s.Why : $"{p.Because}; {s.Why}" }));
            foreach (Node n in p.Inputs) _lastUse[n] = i;
        }
        Plan = plan;
    }

    public override IReadOnlyList<PlanStep> Plan { get; }

    public override long ArenaBytes => _parts.Sum(p => p.Executable.ArenaBytes);

    public override void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, RunControl control)
    {
        Dictionary<Node, Tensor> values = [];
        try
        {
            for (int i = 0; i < inputs.Length; i++) values[_graph.Inputs[i]] = inputs[i].Share();
            for (int i = 0; i < _parts.Length; i++)
            {
                control.Cancel.ThrowIfCancellationRequested();
                RunPart(i, values, control);
                foreach (Node n in _parts[i].Inputs)
                    if (_lastUse[n] == i && !_graph.Outputs.Contains(n) && values.Remove(n, out Tensor? done)) done.Dispose();
            }
            for (int i = 0; i < outputs.Length; i++)
            {
                Tensor v = values.TryGetValue(_graph.Outputs[i], out Tensor? made) ? made : _graph.Outputs[i].Constant!;
                // A value that is nobody else's is handed over as it is.
                if (outputs[i] is { } given) Fill(given, v);
                else outputs[i] = _graph.Outputs[i].Op is GraphOp.Input or GraphOp.Const || _graph.Outputs.Take(i).Contains(_graph.Outputs[i]) ? Tensors.Copy(v) : v.Share();
            }
        }
        finally
        {
            foreach (Tensor t in values.Values) t.Dispose();
        }
    }

    private void RunPart(int i, Dictionary<Node, Tensor> values, RunControl control)
    {
        Partition.Part p = _parts[i];
        Tensor?[] results = new Tensor?[p.Outputs.Length];
        long inSteps = 0, begin = Stopwatch.GetTimestamp();
        RunControl inner = control.Report is not { } report ? control : control with
        {
            Report = (step, ticks) =>
            {
                inSteps += ticks;
                report(_firstStep[i] + 1 + step, ticks);
            },
        };
        try
        {
            p.Executable.Run([.. p.Inputs.Select(n => values[n])], results, inner);
        }
        catch
        {
            foreach (Tensor? t in results) t?.Dispose();
            throw;
        }
        for (int k = 0; k < results.Length; k++) values[p.Outputs[k]] = results[k]!;
        // What a part takes beyond its steps is the way to its device and back.
        control.Report?.Invoke(_firstStep[i], Math.Max(0, Stopwatch.GetTimestamp() - begin - inSteps));
    }

    private static void Fill(Tensor target, Tensor value)
    {
        if (value.Type == DType.String) value.Strings.CopyTo(target.Strings, 0);
        else target.CopyBytesFrom(value, 0);
    }

    public override void Dispose()
    {
        foreach (Partition.Part p in _parts) p.Executable.Dispose();
    }
}
