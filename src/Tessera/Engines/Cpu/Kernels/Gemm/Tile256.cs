using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>6 × 16 floats in 12 of 16 registers of 256 bits; the rest hold one row of B and one element of A.</summary>
internal readonly unsafe struct Tile256 : ITile
{
    public static int Rows => 6;

    public static int Columns => 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Packed<R, W>(long k, float* a, float* b, long bRow, in TileTarget t) where R : struct, IRows where W : struct, IWidth
    {
        // The tile is needed after the loop; by then it has come from wherever it is.
        byte* near = (byte*)t.C;
        long bytes = t.Step * 4;
        for (int r = 0; r < R.Count; r++, near += bytes)
        {
            Sse.Prefetch0(near);
        }
        Vector256<float> x0 = default, y0 = default;
        Vector256<float> x1 = default, y1 = default;
        Vector256<float> x2 = default, y2 = default;
        Vector256<float> x3 = default, y3 = default;
        Vector256<float> x4 = default, y4 = default;
        Vector256<float> x5 = default, y5 = default;
        byte* ahead = t.Ahead;
        long aheadStep = t.AheadStep;
        for (; k > 0; k--)
        {
            Sse.Prefetch1(ahead);
            ahead += aheadStep;
            Vector256<float> b0 = Vector256.Load(b), b1 = W.Two ? Vector256.Load(b + 8) : default;
            { Vector256<float> v = Vector256.Create(a[0]); x0 = Fused.MultiplyAdd(v, b0, x0); if (W.Two) y0 = Fused.MultiplyAdd(v, b1, y0); }
            if (R.Count > 1) { Vector256<float> v = Vector256.Create(a[1]); x1 = Fused.MultiplyAdd(v, b0, x1); if (W.Two) y1 = Fused.MultiplyAdd(v, b1, y1); }
            if (R.Count > 2) { Vector256<float> v = Vector256.Create(a[2]); x2 = Fused.MultiplyAdd(v, b0, x2); if (W.Two) y2 = Fused.MultiplyAdd(v, b1, y2); }
            if (R.Count > 3) { Vector256<float> v = Vector256.Create(a[3]); x3 = Fused.MultiplyAdd(v, b0, x3); if (W.Two) y3 = Fused.MultiplyAdd(v, b1, y3); }
            if (R.Count > 4) { Vector256<float> v = Vector256.Create(a[4]); x4 = Fused.MultiplyAdd(v, b0, x4); if (W.Two) y4 = Fused.MultiplyAdd(v, b1, y4); }
            if (R.Count > 5) { Vector256<float> v = Vector256.Create(a[5]); x5 = Fused.MultiplyAdd(v, b0, x5); if (W.Two) y5 = Fused.MultiplyAdd(v, b1, y5); }
            a += R.Count;
            b += bRow;
        }
        float* c = t.From;
        long step = t.FromStep;
        if (c != null)
        {
            x0 += Vector256.Load(c); if (W.Two) y0 += Vector256.Load(c + 8);
            if (R.Count > 1) { c += step; x1 += Vector256.Load(c); if (W.Two) y1 += Vector256.Load(c + 8); }
            if (R.Count > 2) { c += step; x2 += Vector256.Load(c); if (W.Two) y2 += Vector256.Load(c + 8); }
            if (R.Count > 3) { c += step; x3 += Vector256.Load(c); if (W.Two) y3 += Vector256.Load(c + 8); }
            if (R.Count > 4) { c += step; x4 += Vector256.Load(c); if (W.Two) y4 += Vector256.Load(c + 8); }
            if (R.Count > 5) { c += step; x5 += Vector256.Load(c); if (W.Two) y5 += Vector256.Load(c + 8); }
        }
        if (t.RowBias != null)
        {
            float* s = t.RowBias;
            { Vector256<float> v = Vector256.Create(s[0]); x0 += v; y0 += v; }
            if (R.Count > 1) { Vector256<float> v = Vector256.Create(s[1]); x1 += v; y1 += v; }
            if (R.Count > 2) { Vector256<float> v = Vector256.Create(s[2]); x2 += v; y2 += v; }
            if (R.Count > 3) { Vector256<float> v = Vector256.Create(s[3]); x3 += v; y3 += v; }
            if (R.Count > 4) { Vector256<float> v = Vector256.Create(s[4]); x4 += v; y4 += v; }
            if (R.Count > 5) { Vector256<float> v = Vector256.Create(s[5]); x5 += v; y5 += v; }
        }
        c = t.C;
        step = t.Step;
        x0.Store(c); if (W.Two) y0.Store(c + 8);
        if (R.Count > 1) { c += step; x1.Store(c); if (W.Two) y1.Store(c + 8); }
        if (R.Count > 2) { c += step; x2.Store(c); if (W.Two) y2.Store(c + 8); }
        if (R.Count > 3) { c += step; x3.Store(c); if (W.Two) y3.Store(c + 8); }
        if (R.Count > 4) { c += step; x4.Store(c); if (W.Two) y4.Store(c + 8); }
        if (R.Count > 5) { c += step; x5.Store(c); if (W.Two) y5.Store(c + 8); }
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
        }
        Vector256<float> x0 = default, y0 = default;
        Vector256<float> x1 = default, y1 = default;
        Vector256<float> x2 = default, y2 = default;
        Vector256<float> x3 = default, y3 = default;
        Vector256<float> x4 = default, y4 = default;
        Vector256<float> x5 = default, y5 = default;
        long two = 2 * lda;
        float* a1 = a + 3 * lda;
        byte* ahead = t.Ahead;
        long aheadStep = t.AheadStep;
        for (; k > 0; k--)
        {
            Sse.Prefetch1(ahead);
            ahead += aheadStep;
            Vector256<float> b0 = Vector256.Load(b), b1 = W.Two ? Vector256.Load(b + 8) : default;
            { Vector256<float> v = Vector256.Create(*a); x0 = Fused.MultiplyAdd(v, b0, x0); if (W.Two) y0 = Fused.MultiplyAdd(v, b1, y0); }
            if (R.Count > 1) { Vector256<float> v = Vector256.Create(a[lda]); x1 = Fused.MultiplyAdd(v, b0, x1); if (W.Two) y1 = Fused.MultiplyAdd(v, b1, y1); }
            if (R.Count > 2) { Vector256<float> v = Vector256.Create(a[two]); x2 = Fused.MultiplyAdd(v, b0, x2); if (W.Two) y2 = Fused.MultiplyAdd(v, b1, y2); }
            if (R.Count > 3) { Vector256<float> v = Vector256.Create(*a1); x3 = Fused.MultiplyAdd(v, b0, x3); if (W.Two) y3 = Fused.MultiplyAdd(v, b1, y3); }
            if (R.Count > 4) { Vector256<float> v = Vector256.Create(a1[lda]); x4 = Fused.MultiplyAdd(v, b0, x4); if (W.Two) y4 = Fused.MultiplyAdd(v, b1, y4); }
            if (R.Count > 5) { Vector256<float> v = Vector256.Create(a1[two]); x5 = Fused.MultiplyAdd(v, b0, x5); if (W.Two) y5 = Fused.MultiplyAdd(v, b1, y5); }
            a++;
            a1++;
            b += bRow;
        }
        float* c = t.From;
        long step = t.FromStep;
        if (c != null)
        {
            x0 += Vector256.Load(c); if (W.Two) y0 += Vector256.Load(c + 8);
            if (R.Count > 1) { c += step; x1 += Vector256.Load(c); if (W.Two) y1 += Vector256.Load(c + 8); }
            if (R.Count > 2) { c += step; x2 += Vector256.Load(c); if (W.Two) y2 += Vector256.Load(c + 8); }
            if (R.Count > 3) { c += step; x3 += Vector256.Load(c); if (W.Two) y3 += Vector256.Load(c + 8); }
            if (R.Count > 4) { c += step; x4 += Vector256.Load(c); if (W.Two) y4 += Vector256.Load(c + 8); }
            if (R.Count > 5) { c += step; x5 += Vector256.Load(c); if (W.Two) y5 += Vector256.Load(c + 8); }
        }
        if (t.RowBias != null)
        {
            float* s = t.RowBias;
            { Vector256<float> v = Vector256.Create(s[0]); x0 += v; y0 += v; }
            if (R.Count > 1) { Vector256<float> v = Vector256.Create(s[1]); x1 += v; y1 += v; }
            if (R.Count > 2) { Vector256<float> v = Vector256.Create(s[2]); x2 += v; y2 += v; }
            if (R.Count > 3) { Vector256<float> v = Vector256.Create(s[3]); x3 += v; y3 += v; }
            if (R.Count > 4) { Vector256<float> v = Vector256.Create(s[4]); x4 += v; y4 += v; }
            if (R.Count > 5) { Vector256<float> v = Vector256.Create(s[5]); x5 += v; y5 += v; }
        }
        c = t.C;
        step = t.Step;
        x0.Store(c); if (W.Two) y0.Store(c + 8);
        if (R.Count > 1) { c += step; x1.Store(c); if (W.Two) y1.Store(c + 8); }
        if (R.Count > 2) { c += step; x2.Store(c); if (W.Two) y2.Store(c + 8); }
        if (R.Count > 3) { c += step; x3.Store(c); if (W.Two) y3.Store(c + 8); }
        if (R.Count > 4) { c += step; x4.Store(c); if (W.Two) y4.Store(c + 8); }
        if (R.Count > 5) { c += step; x5.Store(c); if (W.Two) y5.Store(c + 8); }
    }
}
