namespace Tessera.Lab;

/// <summary>What a step of a plan costs beside what it must cost.</summary>
/// <param name="Nodes">Names that the model's nodes have.</param>
/// <param name="Operators">The primitives that they became.</param>
/// <param name="Calls">Executions in one run.</param>
/// <param name="Ms">Of all of them; the least over the profiled runs.</param>
/// <param name="MeanMs">The mean over the profiled runs.</param>
/// <param name="MostMs">The most.</param>
/// <param name="DeviationMs">Their standard deviation.</param>
/// <param name="Bytes">Read and written, of all calls.</param>
/// <param name="Flops">Of all calls.</param>
/// <param name="FloorMs">The least time for these bytes and flops on this machine.</param>
public sealed record StepCost(int Step, string[] Nodes, string[] Operators, string Kernel, int Calls, double Ms, double MeanMs, double MostMs, double DeviationMs, long Bytes, long Flops, double FloorMs, Bound Bound)
{
    /// <summary>The steps of a session in the order in which they first ran; the time of each is its least over <paramref name="runs"/> runs.</summary>
    public static IReadOnlyList<StepCost> Of(Session session, IReadOnlyDictionary<string, Value> inputs, int runs, Ceilings ceilings)
    {
        OrderedDictionary<PlanStep, List<ProfiledStep>> all = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < runs; i++)
        {
            (IReadOnlyDictionary<string, Value> results, IReadOnlyList<ProfiledStep> steps) = session.ProfileRun(inputs);
            foreach (Value v in results.Values) v.Dispose();
            foreach (ProfiledStep s in steps)
            {
                if (!all.TryGetValue(s.Step, out List<ProfiledStep>? known)) all[s.Step] = known = [];
                known.Add(s);
            }
        }
        return [.. all.Values.Select((s, i) => Of(i + 1, s, ceilings))];
    }

    /// <summary>The names of a step's nodes, each once.</summary>
    public static string[] Names(PlanStep step) => [.. step.Nodes.Select(n => n.Origin ?? $"%{n.Id}").Distinct()];

    private static StepCost Of(int number, List<ProfiledStep> runs, Ceilings ceilings)
    {
        (PlanStep step, int calls) = (runs[0].Step, runs[0].Calls);
        double[] ms = [.. runs.Select(r => r.Time.TotalMilliseconds)];
        double mean = ms.Average();
        Floor one = ceilings.FloorOf(step.Flops, step.Bytes);
        return new(number, Names(step), [.. step.Nodes.Select(n => n.Op.ToString())], step.Kernel, calls, ms.Min(), mean, ms.Max(), Math.Sqrt(ms.Average(t => (t - mean) * (t - mean))), step.Bytes * calls, step.Flops * calls, one.Ms * calls, one.Bound);
    }
}
