using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Which side of a product the signed weights are.</summary>
internal interface IWeightSide
{
    /// <summary>Weights are the columns of a tile, in vectors; else its rows, one quad for all lanes.</summary>
    static abstract bool Columns { get; }
}

internal readonly struct WeightColumns : IWeightSide { public static bool Columns => true; }

internal readonly struct WeightRows : IWeightSide { public static bool Columns => false; }

/// <summary>The innermost loop of an 8-bit product: one register tile of 32-bit sums.</summary>
/// <remarks>
/// Quads of weights are sorted: first the "near" ones, whose byte products need no more bits than the machine adds them in, then the "far" ones, which are
/// multiplied as 16-bit pairs. The other side's quads are found through <c>order</c>; columns that are no weights may lie anywhere, at one distance from each other for all quads.
/// </remarks>
internal static unsafe class QuadTile<V, R, S> where V : unmanaged, IQuads<V> where R : struct, IRows where S : struct, IWeightSide
{
    /// <param name="near">Quads multiplied as bytes.</param>
    /// <param name="far">Quads multiplied as pairs.</param>
    /// <param name="order">For each quad of the weights, near ones first: its number along K when weights are columns, else the distance in bytes from <paramref name="vectors"/> to the columns' quad.</param>
    /// <param name="vectors">Per quad two vectors of bytes: weights one after the other, or the other side where <paramref name="order"/> says.</param>
    /// <param name="gap">Bytes from the first vector of a quad to the second when weights are rows.</param>
    /// <param name="bytes">Per quad a row's four bytes for each row; weights: the near ones in their order, the other side by number.</param>
    /// <param name="words">Per quad the even bytes of each row as two 16-bit numbers, then the odd ones; weights: the far ones in their order, the other side by number.</param>
    /// <param name="c">Sums: rows of two vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int near, int far, int* order, byte* vectors, long gap, byte* bytes, byte* words, int* c)
    {
        int half = 4 * V.Lanes;
        if (S.Columns) gap = half;
        V x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default, x6 = default, x7 = default, x8 = default, x9 = default, x10 = default, x11 = default;
        V y0 = default, y1 = default, y2 = default, y3 = default, y4 = default, y5 = default, y6 = default, y7 = default, y8 = default, y9 = default, y10 = default, y11 = default;
        for (int i = 0; i < near; i++)
        {
            long at = order[i];
            byte* v = S.Columns ? vectors : vectors + at;
            int* s = (int*)(S.Columns ? bytes + at * (4 * R.Count) : bytes);
            if (S.Columns) vectors += 2 * half;
            else bytes += 4 * R.Count;
            V u = V.Load(v), w = V.Load(v + gap), r = V.All(s[0]);
            x0 = Bytes(x0, r, u);
            y0 = Bytes(y0, r, w);
            if (R.Count > 1) { r = V.All(s[1]); x1 = Bytes(x1, r, u); y1 = Bytes(y1, r, w); }
            if (R.Count > 2) { r = V.All(s[2]); x2 = Bytes(x2, r, u); y2 = Bytes(y2, r, w); }
            if (R.Count > 3) { r = V.All(s[3]); x3 = Bytes(x3, r, u); y3 = Bytes(y3, r, w); }
            if (R.Count > 4) { r = V.All(s[4]); x4 = Bytes(x4, r, u); y4 = Bytes(y4, r, w); }
            if (R.Count > 5) { r = V.All(s[5]); x5 = Bytes(x5, r, u); y5 = Bytes(y5, r, w); }
            if (R.Count > 6) { r = V.All(s[6]); x6 = Bytes(x6, r, u); y6 = Bytes(y6, r, w); }
            if (R.Count > 7) { r = V.All(s[7]); x7 = Bytes(x7, r, u); y7 = Bytes(y7, r, w); }
            if (R.Count > 8) { r = V.All(s[8]); x8 = Bytes(x8, r, u); y8 = Bytes(y8, r, w); }
            if (R.Count > 9) { r = V.All(s[9]); x9 = Bytes(x9, r, u); y9 = Bytes(y9, r, w); }
            if (R.Count > 10) { r = V.All(s[10]); x10 = Bytes(x10, r, u); y10 = Bytes(y10, r, w); }
            if (R.Count > 11) { r = V.All(s[11]); x11 = Bytes(x11, r, u); y11 = Bytes(y11, r, w); }
        }
        order += near;
        for (int i = 0; i < far; i++)
        {
            long at = order[i];
            byte* v = S.Columns ? vectors : vectors + at;
            int* s = (int*)(S.Columns ? words + at * (8 * R.Count) : words);
            if (S.Columns) vectors += 2 * half;
            else words += 8 * R.Count;
            V t = V.Load(v), u = V.Even(t, S.Columns), e = V.Odd(t, S.Columns);
            t = V.Load(v + gap);
            V w = V.Even(t, S.Columns), f = V.Odd(t, S.Columns);
            Pairs(s, R.Count, u, e, w, f, ref x0, ref y0);
            if (R.Count > 1) Pairs(s + 1, R.Count, u, e, w, f, ref x1, ref y1);
            if (R.Count > 2) Pairs(s + 2, R.Count, u, e, w, f, ref x2, ref y2);
            if (R.Count > 3) Pairs(s + 3, R.Count, u, e, w, f, ref x3, ref y3);
            if (R.Count > 4) Pairs(s + 4, R.Count, u, e, w, f, ref x4, ref y4);
            if (R.Count > 5) Pairs(s + 5, R.Count, u, e, w, f, ref x5, ref y5);
            if (R.Count > 6) Pairs(s + 6, R.Count, u, e, w, f, ref x6, ref y6);
            if (R.Count > 7) Pairs(s + 7, R.Count, u, e, w, f, ref x7, ref y7);
            if (R.Count > 8) Pairs(s + 8, R.Count, u, e, w, f, ref x8, ref y8);
            if (R.Count > 9) Pairs(s + 9, R.Count, u, e, w, f, ref x9, ref y9);
            if (R.Count > 10) Pairs(s + 10, R.Count, u, e, w, f, ref x10, ref y10);
            if (R.Count > 11) Pairs(s + 11, R.Count, u, e, w, f, ref x11, ref y11);
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
    private static V Bytes(V sum, V row, V column) => S.Columns ? V.AddBytes(sum, row, column) : V.AddBytes(sum, column, row);

    // Quads are loaded where they are spread: from a register that would cost the multipliers time.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pairs(int* even, int rows, V u, V e, V w, V f, ref V x, ref V y)
    {
        V r = V.All(*even);
        x = V.AddPairs(x, r, u);
        y = V.AddPairs(y, r, w);
        r = V.All(even[rows]);
        x = V.AddPairs(x, r, e);
        y = V.AddPairs(y, r, f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(V x, V y, int* to)
    {
        V.Store(x, to);
        V.Store(y, to + V.Lanes);
    }
}
