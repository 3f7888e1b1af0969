using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Tessera.Cli.Inputs;
using Tessera.Cli.Output;
using Tessera.Conformance;
using Tessera.Onnx;

namespace Tessera.Cli.Commands;

/// <summary>`tessera diff`: the first node at which two engines part.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        Option<string[]> engines = new("--engines")
        {
            Description = "Two engines, as A,B; A is what B is held against",
            DefaultValueFactory = _ => ["reference", "cpu"],
            CustomParser = r => [.. r.Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
        };
        Option<double> tolerance = new("--tolerance") { Description = "Bound of ‖B − A‖₂ ÷ ‖A‖₂ for each value of floats; others must be equal", DefaultValueFactory = _ => 1e-3 };
        Option<bool> all = new("--all") { Description = "Compare every node's values even when the outputs agree" };
        Command c = new("diff", "Name the first node at which two engines part") { Shared.Model, engines, Shared.Input, Shared.Inputs, Shared.Strict, Shared.Threads, Shared.Seed, tolerance, all, Shared.Json };
        c.SetAction((p, cancel) => Task.FromResult(Run(p.GetValue(Shared.Model)!, p.GetValue(engines)!, p.GetValue(Shared.Input) ?? [], p.GetValue(Shared.Inputs), p.GetValue(Shared.Strict), p.GetValue(Shared.Threads),
            p.GetValue(Shared.Seed), p.GetValue(tolerance), p.GetValue(all), p.GetValue(Shared.Json), cancel)));
        return c;
    }

    private static int Run(string path, string[] engines, string[] given, string? folder, bool strict, int threads, int seed, double tolerance, bool all, bool json, CancellationToken cancel)
    {
        if (engines.Length != 2 || engines[0] == engines[1]) throw new TesseraException(ErrorCode.InvalidArgument, $"--engines {string.Join(',', engines)}: write two different names, such as reference,cpu; there are {string.Join(", ", EngineRegistry.Names)}.");
        EngineOptions options = new() { Threads = threads };
        using Engine first = EngineRegistry.Create(engines[0], options), second = EngineRegistry.Create(engines[1], options), cpu = EngineRegistry.Create("cpu", options);
        using OnnxModel model = OnnxModel.Load(path);
        Dictionary<string, Value> inputs;
        using (Session s = cpu.Compile(model)) inputs = ModelInputs.Read(s, given, folder, seed);
        DiffReport r = ModelDiff.Run(first, second, model, inputs, tolerance, new SessionOptions { Fallback = strict ? null : cpu }, all, cancel) with { Model = Path.GetFileName(path) };
        foreach (Value v in inputs.Values) v.Dispose();
        if (json) { Terminal.Json(r, DiffJson.Default.DiffReport); return r.Agrees ? 0 : 1; }
        string bound = tolerance.ToString("G3", CultureInfo.InvariantCulture);
        if (r.Agrees) Console.WriteLine($"{r.Model}: {r.Second} agrees with {r.First} within {bound} in {Outputs(r)}.");
        else
        {
            Console.WriteLine($"{r.Model}: {r.Second} parts from {r.First} by more than {bound} in {r.Outputs.Count(o => o.Difference is not null)} of {Outputs(r)}:");
            foreach (ValueDiff o in r.Outputs.Where(o => o.Difference is not null)) Console.WriteLine($"  {o.Difference}");
        }
        if (r.Culprit is { } node) Console.WriteLine($"First at node {r.Values.TakeWhile(v => v != node).Count() + 1} of {r.Values.Count}, {node.Operator} '{node.Node}': {node.Difference}");
        else if (!r.Agrees) Console.WriteLine($"With every value kept, all {r.Values.Count} agree: they part only where nodes are fused, or where small differences add up beyond the bound.");
        else if (r.Values.Count > 0) Console.WriteLine($"So do all {r.Values.Count} values of its nodes.");
        return r.Agrees ? 0 : 1;
    }

    private static string Outputs(DiffReport r) => $"{r.Outputs.Count} output{(r.Outputs.Count == 1 ? "" : "s")}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(DiffReport))]
internal sealed partial class DiffJson : JsonSerializerContext;
