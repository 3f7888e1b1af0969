using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>12 × 32 floats in 24 of 32 registers of 512 bits; the rest hold one row of B and one element of A.</summary>
internal readonly unsafe struct Tile512 : ITile
{
    public static int Rows => 12;

    public static int Columns => 32;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Packed<R, W>(long k, float* a, float* b, long bRow, in TileTarget t) where R : struct, IRows where W : struct, IWidth
    {
        // The tile is needed after the loop; by then it has come from wherever it is.
        byte* near = (byte*)t.C;
        long bytes = t.Step * 4;
        for (int r = 0; r < R.Count; r++, near += bytes)
        {
            Sse.Prefetch0(near);
            if (W.Two) Sse.Prefetch0(near + 64);
        }
        Vector512<float> x0 = default, y0 = default;
        Vector512<float> x1 = default, y1 = default;
        Vector512<float> x2 = default, y2 = default;
        Vector512<float> x3 = default, y3 = default;
        Vector512<float> x4 = default, y4 = default;
        Vector512<float> x5 = default, y5 = default;
        Vector512<float> x6 = default, y6 = default;
        Vector512<float> x7 = default, y7 = default;
        Vector512<float> x8 = default, y8 = default;
        Vector512<float> x9 = default, y9 = default;
        Vector512<float> x10 = default, y10 = default;
        Vector512<float> x11 = default, y11 = default;
        byte* ahead = t.Ahead;
        long aheadStep = t.AheadStep;
        for (; k > 0; k--)
        {
            Sse.Prefetch1(ahead);
            if (W.Two) Sse.Prefetch1(ahead + 64);
            ahead += aheadStep;
            Vector512<float> b0 = Vector512.Load(b), b1 = W.Two ? Vector512.Load(b + 16) : default;
            { Vector512<float> v = Vector512.Create(a[0]); x0 = Vector512.FusedMultiplyAdd(v, b0, x0); if (W.Two) y0 = Vector512.FusedMultiplyAdd(v, b1, y0); }
            if (R.Count > 1) { Vector512<float> v = Vector512.Create(a[1]); x1 = Vector512.FusedMultiplyAdd(v, b0, x1); if (W.Two) y1 = Vector512.FusedMultiplyAdd(v, b1, y1); }
            if (R.Count > 2) { Vector512<float> v = Vector512.Create(a[2]); x2 = Vector512.FusedMultiplyAdd(v, b0, x2); if (W.Two) y2 = Vector512.FusedMultiplyAdd(v, b1, y2); }
            if (R.Count > 3) { Vector512<float> v = Vector512.Create(a[3]); x3 = Vector512.FusedMultiplyAdd(v, b0, x3); if (W.Two) y3 = Vector512.FusedMultiplyAdd(v, b1, y3); }
            if (R.Count > 4) { Vector512<float> v = Vector512.Create(a[4]); x4 = Vector512.FusedMultiplyAdd(v, b0, x4); if (W.Two) y4 = Vector512.FusedMultiplyAdd(v, b1, y4); }
            if (R.Count > 5) { Vector512<float> v = Vector512.Create(a[5]); x5 = Vector512.FusedMultiplyAdd(v, b0, x5); if (W.Two) y5 = Vector512.FusedMultiplyAdd(v, b1, y5); }
            if (R.Count > 6) { Vector512<float> v = Vector512.Create(a[6]); x6 = Vector512.FusedMultiplyAdd(v, b0, x6); if (W.Two) y6 = Vector512.FusedMultiplyAdd(v, b1, y6); }
            if (R.Count > 7) { Vector512<float> v = Vector512.Create(a[7]); x7 = Vector512.FusedMultiplyAdd(v, b0, x7); if (W.Two) y7 = Vector512.FusedMultiplyAdd(v, b1, y7); }
            if (R.Count > 8) { Vector512<float> v = Vector512.Create(a[8]); x8 = Vector512.FusedMultiplyAdd(v, b0, x8); if (W.Two) y8 = Vector512.FusedMultiplyAdd(v, b1, y8); }
            if (R.Count > 9) { Vector512<float> v = Vector512.Create(a[9]); x9 = Vector512.FusedMultiplyAdd(v, b0, x9); if (W.Two) y9 = Vector512.FusedMultiplyAdd(v, b1, y9); }
            if (R.Count > 10) { Vector512<float> v = Vector512.Create(a[10]); x10 = Vector512.FusedMultiplyAdd(v, b0, x10); if (W.Two) y10 = Vector512.FusedMultiplyAdd(v, b1, y10); }
            if (R.Count > 11) { Vector512<float> v = Vector512.Create(a[11]); x11 = Vector512.FusedMultiplyAdd(v, b0, x11); if (W.Two) y11 = Vector512.FusedMultiplyAdd(v, b1, y11); }
            a += R.Count;
            b += bRow;
        }
        float* c = t.From;
        long step = t.FromStep;
        if (c != null)
        {
            x0 += Vector512.Load(c); if (W.Two) y0 += Vector512.Load(c + 16);
            if (R.Count > 1) { c += step; x1 += Vector512.Load(c); if (W.Two) y1 += Vector512.Load(c + 16); }
            if (R.Count > 2) { c += step; x2 += Vector512.Load(c); if (W.Two) y2 += Vector512.Load(c + 16); }
            if (R.Count > 3) { c += step; x3 += Vector512.Load(c); if (W.Two) y3 += Vector512.Load(c + 16); }
            if (R.Count > 4) { c += step; x4 += Vector512.Load(c); if (W.Two) y4 += Vector512.Load(c + 16); }
            if (R.Count > 5) { c += step; x5 += Vector512.Load(c); if (W.Two) y5 += Vector512.Load(c + 16); }
            if (R.Count > 6) { c += step; x6 += Vector512.Load(c); if (W.Two) y6 += Vector512.Load(c + 16); }
            if (R.Count > 7) { c += step; x7 += Vector512.Load(c); if (W.Two) y7 += Vector512.Load(c + 16); }
            if (R.Count > 8) { c += step; x8 += Vector512.Load(c); if (W.Two) y8 += Vector512.Load(c + 16); }
            if (R.Count > 9) { c += step; x9 += Vector512.Load(c); if (W.Two) y9 += Vector512.Load(c + 16); }
            if (R.Count > 10) { c += step; x10 += Vector512.Load(c); if (W.Two) y10 += Vector512.Load(c + 16); }
            if (R.Count > 11) { c += step; x11 += Vector512.Load(c); if (W.Two) y11 += Vector512.Load(c + 16); }
        }
        if (t.RowBias != null)
        {
            float* s = t.RowBias;
            { Vector512<float> v = Vector512.Create(s[0]); x0 += v; y0 += v; }
            if (R.Count > 1) { Vector512<float> v = Vector512.Create(s[1]); x1 += v; y1 += v; }
            if (R.Count > 2) { Vector512<float> v = Vector512.Create(s[2]); x2 += v; y2 += v; }
            if (R.Count > 3) { Vector512<float> v = Vector512.Create(s[3]); x3 += v; y3 += v; }
            if (R.Count > 4) { Vector512<float> v = Vector512.Create(s[4]); x4 += v; y4 += v; }
            if (R.Count > 5) { Vector512<float> v = Vector512.Create(s[5]); x5 += v; y5 += v; }
            if (R.Count > 6) { Vector512<float> v = Vector512.Create(s[6]); x6 += v; y6 += v; }
            if (R.Count > 7) { Vector512<float> v = Vector512.Create(s[7]); x7 += v; y7 += v; }
            if (R.Count > 8) { Vector512<float> v = Vector512.Create(s[8]); x8 += v; y8 += v; }
            if (R.Count > 9) { Vector512<float> v = Vector512.Create(s[9]); x9 += v; y9 += v; }
            if (R.Count > 10) { Vector512<float> v = Vector512.Create(s[10]); x10 += v; y10 += v; }
            if (R.Count > 11) { Vector512<float> v = Vector512.Create(s[11]); x11 += v; y11 += v; }
        }
        c = t.C;
        step = t.Step;
        x0.Store(c); if (W.Two) y0.Store(c + 16);
        if (R.Count > 1) { c += step; x1.Store(c); if (W.Two) y1.Store(c + 16); }
        if (R.Count > 2) { c += step; x2.Store(c); if (W.Two) y2.Store(c + 16); }
        if (R.Count > 3) { c += step; x3.Store(c); if (W.Two) y3.Store(c + 16); }
        if (R.Count > 4) { c += step; x4.Store(c); if (W.Two) y4.Store(c + 16); }
        if (R.Count > 5) { c += step; x5.Store(c); if (W.Two) y5.Store(c + 16); }
        if (R.Count > 6) { c += step; x6.Store(c); if (W.Two) y6.Store(c + 16); }
        if (R.Count > 7) { c += step; x7.Store(c); if (W.Two) y7.Store(c + 16); }
        if (R.Count > 8) { c += step; x8.Store(c); if (W.Two) y8.Store(c + 16); }
        if (R.Count > 9) { c += step; x9.Store(c); if (W.Two) y9.Store(c + 16); }
        if (R.Count > 10) { c += step; x10.Store(c); if (W.Two) y10.Store(c + 16); }
        if (R.Count > 11) { c += step; x11.Store(c); if (W.Two) y11.Store(c + 16); }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Direct<R, W>(long k, float* a, long lda, float* b, long bRow, in TileTarget t) where R : struct, IRows where W : struct, IWidth
    {
        // The tile is needed after the loop; by then it has come from wherever it is.
        byte* near = (byte*)t.C;
        long bytes = t.Step * 4;
        for (int r = 0; r < R.Count; r++, near += bytes)
        {
            Sse.Prefetch0(near);
            if (W.Two) Sse.Prefetch0(near + 64);
        }
        Vector512<float> x0 = default, y0 = default;
        Vector512<float> x1 = default, y1 = default;
        Vector512<float> x2 = default, y2 = default;
        Vector512<float> x3 = default, y3 = default;
        Vector512<float> x4 = default, y4 = default;
        Vector512<float> x5 = default, y5 = default;
        Vector512<float> x6 = default, y6 = default;
        Vector512<float> x7 = default, y7 = default;
        Vector512<float> x8 = default, y8 = default;
        Vector512<float> x9 = default, y9 = default;
        Vector512<float> x10 = default, y10 = default;
        Vector512<float> x11 = default, y11 = default;
        long two = 2 * lda;
        float* a1 = a + 3 * lda;
        float* a2 = a + 6 * lda;
        float* a3 = a + 9 * lda;
        byte* ahead = t.Ahead;
        long aheadStep = t.AheadStep;
        for (; k > 0; k--)
        {
            Sse.Prefetch1(ahead);
            if (W.Two) Sse.Prefetch1(ahead + 64);
            ahead += aheadStep;
            Vector512<float> b0 = Vector512.Load(b), b1 = W.Two ? Vector512.Load(b + 16) : default;
            { Vector512<float> v = Vector512.Create(*a); x0 = Vector512.FusedMultiplyAdd(v, b0, x0); if (W.Two) y0 = Vector512.FusedMultiplyAdd(v, b1, y0); }
            if (R.Count > 1) { Vector512<float> v = Vector512.Create(a[lda]); x1 = Vector512.FusedMultiplyAdd(v, b0, x1); if (W.Two) y1 = Vector512.FusedMultiplyAdd(v, b1, y1); }
            if (R.Count > 2) { Vector512<float> v = Vector512.Create(a[two]); x2 = Vector512.FusedMultiplyAdd(v, b0, x2); if (W.Two) y2 = Vector512.FusedMultiplyAdd(v, b1, y2); }
            if (R.Count > 3) { Vector512<float> v = Vector512.Create(*a1); x3 = Vector512.FusedMultiplyAdd(v, b0, x3); if (W.Two) y3 = Vector512.FusedMultiplyAdd(v, b1, y3); }
            if (R.Count > 4) { Vector512<float> v = Vector512.Create(a1[lda]); x4 = Vector512.FusedMultiplyAdd(v, b0, x4); if (W.Two) y4 = Vector512.FusedMultiplyAdd(v, b1, y4); }
            if (R.Count > 5) { Vector512<float> v = Vector512.Create(a1[two]); x5 = Vector512.FusedMultiplyAdd(v, b0, x5); if (W.Two) y5 = Vector512.FusedMultiplyAdd(v, b1, y5); }
            if (R.Count > 6) { Vector512<float> v = Vector512.Create(*a2); x6 = Vector512.FusedMultiplyAdd(v, b0, x6); if (W.Two) y6 = Vector512.FusedMultiplyAdd(v, b1, y6); }
            if (R.Count > 7) { Vector512<float> v = Vector512.Create(a2[lda]); x7 = Vector512.FusedMultiplyAdd(v, b0, x7); if (W.Two) y7 = Vector512.FusedMultiplyAdd(v, b1, y7); }
            if (R.Count > 8) { Vector512<float> v = Vector512.Create(a2[two]); x8 = Vector512.FusedMultiplyAdd(v, b0, x8); if (W.Two) y8 = Vector512.FusedMultiplyAdd(v, b1, y8); }
            if (R.Count > 9) { Vector512<float> v = Vector512.Create(*a3); x9 = Vector512.FusedMultiplyAdd(v, b0, x9); if (W.Two) y9 = Vector512.FusedMultiplyAdd(v, b1, y9); }
            if (R.Count > 10) { Vector512<float> v = Vector512.Create(a3[lda]); x10 = Vector512.FusedMultiplyAdd(v, b0, x10); if (W.Two) y10 = Vector512.FusedMultiplyAdd(v, b1, y10); }
            if (R.Count > 11) { Vector512<float> v = Vector512.Create(a3[two]); x11 = Vector512.FusedMultiplyAdd(v, b0, x11); if (W.Two) y11 = Vector512.FusedMultiplyAdd(v, b1, y11); }
            a++;
            a1++;
            a2++;
            a3++;
            b += bRow;
        }
        float* c = t.From;
        long step = t.FromStep;
        if (c != null)
        {
            x0 += Vector512.Load(c); if (W.Two) y0 += Vector512.Load(c + 16);
            if (R.Count > 1) { c += step; x1 += Vector512.Load(c); if (W.Two) y1 += Vector512.Load(c + 16); }
            if (R.Count > 2) { c += step; x2 += Vector512.Load(c); if (W.Two) y2 += Vector512.Load(c + 16); }
            if (R.Count > 3) { c += step; x3 += Vector512.Load(c); if (W.Two) y3 += Vector512.Load(c + 16); }
            if (R.Count > 4) { c += step; x4 += Vector512.Load(c); if (W.Two) y4 += Vector512.Load(c + 16); }
            if (R.Count > 5) { c += step; x5 += Vector512.Load(c); if (W.Two) y5 += Vector512.Load(c + 16); }
            if (R.Count > 6) { c += step; x6 += Vector512.Load(c); if (W.Two) y6 += Vector512.Load(c + 16); }
            if (R.Count > 7) { c += step; x7 += Vector512.Load(c); if (W.Two) y7 += Vector512.Load(c + 16); }
            if (R.Count > 8) { c += step; x8 += Vector512.Load(c); if (W.Two) y8 += Vector512.Load(c + 16); }
            if (R.Count > 9) { c += step; x9 += Vector512.Load(c); if (W.Two) y9 += Vector512.Load(c + 16); }
            if (R.Count > 10) { c += step; x10 += Vector512.Load(c); if (W.Two) y10 += Vector512.Load(c + 16); }
            if (R.Count > 11) { c += step; x11 += Vector512.Load(c); if (W.Two) y11 += Vector512.Load(c + 16); }
        }
        if (t.RowBias != null)
        {
            float* s = t.RowBias;
            { Vector512<float> v = Vector512.Create(s[0]); x0 += v; y0 += v; }
            if (R.Count > 1) { Vector512<float> v = Vector512.Create(s[1]); x1 += v; y1 += v; }
            if (R.Count > 2) { Vector512<float> v = Vector512.Create(s[2]); x2 += v; y2 += v; }
            if (R.Count > 3) { Vector512<float> v = Vector512.Create(s[3]); x3 += v; y3 += v; }
            if (R.Count > 4) { Vector512<float> v = Vector512.Create(s[4]); x4 += v; y4 += v; }
            if (R.Count > 5) { Vector512<float> v = Vector512.Create(s[5]); x5 += v; y5 += v; }
            if (R.Count > 6) { Vector512<float> v = Vector512.Create(s[6]); x6 += v; y6 += v; }
            if (R.Count > 7) { Vector512<float> v = Vector512.Create(s[7]); x7 += v; y7 += v; }
            if (R.Count > 8) { Vector512<float> v = Vector512.Create(s[8]); x8 += v; y8 += v; }
            if (R.Count > 9) { Vector512<float> v = Vector512.Create(s[9]); x9 += v; y9 += v; }
            if (R.Count > 10) { Vector512<float> v = Vector512.Create(s[10]); x10 += v; y10 += v; }
            if (R.Count > 11) { Vector512<float> v = Vector512.Create(s[11]); x11 += v; y11 += v; }
        }
        c = t.C;
        step = t.Step;
        x0.Store(c); if (W.Two) y0.Store(c + 16);
        if (R.Count > 1) { c += step; x1.Store(c); if (W.Two) y1.Store(c + 16); }
        if (R.Count > 2) { c += step; x2.Store(c); if (W.Two) y2.Store(c + 16); }
        if (R.Count > 3) { c += step; x3.Store(c); if (W.Two) y3.Store(c + 16); }
        if (R.Count > 4) { c += step; x4.Store(c); if (W.Two) y4.Store(c + 16); }
        if (R.Count > 5) { c += step; x5.Store(c); if (W.Two) y5.Store(c + 16); }
        if (R.Count > 6) { c += step; x6.Store(c); if (W.Two) y6.Store(c + 16); }
        if (R.Count > 7) { c += step; x7.Store(c); if (W.Two) y7.Store(c + 16); }
        if (R.Count > 8) { c += step; x8.Store(c); if (W.Two) y8.Store(c + 16); }
        if (R.Count > 9) { c += step; x9.Store(c); if (W.Two) y9.Store(c + 16); }
        if (R.Count > 10) { c += step; x10.Store(c); if (W.Two) y10.Store(c + 16); }
        if (R.Count > 11) { c += step; x11.Store(c); if (W.Two) y11.Store(c + 16); }
    }
}
