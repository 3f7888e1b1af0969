namespace Tessera.Tests.Onnx;

/// <summary>Models that others wrote: ONNX's backend tests as Debian packages them, and the model suite of TESSERA_SUITE.</summary>
internal static class Corpus
{
    private const string Debian = "/usr/share/libonnx-testdata/data";

    public static IReadOnlyList<string> Folders { get; } = [.. Find(Knobs.OnnxTestData.IsSet ? Knobs.OnnxTestData.Value : Debian), .. Find(Knobs.Suite.Value)];

    /// <summary>Folders of a model each; skips the running test when this machine has none.</summary>
    public static IReadOnlyList<string> Required()
    {
        Assert.SkipWhen(Folders.Count == 0, "Neither Debian's libonnx-testdata nor a suite (TESSERA_SUITE) is on this machine.");
        return Folders;
    }

    private static IEnumerable<string> Find(string? root) =>
        Directory.Exists(root) ? Directory.EnumerateFiles(root, "model.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => Path.GetDirectoryName(f)!) : [];
}
