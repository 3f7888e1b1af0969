using System.CommandLine;
using Tessera.Cli.Inputs;
using Tessera.Cli.Output;

namespace Tessera.Cli.Commands;

/// <summary>`tessera explain`: which nodes ran in which kernel on which engine, why, and what it cost.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        Option<int> runs = new("--runs") { Description = "Profiled runs; the time of a step is its least over them", DefaultValueFactory = _ => 1 };
        Command c = new("explain", "Show node → kernel → engine → why, with time and bytes of one run") { Shared.Model, Shared.Input, Shared.Inputs, Shared.Engine, Shared.Strict, Shared.Threads, runs, Shared.Json };
        c.SetAction(p => Run(p.GetValue(Shared.Model)!, p.GetValue(Shared.Input) ?? [], p.GetValue(Shared.Inputs), p.GetValue(Shared.Engine)!, p.GetValue(Shared.Strict), p.GetValue(Shared.Threads), Math.Max(1, p.GetValue(runs)), p.GetValue(Shared.Json)));
        return c;
    }

    private static int Run(string path, string[] given, string? folder, string engineName, bool strict, int threads, int runs, bool json)
    {
        using EngineChoice choice = new(engineName, threads, strict);
        using Session session = choice.Load(path);
        Dictionary<string, Value> inputs = ModelInputs.Read(session, given, folder, 0);
        foreach (Value v in session.Run(inputs).Values) v.Dispose();
        IReadOnlyList<ProfiledStep> steps = Quickest(session, inputs, runs);
        ExplainReport r = new(session.Name, choice.Engine.Name, choice.Why, session.Stages.Count, session.Stages.Sum(s => s.Executable.ArenaBytes),
            [.. steps.Select((s, i) => new StepReport(i + 1, s.Step.Engine ?? choice.Engine.Name, s.Step.Kernel, [.. s.Step.Nodes.Select(n => n.Origin ?? $"%{n.Id}").Distinct()], [.. s.Step.Nodes.Select(n => n.Op.ToString())], s.Step.Bytes, s.Step.Flops, s.Calls, s.Time.TotalMilliseconds, s.Step.Why))],
            [.. session.Stages.SelectMany(s => s.DynamicSteps)]);
        if (json) { Terminal.Json(r, ReportJson.Default.ExplainReport); return 0; }
        double total = r.Steps.Sum(s => s.TimeMs);
        Console.WriteLine($"{r.Model} on {r.Engine} ({choice.Why}): {r.Stages} stage{(r.Stages == 1 ? "" : "s")}, {r.Steps.Length} steps, arena {Terminal.Bytes(r.ArenaBytes)}, {Terminal.Time(total)}");
        Terminal.Table(["#", "Nodes", "Primitives", "Engine", "Kernel", "Time", "%", "Bytes", "MFLOP", "Why"], r.Steps.Select(s => new[]
        {
            $"{s.Step}", Short(s.Nodes), Short(s.Operators), s.Engine, s.Kernel, Terminal.Time(s.TimeMs), $"{100 * s.TimeMs / Math.Max(1e-9, total):0.0}", Terminal.Bytes(s.Bytes), $"{s.Flops / 1e6:0.00}", s.Why,
        }), 0, 5, 6, 7, 8);
        EngineChoice.Report(session);
        if (r.BetweenStages.Length > 0) Console.WriteLine($"Between stages: {string.Join(", ", r.BetweenStages)}");
        return 0;
    }

    private static ProfiledStep[] Quickest(Session session, Dictionary<string, Value> inputs, int runs)
    {
        OrderedDictionary<PlanStep, ProfiledStep> steps = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < runs; i++)
        {
            (IReadOnlyDictionary<string, Value> results, IReadOnlyList<ProfiledStep> times) = session.ProfileRun(inputs);
            foreach (Value v in results.Values) v.Dispose();
            foreach (ProfiledStep s in times)
                if (!steps.TryGetValue(s.Step, out ProfiledStep? known) || s.Time < known.Time) steps[s.Step] = s;
        }
        return [.. steps.Values];
    }

    private static string Short(string[] names) => names.Length <= 3 ? string.Join(" ", names) : $"{names[0]} … {names[^1]} ({names.Length})";
}
