using Tessera.Cli.Inputs;
using Tessera.Conformance;
using Tessera.Examples.Ocr;
using Tessera.Lab;
using Tessera.Onnx;

namespace Tessera.Cli.Bench;

/// <summary>What `tessera bench` can be asked to time; each job is made when its turn comes and belongs to the caller.</summary>
internal static class BenchTargets
{
    /// <summary>For models on inputs that nobody recorded outputs for. Probabilities near 0 may differ by what is the rounding of one near 1.</summary>
    private static readonly Bounds Unrecorded = new(1e-3, Absolute: 1e-6);

    /// <summary>One model on the inputs given, random ones where none are.</summary>
    public static IEnumerable<BenchJob> Model(string path, string[] given, string? folder)
    {
        yield return Job(path, Path.GetFileName(path), "model", given, folder, Unrecorded);
    }

    /// <summary>Models of a folder in ONNX's test layout, on the inputs recorded there.</summary>
    /// <param name="names">The models; all when empty.</param>
    /// <param name="words">Of those, the ones whose name contains one of these; all when empty.</param>
    public static IEnumerable<BenchJob> Suite(string root, IReadOnlyList<string> names, IReadOnlyList<string> words)
    {
        TestFolder[] all = [.. TestFolder.Find(root).Where(f => f.Model is not null && f.Sets.Count > 0)];
        string[] unknown = [.. names.Except(all.Select(f => f.Name))];
        if (unknown.Length > 0) throw new TesseraException(ErrorCode.InvalidArgument, $"'{root}' holds no model {string.Join(", ", unknown)} with recorded inputs.");
        TestFolder[] folders = [.. all.Where(f => (names.Count == 0 || names.Contains(f.Name)) && (words.Count == 0 || words.Any(w => f.Name.Contains(w, StringComparison.OrdinalIgnoreCase))))];
        if (folders.Length == 0) throw new TesseraException(ErrorCode.InvalidArgument, $"'{root}' holds no model with recorded inputs{(words.Count > 0 ? $" whose name contains {string.Join(" or ", words)}" : "")}.");
        foreach (TestFolder f in folders)
        {
            BenchJob job = Job(f.Model!, f.Name, "suite", [], f.Sets[0], new(FolderTolerance.Of(f).RelL2 ?? 1e-3));
            yield return job with { Expected = Expected(f.Model!, f.Sets[0]) };
        }
    }

    /// <summary>The models of `tessera demo` on pictures of the sizes that it reads.</summary>
    public static IEnumerable<BenchJob> Ocr(bool fetch)
    {
        OcrModels models = OcrModels.Find(CacheFolder.Path) ?? (fetch ? OcrModels.FetchAsync(CacheFolder.Path).GetAwaiter().GetResult() : null) ?? throw new TesseraException(ErrorCode.InvalidArgument, $"The OCR models are not in {OcrModels.Folder(CacheFolder.Path)}; --fetch gets them.");
        yield return Job(models.Detection, "detection, 1×3×640×960", "ocr", ["1x3x640x960"], null, Unrecorded);
        yield return Job(models.Orientation, "orientation, 6×3×48×192", "ocr", ["6x3x48x192"], null, Unrecorded);
        yield return Job(models.Recognition, "recognition, 6×3×48×320", "ocr", ["6x3x48x320"], null, Unrecorded);
    }

    public static IEnumerable<BenchJob> Ops(IReadOnlyList<string> words)
    {
        IReadOnlyList<OpRow> rows = OpTable.Of(words);
        if (rows.Count == 0) throw new TesseraException(ErrorCode.InvalidArgument, $"No row's family or name contains {string.Join(" or ", words)}; the families are {string.Join(", ", OpTable.Rows.Select(r => r.Family).Distinct())}.");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-ops-");
        try
        {
            foreach (OpRow r in rows) yield return r.Job(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static BenchJob Job(string path, string name, string family, string[] given, string? folder, Bounds bound)
    {
        using Engine reader = EngineRegistry.Create("reference");
        using Session session = reader.Load(path);
        return new(name, family, path, ModelInputs.Read(session, given, folder, 0), bound);
    }

    private static Dictionary<string, Value> Expected(string path, string set)
    {
        using OnnxModel model = OnnxModel.Load(path);
        IReadOnlyList<string> files = TestFolder.Files(set, "output");
        return model.Graph.Outputs.Take(files.Count).Select((o, i) => (o.Name, Value: OnnxValue.Read(files[i], o.Type))).ToDictionary(v => v.Name, v => v.Value);
    }
}
