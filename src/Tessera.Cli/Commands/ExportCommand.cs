using System.CommandLine;
using Tessera.Cli.Inputs;
using Tessera.Cli.Output;
using Tessera.Workers;

namespace Tessera.Cli.Commands;

/// <summary>`tessera export`: a model as a static folder for browsers.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        Option<string> target = new("--target") { Description = "What to write: web", DefaultValueFactory = _ => "web" };
        Option<string> engines = new("--engines") { Description = "What the page may run on, in the order in which it tries them", DefaultValueFactory = _ => string.Join(',', WebExport.Targets) };
        Option<string> output = new("--output") { Description = "Folder to write", Required = true };
        Command c = new("export", "Write a model as a folder that any static file server serves") { Shared.Model, target, engines, Shared.Input, Shared.Inputs, output, Shared.Json };
        c.SetAction(p => Run(p.GetValue(Shared.Model)!, p.GetValue(target)!, p.GetValue(engines)!, p.GetValue(Shared.Input) ?? [], p.GetValue(Shared.Inputs), p.GetValue(output)!, p.GetValue(Shared.Json)));
        return c;
    }

    private static int Run(string path, string target, string engines, string[] given, string? folder, string output, bool json)
    {
        if (target != "web") throw new TesseraException(ErrorCode.InvalidArgument, $"--target {target}: only web can be written.");
        using Engine engine = EngineRegistry.Create("cpu");
        using Session session = engine.Load(path);
        Dictionary<string, Value> inputs = ModelInputs.Read(session, given, folder, 0);
        ExportedFile[] files = [.. WebExport.Write(session, inputs, engines.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), output)];
        if (json) { Terminal.Json(new ExportReport(output, files), ReportJson.Default.ExportReport); return 0; }
        Terminal.Table(["File", "Size"], files.Select(f => new[] { f.Name, Terminal.Bytes(f.Bytes) }), 1);
        long weights = files.Where(f => f.Name.StartsWith("weights-", StringComparison.Ordinal)).Sum(f => f.Bytes);
        Console.WriteLine($"{output}: weights {Terminal.Bytes(weights)}, everything else {Terminal.Bytes(files.Sum(f => f.Bytes) - weights)}. Serve it with any static file server, e.g. npx http-server {output}");
        return 0;
    }
}
