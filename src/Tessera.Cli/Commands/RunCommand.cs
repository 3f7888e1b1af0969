using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Tessera.Cli.Inputs;
using Tessera.Cli.Output;
using Tessera.Data;
using Tessera.Ir;

namespace Tessera.Cli.Commands;

/// <summary>`tessera run`: runs a model and shows or saves what comes out.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        Option<string?> output = new("--output") { Description = "Folder to write each output to as NAME.npy" };
        Option<int> repeat = new("--repeat") { Description = "Number of runs", DefaultValueFactory = _ => 1 };
        Command c = new("run", "Run a model") { Shared.Model, Shared.Input, Shared.Inputs, Shared.Engine, Shared.Strict, Shared.Threads, Shared.Seed, output, repeat, Shared.Json };
        c.SetAction(p => Run(p.GetValue(Shared.Model)!, p.GetValue(Shared.Input) ?? [], p.GetValue(Shared.Inputs), p.GetValue(Shared.Engine)!, p.GetValue(Shared.Strict), p.GetValue(Shared.Threads), p.GetValue(Shared.Seed), p.GetValue(output), p.GetValue(repeat), p.GetValue(Shared.Json)));
        return c;
    }

    private static int Run(string path, string[] given, string? folder, string engineName, bool strict, int threads, int seed, string? output, int repeat, bool json)
    {
        using EngineChoice choice = new(engineName, threads, strict);
        long begin = Stopwatch.GetTimestamp();
        using Session session = choice.Load(path);
        double load = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        Dictionary<string, Value> inputs = ModelInputs.Read(session, given, folder, seed);
        IReadOnlyDictionary<string, Value> results = new Dictionary<string, Value>();
        double[] times = new double[Math.Max(1, repeat)];
        for (int i = 0; i < times.Length; i++)
        {
            foreach (Value v in results.Values) v.Dispose();
            begin = Stopwatch.GetTimestamp();
            results = session.Run(inputs);
            times[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        }
        EngineChoice.Report(session);
        if (output is not null) Directory.CreateDirectory(output);
        OutputReport[] reports = [.. results.Select(r => Report(r.Key, r.Value, output))];
        RunReport report = new(session.Name, choice.Engine.Name, choice.Why, load, times, reports);
        if (json) { Terminal.Json(report, ReportJson.Default.RunReport); return 0; }
        Console.WriteLine($"{report.Model} on {report.Engine} ({choice.Why}): load {Terminal.Time(load)}, run {string.Join(", ", times.Take(5).Select(Terminal.Time))}{(times.Length > 5 ? $" … median {Terminal.Time(Median(times))}" : "")}");
        Terminal.Table(["Output", "Type", "Min", "Max", "Mean", "First values"], reports.Select(r => new[] { r.Name, $"{r.Type}[{string.Join(", ", r.Shape)}]", Number(r.Min), Number(r.Max), Number(r.Mean), string.Join(" ", r.First) }), 2, 3, 4);
        foreach (OutputReport r in reports.Where(r => r.File is not null)) Console.WriteLine($"wrote {r.File}");
        return 0;
    }

    public static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static string Number(double? v) => v?.ToString("G5", CultureInfo.InvariantCulture) ?? "";

    private static OutputReport Report(string name, Value value, string? folder)
    {
        if (value is not TensorValue { Tensor: var t }) return new(name, value.ToString()!, [], null, null, null, [], null);
        string? file = folder is null ? null : Path.Combine(folder, string.Concat(name.Split(Path.GetInvalidFileNameChars())).Replace('/', '_') + ".npy");
        if (file is not null) Npy.Save(t, file);
        if (t.Type == DType.String) return new(name, "String", t.Shape.ToArray(), null, null, null, [.. t.Strings.Take(6)], file);
        double[] v = t.Type.Bits() < 8 || t.Type is DType.UInt64 ? [] : Scalars.ToFloat64(t);
        string[] first = Array.ConvertAll(v[..Math.Min(6, v.Length)], x => x.ToString("G6", CultureInfo.InvariantCulture));
        if (v.Length == 0) return new(name, t.Type.ToString(), t.Shape.ToArray(), null, null, null, first, file);
        (double min, double max, double sum) = (double.PositiveInfinity, double.NegativeInfinity, 0);
        foreach (double x in v) (min, max, sum) = (Math.Min(min, x), Math.Max(max, x), sum + x);
        return new(name, t.Type.ToString(), t.Shape.ToArray(), min, max, sum / v.Length, first, file);
    }
}
