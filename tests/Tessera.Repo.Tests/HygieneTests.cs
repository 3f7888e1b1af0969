using System.Text.RegularExpressions;

namespace Tessera.Repo.Tests;

/// <summary>What no file may hold.</summary>
public sealed partial class HygieneTests
{
    private static readonly string[] UnsafeFolders = ["src/Tessera/Tensors/", "src/Tessera/Engines/", "src/Tessera.Devices/", "tests/", "bench/"];

    [Fact]
    public void Unsafe_code_stays_where_memory_is_handled()
    {
        string[] wrong = [.. Repository.Sources().Where(f => !UnsafeFolders.Any(u => f.StartsWith(u, StringComparison.Ordinal)) && UnsafeCode().IsMatch(Repository.Code(f)))];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void No_file_holds_a_path_of_one_machine()
    {
        List<string> wrong = [];
        foreach (string file in Repository.TextFiles)
            foreach (Match m in MachinePath().Matches(Repository.Read(file))) wrong.Add($"{file}: {m.Value}");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Nothing_is_left_unfinished()
    {
        List<string> wrong = [];
        foreach (string file in Repository.Sources().Where(f => !f.StartsWith("tests/Tessera.Repo.Tests/", StringComparison.Ordinal)))
            foreach (Match m in Unfinished().Matches(Repository.Read(file))) wrong.Add($"{file}: {m.Value}");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [GeneratedRegex(@"\bunsafe\b")]
    private static partial Regex UnsafeCode();

    // Written so that this file does not match itself.
    [GeneratedRegex(@"(?<![\w.:/~$}-])/(?:wor[k]|far[m]|roo[t]|hom[e]/\w+|User[s]/\w+)(?:/|\b(?!\w))")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex Unfinished();
}
