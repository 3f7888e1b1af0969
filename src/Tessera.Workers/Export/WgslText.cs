using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Tessera.Kernels;

namespace Tessera.Workers;

/// <summary>Kernels in WGSL without indentation, comments and blanks: a page downloads them.</summary>
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
    private static string Shorten(string source) =>
        string.Join('\n', source.Split('\n').Select(l => (l.IndexOf("//", StringComparison.Ordinal) is >= 0 and var i ? l[..i] : l).Trim()).Where(l => l.Length > 0).Select(Close));

    /// <summary>A line with the short names of vectors, and with blanks only between words and where two signs would become another one.</summary>
    private static string Close(string line) => Blank().Replace(Vector().Replace(line, "vec$1$2"), "");

    [GeneratedRegex("vec([234])<([fiu])32>")]
    private static partial Regex Vector();

    [GeneratedRegex(@"(?<=\w) +(?=[^\w ])|(?<=[^\w >+\-&|]) +|(?<=[>+\-&|]) +(?=[\w(])")]
    private static partial Regex Blank();
}
