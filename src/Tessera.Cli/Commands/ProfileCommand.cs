using System.CommandLine;
using System.Globalization;
using Tessera.Cli.Bench;
using Tessera.Cli.Inputs;
using Tessera.Cli.Output;
using Tessera.Lab;

namespace Tessera.Cli.Commands;

/// <summary>`tessera profile`: where a model's time goes, and how far each step is from what the machine allows.</summary>
internal static class ProfileCommand
{
    public static Command Create()
    {
        Option<int> runs = new("--runs") { Description = "Profiled runs after warming up; a step's time is its least over them", DefaultValueFactory = _ => 50 };
        Option<string?> trace = new("--trace") { Description = "Write one run as a Chrome trace (chrome://tracing, ui.perfetto.dev) to this JSON file" };
        Option<string> by = new("--by") { Description = "step, kernel or operator: what a line sums up", DefaultValueFactory = _ => "step" };
        by.AcceptOnlyFromAmong("step", "kernel", "operator");
        Command c = new("profile", "Show time, bytes, operations, floor and kernel of each step of a model") { Shared.Model, Shared.Input, Shared.Inputs, Shared.Engine, Shared.Strict, Shared.Threads, runs, trace, by, Shared.Json };
        c.SetAction(p => Run(p.GetValue(Shared.Model)!, p.GetValue(Shared.Input) ?? [], p.GetValue(Shared.Inputs), p.GetValue(Shared.Engine)!, p.GetValue(Shared.Strict), p.GetValue(Shared.Threads), Math.Max(1, p.GetValue(runs)), p.GetValue(trace), p.GetValue(by)!, p.GetValue(Shared.Json)));
        return c;
    }

    private static int Run(string path, string[] given, string? folder, string engineName, bool strict, int threads, int runs, string? trace, string by, bool json)
    {
        using EngineChoice choice = new(engineName, threads, strict);
        Engine e = choice.Engine;
        using Session session = choice.Load(path);
        Dictionary<string, Value> inputs = ModelInputs.Read(session, given, folder, 0);
        int count = threads > 0 ? threads : e.Capabilities.Threads;
        Ceilings ceilings = Ceilings.Measure(count);
        // Until the runtime has compiled what is hot, and as often as asked.
        for (long begin = Environment.TickCount64; Environment.TickCount64 - begin < 1000;)
            foreach (Value v in session.Run(inputs).Values) v.Dispose();
        IReadOnlyList<StepCost> steps = StepCost.Of(session, inputs, runs, ceilings);
        if (trace is not null)
        {
            IReadOnlyList<TracedStep> log = Quickest(session, inputs, runs);
            using FileStream file = File.Create(trace);
            ChromeTrace.Write(file, session.Name, $"{e.Name}, {BenchText.Threads(count)}", log, ceilings);
        }
        ProfileReport r = new(session.Name, e.Name, count, runs, steps.Sum(s => s.Ms), steps.Sum(s => s.FloorMs), ceilings, [.. steps]);
        if (json) { Terminal.Json(r, BenchJson.Default.ProfileReport); return 0; }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{r.Model} on {r.Engine}, {BenchText.Threads(count)}: {steps.Count} steps, {Terminal.Time(r.Ms)}, {r.Ms / r.FloorMs:F2} × the floor of {Terminal.Time(r.FloorMs)}"));
        Console.WriteLine(BenchText.Of(ceilings));
        Line[] lines = by switch
        {
            "kernel" => Sum(steps, s => s.Kernel),
            "operator" => Sum(steps, s => string.Join(' ', s.Operators.Distinct())),
            _ => [.. steps.Select(s => new Line($"{s.Step}", Short(s.Nodes), Short(s.Operators), s.Kernel, s.Calls, s.Ms, $"{Terminal.Time(s.MeanMs)} ± {Terminal.Time(s.DeviationMs)}", s.Bytes, s.Flops, s.FloorMs, s.Bound.ToString()))],
        };
        Terminal.Table(["#", "Nodes", "Primitives", "Kernel", "Calls", "Time", "Mean ± σ", "%", "Bytes", "GFLOP/s", "GB/s", "Floor", "÷ floor", "Bound"], lines.Select(l => new[]
        {
            l.Number, l.Nodes, l.Operators, l.Kernel, $"{l.Calls}", Terminal.Time(l.Ms), l.Mean, F(100 * l.Ms / Math.Max(1e-9, r.Ms), "0.0"), Terminal.Bytes(l.Bytes), F(l.Flops / Math.Max(1e-9, l.Ms) / 1e6, "0.0"), F(l.Bytes / Math.Max(1e-9, l.Ms) / 1e6, "0.0"), Terminal.Time(l.FloorMs),
            l.FloorMs > 0 ? F(l.Ms / l.FloorMs, "0.00") : "", l.Bound,
        }), 0, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        if (trace is not null) Console.WriteLine($"wrote {trace}");
        return 0;
    }

    /// <summary>The traced run that ended first of several: the first ones hold the tracing's own start.</summary>
    private static IReadOnlyList<TracedStep> Quickest(Session session, Dictionary<string, Value> inputs, int runs)
    {
        IReadOnlyList<TracedStep> best = [];
        for (int i = 0; i < runs; i++)
        {
            (IReadOnlyDictionary<string, Value> results, IReadOnlyList<TracedStep> log) = session.TraceRun(inputs);
            foreach (Value v in results.Values) v.Dispose();
            if (best.Count == 0 || log.Count > 0 && log[^1].Begin + log[^1].Time < best[^1].Begin + best[^1].Time) best = log;
        }
        return best;
    }

    /// <summary>One line per key, those that take longest first.</summary>
    private static Line[] Sum(IReadOnlyList<StepCost> steps, Func<StepCost, string> key) =>
        [.. steps.GroupBy(key).Select(g => new Line($"{g.Count()}", "", Short([.. g.SelectMany(s => s.Operators).Distinct()]), Short([.. g.Select(s => s.Kernel).Distinct()]), g.Sum(s => s.Calls), g.Sum(s => s.Ms), Terminal.Time(g.Sum(s => s.MeanMs)), g.Sum(s => s.Bytes), g.Sum(s => s.Flops), g.Sum(s => s.FloorMs), "")).OrderByDescending(l => l.Ms)];

    private static string Short(string[] names) => names.Length <= 3 ? string.Join(" ", names) : $"{names[0]} … {names[^1]} ({names.Length})";

    private static string F(double v, string format) => v.ToString(format, CultureInfo.InvariantCulture);

    private sealed record Line(string Number, string Nodes, string Operators, string Kernel, int Calls, double Ms, string Mean, long Bytes, long Flops, double FloorMs, string Bound);
}
