using System.CommandLine;
using Tessera.Cli.Inputs;
using Tessera.Cli.Output;
using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Ops;

namespace Tessera.Cli.Commands;

/// <summary>`tessera inspect`: what is in a model, what the compiler's passes do to it, and the plan for given shapes.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        Option<bool> passes = new("--passes") { Description = "Show which rules of which passes apply" }, plan = new("--plan") { Description = "Show the graph of primitives for the given input shapes" }, shapes = new("--shapes") { Description = "Show the inferred type of every value" };
        Command c = new("inspect", "Show what is in a model") { Shared.Model, Shared.Input, Shared.Inputs, passes, plan, shapes, Shared.Json };
        c.SetAction(p => Run(p.GetValue(Shared.Model)!, p.GetValue(Shared.Input) ?? [], p.GetValue(Shared.Inputs), p.GetValue(passes), p.GetValue(plan), p.GetValue(shapes), p.GetValue(Shared.Json)));
        return c;
    }

    private static int Run(string path, string[] given, string? folder, bool passes, bool plan, bool shapes, bool json)
    {
        using OnnxModel model = OnnxModel.Load(path);
        List<OnnxNode> nodes = [];
        Collect(model.Graph, nodes);
        string[] unsupported = Unsupported(model);
        (PassReport[]? applied, string[]? primitives) = passes || plan ? Prepared(model, given, folder, passes, plan) : (null, null);
        InspectReport r = new(Path.GetFileName(path), model.IrVersion, $"{model.Producer} {model.ProducerVersion}".Trim(), model.Opsets.ToDictionary(o => o.Key.Length == 0 ? "ai.onnx" : o.Key, o => o.Value),
            new FileInfo(path).Length, model.Graph.Initializers.Values.Sum(t => t.Count), model.Graph.Initializers.Values.Sum(t => t.Type == DType.String ? 0 : t.Bytes), nodes.Count,
            [.. model.Graph.Inputs.Select(i => new ValueReport(i.Name, i.Type + (i.HasDefault ? " (has a default)" : "")))], [.. model.Graph.Outputs.Select(o => new ValueReport(o.Name, o.Type.ToString()))],
            [.. nodes.GroupBy(n => n.Domain.Length == 0 ? n.OpType : $"{n.Domain}.{n.OpType}").Select(g => new OperatorReport(g.Key, g.Count())).OrderByDescending(o => o.Count).ThenBy(o => o.Name, StringComparer.Ordinal)],
            unsupported, applied, primitives, shapes ? Shapes(model) : null);
        if (json) { Terminal.Json(r, ReportJson.Default.InspectReport); return unsupported.Length > 0 ? 1 : 0; }
        Print(r);
        return unsupported.Length > 0 ? 1 : 0;
    }

    private static void Print(InspectReport r)
    {
        Console.WriteLine($"{r.Model}: IR {r.IrVersion}, {string.Join(", ", r.Opsets.Select(o => $"{o.Key} {o.Value}"))}{(r.Producer.Length > 0 ? $", by {r.Producer}" : "")}");
        Console.WriteLine($"{r.Nodes} nodes, {r.Parameters:N0} parameters ({Terminal.Bytes(r.ParameterBytes)}), file {Terminal.Bytes(r.FileBytes)}");
        Terminal.Table(["", "Name", "Type"], [.. r.Inputs.Select(i => new[] { "input", i.Name, i.Type }), .. r.Outputs.Select(o => new[] { "output", o.Name, o.Type })]);
        Terminal.Table(["Operator", "Count"], r.Operators.Select(o => new[] { o.Name, $"{o.Count}" }), 1);
        if (r.Passes is not null) Terminal.Table(["Pass", "Rule", "Applied", "Nodes before", "Nodes after"], r.Passes.Select(p => new[] { p.Pass, p.Rule, $"{p.Applied}", $"{p.NodesBefore}", $"{p.NodesAfter}" }), 2, 3, 4);
        if (r.Shapes is not null) Terminal.Table(["Value", "Inferred type"], r.Shapes.Select(v => new[] { v.Name, v.Type }));
        foreach (string line in r.Plan ?? []) Console.WriteLine(line);
        if (r.Unsupported.Length > 0) Console.WriteLine($"Not supported: {string.Join("; ", r.Unsupported)}");
    }

    private static (PassReport[]?, string[]?) Prepared(OnnxModel model, string[] given, string? folder, bool passes, bool plan)
    {
        using Engine engine = EngineRegistry.Create("cpu");
        using Session session = engine.Compile(model);
        foreach (Value v in session.Run(ModelInputs.Read(session, given, folder, 0)).Values) v.Dispose();
        List<PassReport> applied = [];
        List<string> lines = [];
        int stage = 0;
        foreach (PreparedStage s in session.Stages)
        {
            Graph g = s.Graph;
            foreach (Pass p in Passes.All)
            {
                Dictionary<string, int> counts = p.Rules.ToDictionary(r => r.Name, _ => 0);
                int before = g.Nodes.Length;
                g = Passes.Run(p, g, null, (rule, _, _) => counts[rule.Name]++);
                applied.AddRange(counts.Select(k => new PassReport(p.Name, k.Key, k.Value, before, g.Nodes.Length)));
            }
            lines.Add($"stage {++stage}: {g.Nodes.Length} nodes{(s.DynamicSteps.Length > 0 ? $", then {string.Join(", ", s.DynamicSteps)}" : "")}");
            lines.AddRange(g.Nodes.Select(n => $"  {n}{(n.Origin is null ? "" : $"   ← {n.Origin}")}"));
        }
        return (passes ? [.. applied] : null, plan ? [.. lines] : null);
    }

    private static ValueReport[] Shapes(OnnxModel model)
    {
        using Engine engine = EngineRegistry.Create("cpu");
        using Session session = engine.Compile(model);
        return [.. session.InferShapes().Select(t => new ValueReport(t.Key, t.Value.ToString()))];
    }

    private static void Collect(OnnxGraph graph, List<OnnxNode> nodes)
    {
        foreach (OnnxNode n in graph.Nodes)
        {
            nodes.Add(n);
            foreach (OnnxAttribute a in n.Attributes.Values.Where(a => a.Kind == OnnxAttributeKind.Graph && a.RefAttribute is null)) Collect(a.Graph, nodes);
        }
    }

    private static string[] Unsupported(OnnxModel model)
    {
        try
        {
            ModelCheck.Run(model);
            return [];
        }
        catch (TesseraException e) when (e.Code == ErrorCode.Unsupported)
        {
            return [e.Message];
        }
    }
}
