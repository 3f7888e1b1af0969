using System.Globalization;

namespace Tessera.Conformance;

/// <summary>A model with recorded inputs and outputs: a folder with one .onnx file and test_data_set_K/{input,output}_I.pb.</summary>
/// <param name="Name">Path below the folder that was searched.</param>
/// <param name="Model">The .onnx file; null when the folder only says where to fetch one.</param>
/// <param name="Sets">Folders of recorded values, in the order of their numbers.</param>
public sealed record TestFolder(string Name, string Path, string? Model, IReadOnlyList<string> Sets)
{
    /// <summary>All test folders in a tree, by name.</summary>
    public static IReadOnlyList<TestFolder> Find(string root)
    {
        if (!Directory.Exists(root)) throw new TesseraException(ErrorCode.InvalidArgument, $"There is no folder '{root}'.");
        List<TestFolder> found = [];
        Stack<string> work = new([System.IO.Path.GetFullPath(root)]);
        while (work.TryPop(out string? folder))
        {
            if (Of(folder, System.IO.Path.GetFullPath(root)) is { } one) { found.Add(one); continue; }
            foreach (string d in Directory.EnumerateDirectories(folder)) work.Push(d);
        }
        return [.. found.OrderBy(f => f.Name, StringComparer.Ordinal)];
    }

    private static TestFolder? Of(string folder, string root)
    {
        string relative = System.IO.Path.GetRelativePath(root, folder).Replace('\\', '/');
        string name = relative == "." ? System.IO.Path.GetFileName(folder) : relative;
        string[] models = [.. Directory.EnumerateFiles(folder, "*.onnx").Order(StringComparer.Ordinal)];
        string? model = models.FirstOrDefault(m => System.IO.Path.GetFileName(m) == "model.onnx") ?? (models.Length == 1 ? models[0] : null);
        if (model is null) return models.Length == 0 && File.Exists(System.IO.Path.Combine(folder, "data.json")) ? new(name, folder, null, []) : null;
        return new(name, folder, model, [.. Directory.EnumerateDirectories(folder, "test_data_set_*").OrderBy(Number)]);
    }

    /// <summary>Recorded files of one kind, input or output, in the order of their numbers.</summary>
    public static IReadOnlyList<string> Files(string set, string kind) => [.. Directory.EnumerateFiles(set, $"{kind}_*.pb").OrderBy(Number)];

    private static int Number(string path) =>
        int.TryParse(System.IO.Path.GetFileNameWithoutExtension(path).Split('_')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : int.MaxValue;
}
