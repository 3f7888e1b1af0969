using System.CommandLine;
using Tessera.Conformance;

namespace Tessera.Cli.Commands;

/// <summary>`tessera conformance`: holds an engine to operator cases, contracts, and trees of ONNX test cases.</summary>
internal static class ConformanceCommand
{
    public static Command Create()
    {
        Argument<string[]> folders = new("DIR") { Description = "Folder trees with model.onnx and test_data_set_K folders; none: operator cases and contracts", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> filter = new("--filter") { Description = "Only cases whose name contains this text" };
        Option<int> parallel = new("--parallel") { Description = "Cases at a time", DefaultValueFactory = _ => 1 };
        Option<bool> page = new("--page") { Description = "Everything on every engine, or on those that --engine names as A,B, as the Markdown of docs/conformance.md" };
        Command c = new("conformance", "Run an engine's conformance cases; the last line is `N passed, N failed, N skipped`") { folders, Shared.Engine, Shared.Threads, Shared.Strict, filter, parallel, Shared.Seed, page, Shared.Json };
        c.SetAction((p, cancel) => Task.FromResult(p.GetValue(page)
            ? Page(p.GetValue(folders) ?? [], p.GetValue(Shared.Engine)!, p.GetValue(Shared.Seed), cancel)
            : Run(p.GetValue(folders) ?? [], new(p.GetValue(Shared.Engine)!, p.GetValue(Shared.Strict), p.GetValue(Shared.Threads), p.GetValue(filter), Math.Max(1, p.GetValue(parallel)), p.GetValue(Shared.Seed)), p.GetValue(Shared.Json), cancel)));
        return c;
    }

    private sealed record Choice(string Engine, bool Strict, int Threads, string? Filter, int Parallel, int Seed);

    private static int Run(string[] folders, Choice choice, bool json, CancellationToken cancel)
    {
        bool live = !json && !Console.IsOutputRedirected;
        int done = 0;
        void Progress(CaseResult r)
        {
            int n = Interlocked.Increment(ref done);
            if (live) Console.Write($"\r{n} cases …");
        }
        Report report = folders.Length == 0 ? Report.Join([Cases(choice, Progress, cancel), Contracts(choice, Progress, cancel)])
            : Report.Join([.. folders.Select(f => Folders(choice, f, Progress, cancel))]);
        if (live) Console.Write("\r              \r");
        if (json) { Console.WriteLine(report.ToJson()); return report.Failed > 0 ? 1 : 0; }
        foreach (CaseResult r in report.Cases.Where(r => r.Verdict != Verdict.Passed)) Console.WriteLine($"{r.Verdict switch { Verdict.Passed => "passed ", Verdict.Helped => "helped ", Verdict.Failed => "FAILED ", Verdict.Skipped => "skipped" }} {r.Name}: {r.Detail}");
        if (folders.Length == 0) Console.WriteLine($"seed {choice.Seed}");
        if (report.Helped > 0) Console.WriteLine($"{report.Helped} passed with another engine's help");
        Console.WriteLine(report.Summary);
        return report.Failed > 0 || report.Cases.Count == 0 ? 1 : 0;
    }

    private static int Page(string[] folders, string engines, int seed, CancellationToken cancel)
    {
        Choice[] choices = [.. (engines == "auto" ? EngineRegistry.Names : engines.Split(',')).Select(n => new Choice(n, false, 0, null, 1, seed))];
        List<(string, IReadOnlyList<Report>)> parts =
        [
            ("Operator cases", [.. choices.Select(c => Cases(c, null, cancel))]), ("Contracts", [.. choices.Select(c => Contracts(c, null, cancel))]),
            .. folders.Select(f => (Title(f), (IReadOnlyList<Report>)[.. choices.Select(c => Folders(c, f, null, cancel))])),
        ];
        Console.Write(ConformancePage.Render(parts));
        return parts.SelectMany(p => p.Item2).SelectMany(r => r.Cases).Any(c => c.Verdict == Verdict.Failed && !KnownCases.Failing.ContainsKey(c.Name)) ? 1 : 0;
    }

    /// <summary>The folder's name; that of its parent when it says nothing.</summary>
    private static string Title(string folder)
    {
        DirectoryInfo d = new(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return d.Name == "data" && d.Parent is { } parent ? parent.Name : d.Name;
    }

    private static Report Cases(Choice c, Action<CaseResult>? progress, CancellationToken cancel)
    {
        using EngineChoice choice = new(c.Engine, c.Threads, strict: true);
        return OpCaseRunner.Run(choice.Engine, c.Seed, c.Filter, progress, cancel);
    }

    private static Report Contracts(Choice c, Action<CaseResult>? progress, CancellationToken cancel)
    {
        using EngineChoice choice = new(c.Engine, c.Threads, strict: true);
        return Contract.Run(choice.Engine.Name, o => EngineRegistry.Create(choice.Engine.Name, o), c.Filter, progress, cancel);
    }

    private static Report Folders(Choice c, string folder, Action<CaseResult>? progress, CancellationToken cancel)
    {
        using EngineChoice choice = new(c.Engine, c.Threads, c.Strict);
        return FolderSuite.Run(choice.Engine, folder, choice.Fallback, c.Filter, c.Parallel, progress, cancel);
    }
}
