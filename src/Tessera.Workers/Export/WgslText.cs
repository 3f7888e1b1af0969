using System.Collections.Immutable;
using System.Text;
using Tessera.Kernels;

namespace Tessera.Workers;

/// <summary>Kernels in WGSL without indentation and comments: a page downloads them.</summary>
internal static class WgslText
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
        string.Join('\n', source.Split('\n').Select(l => (l.IndexOf("//", StringComparison.Ordinal) is >= 0 and var i ? l[..i] : l).Trim()).Where(l => l.Length > 0));
}
