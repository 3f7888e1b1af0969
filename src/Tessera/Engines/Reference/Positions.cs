namespace Tessera.Engines.Reference;

/// <summary>Where the elements of one shape lie in another.</summary>
internal static class Positions
{
    /// <summary>For each element of <paramref name="to"/>, in order, base + Σ index·step.</summary>
    public static int[] Of(Shape to, ReadOnlySpan<long> steps, long start = 0)
    {
        int[] at = new int[checked((int)to.Count)];
        if (at.Length == 0) return at;
        Span<long> index = stackalloc long[Shape.MaxRank];
        long p = start;
        for (int i = 0; i < at.Length; i++)
        {
            at[i] = (int)p;
            for (int a = to.Rank - 1; a >= 0; a--)
            {
                p += steps[a];
                if (++index[a] < to[a]) break;
                p -= index[a] * steps[a];
                index[a] = 0;
            }
        }
        return at;
    }

    /// <summary>NumPy broadcasting: for each element of <paramref name="to"/>, which element of <paramref name="from"/>.</summary>
    public static int[] Broadcast(Shape from, Shape to)
    {
        Shape strides = from.RowMajorStrides();
        long[] steps = new long[to.Rank];
        for (int i = 0; i < from.Rank; i++) if (from[i] != 1) steps[i + to.Rank - from.Rank] = strides[i];
        return Of(to, steps);
    }

    /// <summary>Outer, along, inner: the shape seen as three axes around one.</summary>
    public static (int Outer, int Along, int Inner) Around(Shape s, int axis) =>
        ((int)s.CountOf(0, axis), (int)s[axis], (int)s.CountOf(axis + 1, s.Rank));
}
