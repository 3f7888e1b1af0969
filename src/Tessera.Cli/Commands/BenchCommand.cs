using System.CommandLine;
using System.Diagnostics;
using Tessera.Cli.Inputs;
using Tessera.Cli.Output;

namespace Tessera.Cli.Commands;

/// <summary>`tessera bench`: times a model; the median of warmed-up runs, the first run, the load.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        Option<int> runs = new("--runs") { Description = "Counted runs; 0: as many as fit 2 s, at least 5" };
        Command c = new("bench", "Time a model") { Shared.Model, Shared.Input, Shared.Inputs, Shared.Engine, Shared.Threads, runs, Shared.Json };
        c.SetAction(p => Run(p.GetValue(Shared.Model)!, p.GetValue(Shared.Input) ?? [], p.GetValue(Shared.Inputs), p.GetValue(Shared.Engine)!, p.GetValue(Shared.Threads), p.GetValue(runs), p.GetValue(Shared.Json)));
        return c;
    }

    private static int Run(string path, string[] given, string? folder, string engineName, int threads, int runs, bool json)
    {
        (Engine engine, string why) = EngineChoice.Of(engineName, threads);
        using Engine e = engine;
        e.InitializeAsync().GetAwaiter().GetResult();
        long begin = Stopwatch.GetTimestamp();
        using Session session = e.Load(path);
        double load = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        Dictionary<string, Value> inputs = ModelInputs.Read(session, given, folder, 0);
        double first = Once(session, inputs);
        Warm(session, inputs);
        List<double> times = [];
        begin = Stopwatch.GetTimestamp();
        while (times.Count < (runs > 0 ? runs : 5) || (runs <= 0 && Stopwatch.GetElapsedTime(begin).TotalSeconds < 2)) times.Add(Once(session, inputs));
        using Process self = Process.GetCurrentProcess();
        BenchReport r = new(session.Name, e.Name, threads > 0 ? threads : e.Capabilities.Threads, times.Count, RunCommand.Median([.. times]), times.Min(), first, load, self.PeakWorkingSet64);
        if (json) Terminal.Json(r, ReportJson.Default.BenchReport);
        else Console.WriteLine($"{r.Model} on {r.Engine} ({why}), {r.Threads} thread{(r.Threads == 1 ? "" : "s")}: median {Terminal.Time(r.MedianMs)}, min {Terminal.Time(r.MinMs)} of {r.Runs} runs; first {Terminal.Time(r.FirstMs)}, load {Terminal.Time(r.LoadMs)}, peak memory {Terminal.Bytes(r.PeakBytes)}");
        return 0;
    }

    // The runtime recompiles hot code in the background, a tenth of a second after it got hot: warm up for a second at least, then until the time stops falling, at most 3 s.
    private static void Warm(Session session, Dictionary<string, Value> inputs)
    {
        long begin = Stopwatch.GetTimestamp();
        double best = double.MaxValue, seconds = 0;
        for (int since = 0; (since < 20 || seconds < 1) && seconds < 3; since++)
        {
            double t = Once(session, inputs);
            if (t < best * 0.99) (best, since) = (Math.Min(t, best), 0);
            seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
    }

    private static double Once(Session session, Dictionary<string, Value> inputs)
    {
        long begin = Stopwatch.GetTimestamp();
        IReadOnlyDictionary<string, Value> results = session.Run(inputs);
        double ms = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        foreach (Value v in results.Values) v.Dispose();
        return ms;
    }
}
