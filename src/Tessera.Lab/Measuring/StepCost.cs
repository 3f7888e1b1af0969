namespace Tessera.Lab;

/// <summary>What a step of a plan costs beside what it must cost.</summary>
/// <param name="Nodes">Names that the model's nodes have.</param>
/// <param name="Operators">The primitives that they became.</param>
/// <param name="Calls">Executions in one run.</param>
/// <param name="Ms">Of all of them; the least over the profiled runs.</param>
/// <param name="Bytes">Read and written, of all calls.</param>
/// <param name="Flops">Of all calls.</param>
/// <param name="FloorMs">The least time for these bytes and flops on this machine.</param>
public sealed record StepCost(int Step, string[] Nodes, string[] Operators, string Kernel, int Calls, double Ms, long Bytes, long Flops, double FloorMs, Bound Bound)
{
    /// <summary>The steps of a session in the order in which they first ran; the time of each is its least over <paramref name="runs"/> runs.</summary>
    public static IReadOnlyList<StepCost> Of(Session session, IReadOnlyDictionary<string, Value> inputs, int runs, Ceilings ceilings)
    {
        OrderedDictionary<PlanStep, ProfiledStep> least = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < runs; i++)
        {
            (IReadOnlyDictionary<string, Value> results, IReadOnlyList<ProfiledStep> steps) = session.ProfileRun(inputs);
            foreach (Value v in results.Values) v.Dispose();
            foreach (ProfiledStep s in steps)
                if (!least.TryGetValue(s.Step, out ProfiledStep? known) || s.Time < known.Time) least[s.Step] = s;
        }
        return [.. least.Values.Select((s, i) => Of(i + 1, s, ceilings))];
    }

    /// <summary>The names of a step's nodes, each once.</summary>
    public static string[] Names(PlanStep step) => [.. step.Nodes.Select(n => n.Origin ?? $"%{n.Id}").Distinct()];

    private static StepCost Of(int number, ProfiledStep s, Ceilings ceilings)
    {
        Floor one = ceilings.FloorOf(s.Step.Flops, s.Step.Bytes);
        return new(number, Names(s.Step), [.. s.Step.Nodes.Select(n => n.Op.ToString())], s.Step.Kernel, s.Calls, s.Time.TotalMilliseconds, s.Step.Bytes * s.Calls, s.Step.Flops * s.Calls, one.Ms * s.Calls, one.Bound);
    }
}
