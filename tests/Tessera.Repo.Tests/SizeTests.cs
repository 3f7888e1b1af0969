namespace Tessera.Repo.Tests;

/// <summary>Small files: each fits in a head.</summary>
public sealed class SizeTests
{
    private const int Limit = 400;

    private static readonly string[] Written = [".cs", ".ts", ".js", ".sh", ".py"];

    /// <summary>Files over the limit, each with the reason why splitting it would make it worse.</summary>
    private static readonly Dictionary<string, string> Longer = [];

    [Fact]
    public void No_file_is_longer_than_400_lines()
    {
        string[] wrong = [.. from file in Hand() let lines = Lines(file) where lines > Limit && !Longer.ContainsKey(file) select $"{file}: {lines} lines"];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void The_list_of_longer_files_is_current() =>
        Assert.All(Longer, l => Assert.True(Repository.Files.Contains(l.Key) && Lines(l.Key) > Limit && l.Value.Length > 20, $"{l.Key} needs no exception, or its reason is missing"));

    [Fact]
    public void Half_of_the_sources_have_at_most_100_lines_and_nine_tenths_at_most_250()
    {
        int[] lines = [.. Repository.Sources("src/").Select(Lines).Order()];
        Assert.True(lines[lines.Length / 2] <= 100, $"median {lines[lines.Length / 2]}");
        Assert.True(lines[lines.Length * 9 / 10] <= 250, $"p90 {lines[lines.Length * 9 / 10]}");
    }

    private static IEnumerable<string> Hand() => Repository.Files.Where(f => Written.Contains(Path.GetExtension(f)) || Path.GetExtension(f).Length == 0 && f is not "LICENSE");

    private static int Lines(string file) => File.ReadLines(Path.Combine(Repository.Root, file)).Count();
}
