using System.Text.RegularExpressions;

namespace Tessera.Repo.Tests;

/// <summary>Every switch is a registered, documented knob.</summary>
public sealed partial class KnobTests
{
    [Fact]
    public void Every_knob_is_documented()
    {
        string[] lines = Repository.Read("docs/knobs.md").Split('\n');
        string[] missing = [.. Knobs.All.Select(Row).Where(row => !lines.Contains(row))];
        Assert.True(missing.Length == 0, "docs/knobs.md lacks:\n" + string.Join('\n', missing));
    }

    [Fact]
    public void Every_documented_knob_exists()
    {
        string[] known = [.. Knobs.All.Select(Row)];
        Assert.All(Repository.Read("docs/knobs.md").Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal)), l => Assert.Contains(l, known));
    }

    [Fact]
    public void Only_the_registry_reads_the_environment()
    {
        string[] wrong = [.. Repository.Sources().Where(f => f != "src/Tessera/Tensors/Knobs.cs" && Reading().IsMatch(Repository.Read(f)))];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    // The system's own search path is no switch of ours.
    [GeneratedRegex("""GetEnvironmentVariable(?!\("PATH"\)|\(\?)""")]
    private static partial Regex Reading();

    private static string Row(Knob knob) => $"| `{knob.Name}` | {(knob.Default.Length == 0 ? "" : $"`{knob.Default}` ")}| {knob.Help} |";
}
