using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Tessera.Repo.Tests;

/// <summary>The checked-out repository: its root and the files that git tracks or would track.</summary>
internal static partial class Repository
{
    private static readonly string[] Binary = [".png", ".onnx", ".pb", ".npy", ".npz", ".gz", ".wasm", ".ttf", ".zip"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths relative to the root, with forward slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = ListFiles();

    public static IEnumerable<string> TextFiles => Files.Where(f => !Binary.Contains(Path.GetExtension(f)));

    public static IEnumerable<string> Sources(string folder = "") => Files.Where(f => f.StartsWith(folder, StringComparison.Ordinal) && f.EndsWith(".cs", StringComparison.Ordinal));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>C# with comments and the contents of literals blanked, line breaks kept.</summary>
    public static string Code(string file) => NotCode().Replace(Read(file), m => new string([.. m.Value.Where(c => c == '\n')]) + " ");

    [GeneratedRegex("""(?s)"{3,}.*?"{3,}|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'|//[^\n]*|/\*.*?\*/""")]
    private static partial Regex NotCode();

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Tessera.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException($"No Tessera.slnx above {AppContext.BaseDirectory}.");
    }

    private static string[] ListFiles()
    {
        using Process git = Process.Start(new ProcessStartInfo("git", ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        })!;
        string list = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0
            ? [.. list.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct().Where(f => File.Exists(Path.Combine(Root, f))).Order(StringComparer.Ordinal)]
            : throw new InvalidOperationException($"git ls-files failed in {Root}.");
    }
}
