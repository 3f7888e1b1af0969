using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>As <see cref="QuadTile{V, R, S}"/>, for twos of near quads whose sums need no more bits either: they are widened once. Adds to the tile.</summary>
/// <remarks>A method of its own, because the compiler inlines only so much into one.</remarks>
internal static unsafe class TwosTile<V, R, S> where V : unmanaged, IQuads<V> where R : struct, IRows where S : struct, IWeightSide
{
    /// <param name="twos">How many twos.</param>
    /// <param name="c">Sums that are added to: rows of two vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int twos, int* order, byte* vectors, long gap, byte* bytes, nint step, int* c)
    {
        int half = 4 * V.Lanes;
        if (S.Columns) gap = half;
        else step = 4;
        V x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default, x6 = default, x7 = default, x8 = default, x9 = default, x10 = default, x11 = default;
        V y0 = default, y1 = default, y2 = default, y3 = default, y4 = default, y5 = default, y6 = default, y7 = default, y8 = default, y9 = default, y10 = default, y11 = default;
        for (; twos > 0; twos--, order += 2)
        {
            long at = order[0], next = order[1];
            byte* v0 = S.Columns ? vectors : vectors + at, v1 = S.Columns ? vectors + 2 * half : vectors + next;
            byte* s0 = S.Columns ? bytes + 4 * at : bytes, t0 = S.Columns ? bytes + 4 * next : bytes + 4 * R.Count;
            byte* s3 = s0 + 3 * step, s6 = s3 + 3 * step, s9 = s6 + 3 * step, t3 = t0 + 3 * step, t6 = t3 + 3 * step, t9 = t6 + 3 * step;
            if (S.Columns) vectors += 4 * half;
            else bytes += 8 * R.Count;
            V u = V.Load(v0), w = V.Load(v0 + gap), e = V.Load(v1), f = V.Load(v1 + gap);
            Twos(s0, t0, u, w, e, f, ref x0, ref y0);
            if (R.Count > 1) Twos(s0 + step, t0 + step, u, w, e, f, ref x1, ref y1);
            if (R.Count > 2) Twos(s0 + 2 * step, t0 + 2 * step, u, w, e, f, ref x2, ref y2);
            if (R.Count > 3) Twos(s3, t3, u, w, e, f, ref x3, ref y3);
            if (R.Count > 4) Twos(s3 + step, t3 + step, u, w, e, f, ref x4, ref y4);
            if (R.Count > 5) Twos(s3 + 2 * step, t3 + 2 * step, u, w, e, f, ref x5, ref y5);
            if (R.Count > 6) Twos(s6, t6, u, w, e, f, ref x6, ref y6);
            if (R.Count > 7) Twos(s6 + step, t6 + step, u, w, e, f, ref x7, ref y7);
            if (R.Count > 8) Twos(s6 + 2 * step, t6 + 2 * step, u, w, e, f, ref x8, ref y8);
            if (R.Count > 9) Twos(s9, t9, u, w, e, f, ref x9, ref y9);
            if (R.Count > 10) Twos(s9 + step, t9 + step, u, w, e, f, ref x10, ref y10);
            if (R.Count > 11) Twos(s9 + 2 * step, t9 + 2 * step, u, w, e, f, ref x11, ref y11);
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
    private static void Twos(byte* first, byte* second, V u, V w, V e, V f, ref V x, ref V y)
    {
        V r = V.All(*(int*)first), s = V.All(*(int*)second);
        x = S.Columns ? V.AddBytes(x, r, u, s, e) : V.AddBytes(x, u, r, e, s);
        y = S.Columns ? V.AddBytes(y, r, w, s, f) : V.AddBytes(y, w, r, f, s);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(V x, V y, int* to)
    {
        V.Store(V.Add(V.Load((byte*)to), x), to);
        V.Store(V.Add(V.Load((byte*)(to + V.Lanes)), y), to + V.Lanes);
    }
}
