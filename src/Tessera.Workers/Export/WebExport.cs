using System.Collections.Immutable;
using System.Text.Json;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Workers;

/// <summary>Writes a model as a folder that any static file server serves: programs, weights, the runtime, and a page.</summary>
public static class WebExport
{
    /// <summary>What programs can be for, in the order in which a page tries them.</summary>
    public static ImmutableArray<string> Targets { get; } = ["webgpu", "wasm"];

    /// <param name="session">The model. It is run once with <paramref name="inputs"/>, whose shapes become the program's.</param>
    /// <param name="inputs">A value for every input.</param>
    /// <param name="targets">Some of <see cref="Targets"/>, in the order in which a page is to try them.</param>
    /// <param name="folder">Where to write; made when it is not there, and what has the names of the files is replaced.</param>
    /// <returns>The files with their sizes.</returns>
    /// <exception cref="TesseraException">Unsupported: the model has parts whose shapes depend on data, or a node that has no kernel.</exception>
    public static IReadOnlyList<ExportedFile> Write(Session session, IReadOnlyDictionary<string, Value> inputs, IReadOnlyList<string> targets, string folder)
    {
        foreach (string t in targets)
            if (!Targets.Contains(t)) throw new TesseraException(ErrorCode.InvalidArgument, $"A page runs no programs for '{t}'; it runs {string.Join(", ", Targets)}.");
        Graph graph = Whole(session, inputs);
        ExportFolder to = new(folder);
        (string Target, Program Program)[] programs = [.. targets.Select(t => (t, t == "wasm" ? Programs.Wasm(graph, out _) : WgslText.Shorten(Programs.WebGpu(graph, out _))))];
        ExportedWeights weights = ExportedWeights.Write(programs, to);
        Program first = programs[0].Program;
        Manifest manifest = new(1, session.Name, [.. first.Inputs.Select(i => Spec(i.Name, i))], [.. first.Outputs.Select((o, i) => Spec(session.Outputs[i].Name, o))],
            [.. programs.Select(p => to.Add($"{p.Target}.tessera", ProgramWriter.WriteWithoutConstants(weights.Place(p.Target, p.Program))) with { Target = p.Target, Weights = weights.FilesOf(p.Target) })], weights.Files);
        to.Add("model.json", JsonSerializer.SerializeToUtf8Bytes(manifest, ExportJson.Default.Manifest));
        foreach ((string name, string from) in new[] { ("index.html", "page.html"), ("page.js", "page.js"), ("tessera.js", "tessera.js") }) to.Add(name, RuntimeFiles.Read(from));
        return to.Files;
    }

    private static Graph Whole(Session session, IReadOnlyDictionary<string, Value> inputs)
    {
        foreach (Value v in session.Run(inputs).Values) v.Dispose();
        PreparedStage[] stages = [.. session.Stages];
        if (stages is [{ IsWholeModel: true }]) return stages[0].Graph;
        string[] dynamic = [.. stages.SelectMany(s => s.DynamicSteps).Distinct()];
        throw new TesseraException(ErrorCode.Unsupported, dynamic.Length > 0
            ? $"'{session.Name}' can't be exported whole: the shapes after {string.Join(", ", dynamic.Take(4))} depend on data, and a page has no compiler. Export the part of the model before them."
            : $"'{session.Name}' can't be exported whole: with these inputs it takes {stages.Length} graphs, or gives out a value twice.");
    }

    private static ManifestSpec Spec(string name, ProgramValue v) => new(name, v.Type.ToString(), [.. v.Shape]);
}
