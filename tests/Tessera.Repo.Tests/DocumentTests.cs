using System.Text.RegularExpressions;

namespace Tessera.Repo.Tests;

/// <summary>Documents speak of files that exist.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Rows_point_to_files_that_exist()
    {
        string[] rows = [.. Repository.Read("docs/rows.md").Split('\n').Where(l => RowLine().IsMatch(l))];
        Assert.NotEmpty(rows);
        string[] wrong = [.. from row in rows from Match m in Quoted().Matches(row) where !Exists(m.Groups[1].Value) select $"{RowLine().Match(row).Groups[1].Value}: {m.Groups[1].Value}"];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Links_between_documents_resolve()
    {
        List<string> wrong = [];
        foreach (string file in Repository.Files.Where(f => f.EndsWith(".md", StringComparison.Ordinal)))
        {
            foreach (Match m in Link().Matches(Repository.Read(file)))
            {
                string target = m.Groups[1].Value;
                if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal)) continue;
                string path = Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, target));
                if (!File.Exists(path) && !Directory.Exists(path)) wrong.Add($"{file} → {target}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static bool Exists(string path) => File.Exists(Path.Combine(Repository.Root, path)) || Directory.Exists(Path.Combine(Repository.Root, path));

    [GeneratedRegex(@"^\| ([A-Z]\d+) \|")]
    private static partial Regex RowLine();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(?<!`)\]\(([^)#\s]+)(?:#[^)\s]*)?\)")]
    private static partial Regex Link();
}
