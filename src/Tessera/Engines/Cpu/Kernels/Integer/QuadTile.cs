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
    /// <param name="bytes">Rows' quads. Weights: near quads in their order, for each the rows side by side. The other side: rows <paramref name="step"/> bytes apart.</param>
    /// <param name="words">Rows' quads as four 16-bit numbers, even bytes first. Weights: far quads in their order, for each the rows' even halves, then their odd ones. The other side: rows <paramref name="wordStep"/> bytes apart.</param>
    /// <param name="c">Sums: rows of two vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int near, int far, int* order, byte* vectors, long gap, byte* bytes, nint step, byte* words, nint wordStep, int* c)
    {
        int half = 4 * V.Lanes;
        nint odd = S.Columns ? 4 : 4 * R.Count;
        if (S.Columns) gap = half;
        else step = wordStep = 4;
        V x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default, x6 = default, x7 = default, x8 = default, x9 = default, x10 = default, x11 = default;
        V y0 = default, y1 = default, y2 = default, y3 = default, y4 = default, y5 = default, y6 = default, y7 = default, y8 = default, y9 = default, y10 = default, y11 = default;
        for (int i = 0; i < near; i++)
        {
            long at = order[i];
            byte* v = S.Columns ? vectors : vectors + at;
            byte* s0 = S.Columns ? bytes + 4 * at : bytes, s3 = s0 + 3 * step, s6 = s3 + 3 * step, s9 = s6 + 3 * step;
            if (S.Columns) vectors += 2 * half;
            else bytes += 4 * R.Count;
            V u = V.Load(v), w = V.Load(v + gap), r = V.All(*(int*)s0);
            x0 = Bytes(x0, r, u);
            y0 = Bytes(y0, r, w);
            if (R.Count > 1) { r = V.All(*(int*)(s0 + step)); x1 = Bytes(x1, r, u); y1 = Bytes(y1, r, w); }
            if (R.Count > 2) { r = V.All(*(int*)(s0 + 2 * step)); x2 = Bytes(x2, r, u); y2 = Bytes(y2, r, w); }
            if (R.Count > 3) { r = V.All(*(int*)s3); x3 = Bytes(x3, r, u); y3 = Bytes(y3, r, w); }
            if (R.Count > 4) { r = V.All(*(int*)(s3 + step)); x4 = Bytes(x4, r, u); y4 = Bytes(y4, r, w); }
            if (R.Count > 5) { r = V.All(*(int*)(s3 + 2 * step)); x5 = Bytes(x5, r, u); y5 = Bytes(y5, r, w); }
            if (R.Count > 6) { r = V.All(*(int*)s6); x6 = Bytes(x6, r, u); y6 = Bytes(y6, r, w); }
            if (R.Count > 7) { r = V.All(*(int*)(s6 + step)); x7 = Bytes(x7, r, u); y7 = Bytes(y7, r, w); }
            if (R.Count > 8) { r = V.All(*(int*)(s6 + 2 * step)); x8 = Bytes(x8, r, u); y8 = Bytes(y8, r, w); }
            if (R.Count > 9) { r = V.All(*(int*)s9); x9 = Bytes(x9, r, u); y9 = Bytes(y9, r, w); }
            if (R.Count > 10) { r = V.All(*(int*)(s9 + step)); x10 = Bytes(x10, r, u); y10 = Bytes(y10, r, w); }
            if (R.Count > 11) { r = V.All(*(int*)(s9 + 2 * step)); x11 = Bytes(x11, r, u); y11 = Bytes(y11, r, w); }
        }
        order += near;
        for (int i = 0; i < far; i++)
        {
            long at = order[i];
            byte* v = S.Columns ? vectors : vectors + at;
            byte* s0 = S.Columns ? words + 8 * at : words, s3 = s0 + 3 * wordStep, s6 = s3 + 3 * wordStep, s9 = s6 + 3 * wordStep;
            if (S.Columns) vectors += 2 * half;
            else words += 8 * R.Count;
            V t = V.Load(v), u = V.Even(t, S.Columns), e = V.Odd(t, S.Columns);
            t = V.Load(v + gap);
            V w = V.Even(t, S.Columns), f = V.Odd(t, S.Columns);
            Pairs(s0, odd, u, e, w, f, ref x0, ref y0);
            if (R.Count > 1) Pairs(s0 + wordStep, odd, u, e, w, f, ref x1, ref y1);
            if (R.Count > 2) Pairs(s0 + 2 * wordStep, odd, u, e, w, f, ref x2, ref y2);
            if (R.Count > 3) Pairs(s3, odd, u, e, w, f, ref x3, ref y3);
            if (R.Count > 4) Pairs(s3 + wordStep, odd, u, e, w, f, ref x4, ref y4);
            if (R.Count > 5) Pairs(s3 + 2 * wordStep, odd, u, e, w, f, ref x5, ref y5);
            if (R.Count > 6) Pairs(s6, odd, u, e, w, f, ref x6, ref y6);
            if (R.Count > 7) Pairs(s6 + wordStep, odd, u, e, w, f, ref x7, ref y7);
            if (R.Count > 8) Pairs(s6 + 2 * wordStep, odd, u, e, w, f, ref x8, ref y8);
            if (R.Count > 9) Pairs(s9, odd, u, e, w, f, ref x9, ref y9);
            if (R.Count > 10) Pairs(s9 + wordStep, odd, u, e, w, f, ref x10, ref y10);
            if (R.Count > 11) Pairs(s9 + 2 * wordStep, odd, u, e, w, f, ref x11, ref y11);
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
    private static void Pairs(byte* even, nint odd, V u, V e, V w, V f, ref V x, ref V y)
    {
        V r = V.All(*(int*)even);
        x = V.AddPairs(x, r, u);
        y = V.AddPairs(y, r, w);
        r = V.All(*(int*)(even + odd));
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
