using System.Collections.Immutable;
using System.Diagnostics;
using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Onnx;

namespace Tessera;

/// <summary>One stage that a session has prepared: the graph as the engine got it and the plan it made.</summary>
/// <param name="DynamicSteps">Operators that run after the graph, between stages.</param>
/// <param name="IsWholeModel">Whether its outputs are those of what is run, one for one, and no other stage follows.</param>
public sealed record PreparedStage(Graph Graph, Executable Executable, ImmutableArray<string> DynamicSteps, bool IsWholeModel);

/// <summary>Time of one step of a plan over all its executions in a profiled run.</summary>
public sealed record ProfiledStep(PlanStep Step, int Calls, TimeSpan Time);

/// <summary>One execution of a step in a traced run; Begin counts from the run's start.</summary>
public sealed record TracedStep(PlanStep Step, TimeSpan Begin, TimeSpan Time);

public sealed partial class Session
{
    private readonly List<PreparedStage> _prepared = [];

    /// <summary>Stages prepared so far, oldest first, loop bodies included; run the session once to see those of its shapes.</summary>
    public IReadOnlyList<PreparedStage> Stages
    {
        get { lock (_prepared) return [.. _prepared]; }
    }

    /// <summary>Steps of the stages prepared so far that run on <see cref="SessionOptions.Fallback"/>, in order; their Why says what the engine refused.</summary>
    public IReadOnlyList<PlanStep> LeftToFallback => [.. Stages.SelectMany(s => s.Executable.Plan).Where(s => s.Nodes.Count > 0 && s.Engine is { } e && e != Engine.Name)];

    /// <summary>One run with the time of every step; steps in the order in which they first ran.</summary>
    /// <returns>The results, which the caller disposes, and the steps.</returns>
    public (IReadOnlyDictionary<string, Value> Results, IReadOnlyList<ProfiledStep> Steps) ProfileRun(IReadOnlyDictionary<string, Value> inputs, RunOptions? options = null, CancellationToken cancel = default)
    {
        OrderedDictionary<PlanStep, (int Calls, long Ticks)> times = new(ReferenceEqualityComparer.Instance);
        Dictionary<string, Value> results = RunNamed(inputs, options, (step, ticks) =>
        {
            (int calls, long sum) = times.GetValueOrDefault(step);
            times[step] = (calls + 1, sum + ticks);
        }, cancel);
        return (results, [.. times.Select(t => new ProfiledStep(t.Key, t.Value.Calls, Stopwatch.GetElapsedTime(0, t.Value.Ticks)))]);
    }

    /// <summary>One run with the begin and the time of every execution of a step, in order.</summary>
    /// <returns>The results, which the caller disposes, and the executions.</returns>
    public (IReadOnlyDictionary<string, Value> Results, IReadOnlyList<TracedStep> Steps) TraceRun(IReadOnlyDictionary<string, Value> inputs, RunOptions? options = null, CancellationToken cancel = default)
    {
        List<(PlanStep Step, long End, long Ticks)> log = [];
        long begin = Stopwatch.GetTimestamp();
        Dictionary<string, Value> results = RunNamed(inputs, options, (step, ticks) => log.Add((step, Stopwatch.GetTimestamp(), ticks)), cancel);
        return (results, [.. log.Select(l => new TracedStep(l.Step, Stopwatch.GetElapsedTime(begin, l.End - l.Ticks), Stopwatch.GetElapsedTime(0, l.Ticks)))]);
    }

    /// <summary>Types of all values of the model by name, extents as numbers or as expressions of the inputs' symbols; values that depend on data are left out.</summary>
    public IReadOnlyDictionary<string, OnnxType> InferShapes() => ShapeInference.Run(_model, Engine.Fold, _factory.Folded);

    private void Note(Specialized specialized, Executable executable)
    {
        lock (_prepared)
        {
            if (_prepared.Count >= 256) _prepared.RemoveAt(0);
            _prepared.Add(new(specialized.Graph, executable, [.. specialized.Steps.Select(s => $"{s.Node.OpType} '{s.Attributes.NodeName}'")],
                specialized.Next is null && specialized.Steps.IsEmpty && specialized.OutputsInOrder));
        }
    }
}
