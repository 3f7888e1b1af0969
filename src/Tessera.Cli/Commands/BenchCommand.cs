using System.CommandLine;
using Tessera.Cli.Bench;
using Tessera.Cli.Output;
using Tessera.Lab;
using Tessera.Workers;

namespace Tessera.Cli.Commands;

/// <summary>`tessera bench`: times a model, operators or a suite, beside peers in the same call.</summary>
internal static class BenchCommand
{
    public static Command Create() => BenchOptions.Declare("Time a model, operators (ops), a suite, or the models of the demo (ocr), beside other systems", Run);

    /// <summary>`tessera once JOB`: what `bench --load` starts; and without a job only the start itself.</summary>
    public static Command CreateOnce()
    {
        Argument<string?> job = new("JOB") { Arity = ArgumentArity.ZeroOrOne };
        Command c = new("once", "Load a job's model, run it once, tell time and memory") { job };
        c.Hidden = true;
        c.SetAction(p => ThisProgram.RunOnce(p.GetValue(job)));
        return c;
    }

    /// <summary>`tessera peer NAME`: a native library as a peer of `bench`, on standard input and output.</summary>
    public static Command CreatePeer()
    {
        Argument<string> name = new("NAME");
        Command c = new("peer", "Serve a native library as a peer of bench") { name };
        c.Hidden = true;
        c.SetAction(p =>
        {
            Tessera.Peers.NativePeer.Serve(Lab.Peers.Parse(p.GetValue(name)!), Console.In, Console.Out);
            return 0;
        });
        return c;
    }

    private static int Run(BenchOptions o)
    {
        if (o.Soak > 0) return SoakRun(o);
        if (o.Load) return LoadBench.Run(o, Jobs(o));
        using Engine engine = EngineRegistry.Create(o.EngineName, new() { Threads = o.ThreadCount });
        engine.InitializeAsync().GetAwaiter().GetResult();
        using PeerSet peers = PeerSet.Start(ThisProgram.Peers, o.PeersOrDefault, o.ThreadCount, o.Fetch, engine is WorkerEngine { RunsInBrowser: true } w ? new(o.Kind, w.OpenPage) : null);
        bool ops = o.Target[0] == "ops", quiet = o.Json || o.Markdown;
        Ceilings? ceilings = ops || o.Roofline is not null ? Ceilings.Measure(o.ThreadCount) : null;
        Pace pace = new(o.Rounds, o.Runs) { FirstLimit = TimeSpan.FromSeconds(o.Limit) };
        // Rows of ops share kernels, which are hot after the first of them.
        if (ops) pace = pace with { WarmLeast = TimeSpan.FromMilliseconds(350), WarmMost = TimeSpan.FromSeconds(1) };
        if (!quiet) Console.WriteLine(BenchText.Head(o, peers.Reports, ceilings));
        List<BenchResult> results = [];
        using (Duel duel = new(engine, o.ThreadCount, ceilings, pace))
        {
            foreach (BenchJob job in Jobs(o))
            {
                using (job) results.Add(duel.Run(job, peers.For(job)));
                if (!quiet) Console.WriteLine(BenchText.Line(results[^1]));
                else if (!Console.IsErrorRedirected) Console.Error.WriteLine(BenchText.Line(results[^1]));
            }
        }
        BenchReport report = BenchReport.Of(o, peers.Reports, ceilings, results);
        if (o.Roofline is { } file) File.WriteAllText(file, Roofline.Draw(ceilings!, results, BenchText.Machine(report)));
        if (o.Into is { } into) MarkdownSection.Replace(into, o.Section, BenchMarkdown.Table(report));
        if (o.Json) Terminal.Json(report, BenchJson.Default.BenchReport);
        else if (o.Markdown) Console.WriteLine(BenchMarkdown.Table(report));
        else Console.Write(BenchText.Sums(report));
        // Nothing that was asked for by name passes by being absent.
        return results.TrueForAll(r => r.Passed) && (o.Peers is null || peers.Reports.All(r => r.Present)) ? 0 : 1;
    }

    private static IEnumerable<BenchJob> Jobs(BenchOptions o) => o.Target switch
    {
        ["ops", .. var words] => BenchTargets.Ops([.. words, .. o.Filter]),
        ["suite", .. var names] => o.Suite.Length > 0 ? BenchTargets.Suite(o.Suite, names, o.Filter) : throw new TesseraException(ErrorCode.InvalidArgument, "Which suite? Name its folder with --suite or in TESSERA_SUITE."),
        ["ocr"] => BenchTargets.Ocr(o.Fetch),
        [var model] => BenchTargets.Model(model, o.Input, o.Inputs),
        _ => throw new TesseraException(ErrorCode.InvalidArgument, $"bench takes one model, ops, suite or ocr; not {string.Join(' ', o.Target)}."),
    };

    private static int SoakRun(BenchOptions o)
    {
        using Engine engine = EngineRegistry.Create(o.EngineName, new() { Threads = o.ThreadCount });
        List<SoakResult> results = [];
        foreach (BenchJob job in Jobs(o))
        {
            using (job) results.Add(Soak.Run(engine, job, o.Soak, o.Sessions));
            if (!o.Json && !o.Markdown) Console.WriteLine(BenchText.Line(results[^1]));
        }
        if (o.Into is { } into) MarkdownSection.Replace(into, o.Section, BenchMarkdown.Table(results));
        if (o.Json) Terminal.Json([.. results], BenchJson.Default.SoakResultArray);
        else if (o.Markdown) Console.WriteLine(BenchMarkdown.Table(results));
        return 0;
    }
}
