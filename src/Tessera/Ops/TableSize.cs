namespace Tessera.Ops;

/// <summary>The bound on tables that an operator's numbers, and not its data, would make large: a few bytes in a file must not claim gigabytes.</summary>
internal static class TableSize
{
    private const long Most = 1 << 26;

    /// <summary>The product of <paramref name="extents"/> when a table may have that many entries.</summary>
    /// <exception cref="TesseraException">Unsupported beyond 2²⁶ entries.</exception>
    public static int Of(Attributes c, params ReadOnlySpan<long> extents)
    {
        long n = 1;
        foreach (long e in extents)
        {
            if (e < 0 || Math.BigMul(n, e, out n) != 0 || n > Most || n < 0) throw c.Unsupported($"a table of {string.Join(" · ", extents.ToArray())} entries; at most {Most} are made while a graph is built.");
        }
        return (int)n;
    }
}
