using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>The innermost loop of a product of 16-bit matrices: one register tile of 32-bit sums, which wrap.</summary>
internal static unsafe class PairTile<V, R> where V : unmanaged, IQuads<V> where R : struct, IRows
{
    /// <param name="pairs">Pairs of terms of a sum.</param>
    /// <param name="a">Rows of pairs, <paramref name="step"/> pairs apart.</param>
    /// <param name="w">For each pair of terms two vectors of columns.</param>
    /// <param name="c">Sums: rows of two vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int pairs, int* a, nint step, int* w, int* c)
    {
        V x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default, x6 = default, x7 = default, x8 = default, x9 = default, x10 = default, x11 = default;
        V y0 = default, y1 = default, y2 = default, y3 = default, y4 = default, y5 = default, y6 = default, y7 = default, y8 = default, y9 = default, y10 = default, y11 = default;
        int* a3 = a + 3 * step, a6 = a3 + 3 * step, a9 = a6 + 3 * step;
        for (; pairs > 0; pairs--, a++, a3++, a6++, a9++, w += 2 * V.Lanes)
        {
            V u = V.Load((byte*)w), v = V.Load((byte*)(w + V.Lanes)), s = V.All(*a);
            x0 = V.AddPairs(x0, s, u);
            y0 = V.AddPairs(y0, s, v);
            if (R.Count > 1) { s = V.All(a[step]); x1 = V.AddPairs(x1, s, u); y1 = V.AddPairs(y1, s, v); }
            if (R.Count > 2) { s = V.All(a[2 * step]); x2 = V.AddPairs(x2, s, u); y2 = V.AddPairs(y2, s, v); }
            if (R.Count > 3) { s = V.All(*a3); x3 = V.AddPairs(x3, s, u); y3 = V.AddPairs(y3, s, v); }
            if (R.Count > 4) { s = V.All(a3[step]); x4 = V.AddPairs(x4, s, u); y4 = V.AddPairs(y4, s, v); }
            if (R.Count > 5) { s = V.All(a3[2 * step]); x5 = V.AddPairs(x5, s, u); y5 = V.AddPairs(y5, s, v); }
            if (R.Count > 6) { s = V.All(*a6); x6 = V.AddPairs(x6, s, u); y6 = V.AddPairs(y6, s, v); }
            if (R.Count > 7) { s = V.All(a6[step]); x7 = V.AddPairs(x7, s, u); y7 = V.AddPairs(y7, s, v); }
            if (R.Count > 8) { s = V.All(a6[2 * step]); x8 = V.AddPairs(x8, s, u); y8 = V.AddPairs(y8, s, v); }
            if (R.Count > 9) { s = V.All(*a9); x9 = V.AddPairs(x9, s, u); y9 = V.AddPairs(y9, s, v); }
            if (R.Count > 10) { s = V.All(a9[step]); x10 = V.AddPairs(x10, s, u); y10 = V.AddPairs(y10, s, v); }
            if (R.Count > 11) { s = V.All(a9[2 * step]); x11 = V.AddPairs(x11, s, u); y11 = V.AddPairs(y11, s, v); }
        }
        Put(x0, y0, c);
        if (R.Count > 1) Put(x1, y1, c + 1 * 2 * V.Lanes);
        if (R.Count > 2) Put(x2, y2, c + 2 * 2 * V.Lanes);
        if (R.Count > 3) Put(x3, y3, c + 3 * 2 * V.Lanes);
        if (R.Count > 4) Put(x4, y4, c + 4 * 2 * V.Lanes);
        if (R.Count > 5) Put(x5, y5, c + 5 * 2 * V.Lanes);
        if (R.Count > 6) Put(x6, y6, c + 6 * 2 * V.Lanes);
        if (R.Count > 7) Put(x7, y7, c + 7 * 2 * V.Lanes);
        if (R.Count > 8) Put(x8, y8, c + 8 * 2 * V.Lanes);
        if (R.Count > 9) Put(x9, y9, c + 9 * 2 * V.Lanes);
        if (R.Count > 10) Put(x10, y10, c + 10 * 2 * V.Lanes);
        if (R.Count > 11) Put(x11, y11, c + 11 * 2 * V.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(V x, V y, int* to)
    {
        V.Store(x, to);
        V.Store(y, to + V.Lanes);
    }
}
