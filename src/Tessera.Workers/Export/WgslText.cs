using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Tessera.Kernels;

namespace Tessera.Workers;

/// <summary>Kernels in WGSL with short names, without indentation, comments and blanks: a page downloads them.</summary>
internal static partial class WgslText
{
    public static Program Shorten(Program p)
    {
        MemoryStream code = new();
        ImmutableArray<ProgramKernel>.Builder kernels = ImmutableArray.CreateBuilder<ProgramKernel>(p.Kernels.Length);
        foreach (ProgramKernel k in p.Kernels)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(Shorten(Encoding.UTF8.GetString(p.Code.Span.Slice((int)k.At, (int)k.Bytes))));
            kernels.Add(k with { At = code.Length, Bytes = bytes.Length });
            code.Write(bytes);
        }
        return p with { Code = code.ToArray(), Kernels = kernels.MoveToImmutable() };
    }

    // WGSL has no text literals, so that two slashes always begin a comment; lines are kept for the messages of compilers.
    private static string Shorten(string source) => Renamed(string.Join('\n', source.Split('\n').Select(l => (l.IndexOf("//", StringComparison.Ordinal) is >= 0 and var i ? l[..i] : l).Trim()).Where(l => l.Length > 0).Select(Close)));

    /// <summary>The source with the shortest names for what it declares, `main` excepted; what occurs most gets the shortest.</summary>
    private static string Renamed(string source)
    {
        HashSet<string> declared = [.. Declaration().Matches(source).Select(m => m.Groups[1].Value)];
        declared.Remove("main");
        IEnumerable<string> words = Word().Matches(source).Select(m => m.Value).Where(declared.Contains).GroupBy(w => w).OrderByDescending(g => g.Count()).Select(g => g.Key);
        Dictionary<string, string> to = words.Zip(Names()).ToDictionary(p => p.First, p => p.Second);
        return Word().Replace(source, m => to.GetValueOrDefault(m.Value, m.Value));
    }

    /// <summary>a, b, … Z, a0, b0, …: a letter and a number are no word of the language but where they name a type.</summary>
    private static IEnumerable<string> Names()
    {
        string letters = string.Concat(Enumerable.Range('a', 26).Concat(Enumerable.Range('A', 26)).Select(c => (char)c));
        foreach (char c in letters) yield return $"{c}";
        for (int n = 0; ; n++)
            foreach (char c in letters)
                if (n is not (16 or 32)) yield return $"{c}{n}";
    }

    /// <summary>A line with the short names of vectors, and with blanks only between words and where two signs would become another one.</summary>
    private static string Close(string line) => Blank().Replace(Vector().Replace(line, "vec$1$2"), "");

    [GeneratedRegex(@"(?:\b(?:let|fn)\s|\bvar(?:<[^>]*>|\s)|[(,](?:@builtin\(\w+\))?(?=\w+:))(\w+)")]
    private static partial Regex Declaration();

    // Not the members of values, attributes, and the letters of numbers.
    [GeneratedRegex(@"(?<![\w.@])[A-Za-z_]\w*")]
    private static partial Regex Word();

    [GeneratedRegex("vec([234])<([fiu])32>")]
    private static partial Regex Vector();

    [GeneratedRegex(@"(?<=\w) +(?=[^\w ])|(?<=[^\w >+\-&|]) +|(?<=[>+\-&|]) +(?=[\w(])")]
    private static partial Regex Blank();
}
