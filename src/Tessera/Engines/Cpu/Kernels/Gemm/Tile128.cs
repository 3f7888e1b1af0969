using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>6 × 8 floats in 12 registers of 128 bits: fits the 16 of SSE and the 32 of NEON.</summary>
internal readonly unsafe struct Tile128 : ITile
{
    public static int Rows => 6;

    public static int Columns => 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Packed<R, W>(long k, float* a, float* b, long bRow, in TileTarget t) where R : struct, IRows where W : struct, IWidth
    {
        Vector128<float> x0 = default, y0 = default;
        Vector128<float> x1 = default, y1 = default;
        Vector128<float> x2 = default, y2 = default;
        Vector128<float> x3 = default, y3 = default;
        Vector128<float> x4 = default, y4 = default;
        Vector128<float> x5 = default, y5 = default;
        for (; k > 0; k--)
        {
            Vector128<float> b0 = Vector128.Load(b), b1 = W.Two ? Vector128.Load(b + 4) : default;
            { Vector128<float> v = Vector128.Create(a[0]); x0 = Fused.MultiplyAdd(v, b0, x0); if (W.Two) y0 = Fused.MultiplyAdd(v, b1, y0); }
            if (R.Count > 1) { Vector128<float> v = Vector128.Create(a[1]); x1 = Fused.MultiplyAdd(v, b0, x1); if (W.Two) y1 = Fused.MultiplyAdd(v, b1, y1); }
            if (R.Count > 2) { Vector128<float> v = Vector128.Create(a[2]); x2 = Fused.MultiplyAdd(v, b0, x2); if (W.Two) y2 = Fused.MultiplyAdd(v, b1, y2); }
            if (R.Count > 3) { Vector128<float> v = Vector128.Create(a[3]); x3 = Fused.MultiplyAdd(v, b0, x3); if (W.Two) y3 = Fused.MultiplyAdd(v, b1, y3); }
            if (R.Count > 4) { Vector128<float> v = Vector128.Create(a[4]); x4 = Fused.MultiplyAdd(v, b0, x4); if (W.Two) y4 = Fused.MultiplyAdd(v, b1, y4); }
            if (R.Count > 5) { Vector128<float> v = Vector128.Create(a[5]); x5 = Fused.MultiplyAdd(v, b0, x5); if (W.Two) y5 = Fused.MultiplyAdd(v, b1, y5); }
            a += R.Count;
            b += bRow;
        }
        float* c = t.From;
        long step = t.FromStep;
        if (c != null)
        {
            x0 += Vector128.Load(c); if (W.Two) y0 += Vector128.Load(c + 4);
            if (R.Count > 1) { c += step; x1 += Vector128.Load(c); if (W.Two) y1 += Vector128.Load(c + 4); }
            if (R.Count > 2) { c += step; x2 += Vector128.Load(c); if (W.Two) y2 += Vector128.Load(c + 4); }
            if (R.Count > 3) { c += step; x3 += Vector128.Load(c); if (W.Two) y3 += Vector128.Load(c + 4); }
            if (R.Count > 4) { c += step; x4 += Vector128.Load(c); if (W.Two) y4 += Vector128.Load(c + 4); }
            if (R.Count > 5) { c += step; x5 += Vector128.Load(c); if (W.Two) y5 += Vector128.Load(c + 4); }
        }
        if (t.RowBias != null)
        {
            float* s = t.RowBias;
            { Vector128<float> v = Vector128.Create(s[0]); x0 += v; y0 += v; }
            if (R.Count > 1) { Vector128<float> v = Vector128.Create(s[1]); x1 += v; y1 += v; }
            if (R.Count > 2) { Vector128<float> v = Vector128.Create(s[2]); x2 += v; y2 += v; }
            if (R.Count > 3) { Vector128<float> v = Vector128.Create(s[3]); x3 += v; y3 += v; }
            if (R.Count > 4) { Vector128<float> v = Vector128.Create(s[4]); x4 += v; y4 += v; }
            if (R.Count > 5) { Vector128<float> v = Vector128.Create(s[5]); x5 += v; y5 += v; }
        }
        c = t.C;
        step = t.Step;
        x0.Store(c); if (W.Two) y0.Store(c + 4);
        if (R.Count > 1) { c += step; x1.Store(c); if (W.Two) y1.Store(c + 4); }
        if (R.Count > 2) { c += step; x2.Store(c); if (W.Two) y2.Store(c + 4); }
        if (R.Count > 3) { c += step; x3.Store(c); if (W.Two) y3.Store(c + 4); }
        if (R.Count > 4) { c += step; x4.Store(c); if (W.Two) y4.Store(c + 4); }
        if (R.Count > 5) { c += step; x5.Store(c); if (W.Two) y5.Store(c + 4); }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Direct<R, W>(long k, float* a, long lda, float* b, long bRow, in TileTarget t) where R : struct, IRows where W : struct, IWidth
    {
        Vector128<float> x0 = default, y0 = default;
        Vector128<float> x1 = default, y1 = default;
        Vector128<float> x2 = default, y2 = default;
        Vector128<float> x3 = default, y3 = default;
        Vector128<float> x4 = default, y4 = default;
        Vector128<float> x5 = default, y5 = default;
        long two = 2 * lda;
        float* a1 = a + 3 * lda;
        for (; k > 0; k--)
        {
            Vector128<float> b0 = Vector128.Load(b), b1 = W.Two ? Vector128.Load(b + 4) : default;
            { Vector128<float> v = Vector128.Create(*a); x0 = Fused.MultiplyAdd(v, b0, x0); if (W.Two) y0 = Fused.MultiplyAdd(v, b1, y0); }
            if (R.Count > 1) { Vector128<float> v = Vector128.Create(a[lda]); x1 = Fused.MultiplyAdd(v, b0, x1); if (W.Two) y1 = Fused.MultiplyAdd(v, b1, y1); }
            if (R.Count > 2) { Vector128<float> v = Vector128.Create(a[two]); x2 = Fused.MultiplyAdd(v, b0, x2); if (W.Two) y2 = Fused.MultiplyAdd(v, b1, y2); }
            if (R.Count > 3) { Vector128<float> v = Vector128.Create(*a1); x3 = Fused.MultiplyAdd(v, b0, x3); if (W.Two) y3 = Fused.MultiplyAdd(v, b1, y3); }
            if (R.Count > 4) { Vector128<float> v = Vector128.Create(a1[lda]); x4 = Fused.MultiplyAdd(v, b0, x4); if (W.Two) y4 = Fused.MultiplyAdd(v, b1, y4); }
            if (R.Count > 5) { Vector128<float> v = Vector128.Create(a1[two]); x5 = Fused.MultiplyAdd(v, b0, x5); if (W.Two) y5 = Fused.MultiplyAdd(v, b1, y5); }
            a++;
            a1++;
            b += bRow;
        }
        float* c = t.From;
        long step = t.FromStep;
        if (c != null)
        {
            x0 += Vector128.Load(c); if (W.Two) y0 += Vector128.Load(c + 4);
            if (R.Count > 1) { c += step; x1 += Vector128.Load(c); if (W.Two) y1 += Vector128.Load(c + 4); }
            if (R.Count > 2) { c += step; x2 += Vector128.Load(c); if (W.Two) y2 += Vector128.Load(c + 4); }
            if (R.Count > 3) { c += step; x3 += Vector128.Load(c); if (W.Two) y3 += Vector128.Load(c + 4); }
            if (R.Count > 4) { c += step; x4 += Vector128.Load(c); if (W.Two) y4 += Vector128.Load(c + 4); }
            if (R.Count > 5) { c += step; x5 += Vector128.Load(c); if (W.Two) y5 += Vector128.Load(c + 4); }
        }
        if (t.RowBias != null)
        {
            float* s = t.RowBias;
            { Vector128<float> v = Vector128.Create(s[0]); x0 += v; y0 += v; }
            if (R.Count > 1) { Vector128<float> v = Vector128.Create(s[1]); x1 += v; y1 += v; }
            if (R.Count > 2) { Vector128<float> v = Vector128.Create(s[2]); x2 += v; y2 += v; }
            if (R.Count > 3) { Vector128<float> v = Vector128.Create(s[3]); x3 += v; y3 += v; }
            if (R.Count > 4) { Vector128<float> v = Vector128.Create(s[4]); x4 += v; y4 += v; }
            if (R.Count > 5) { Vector128<float> v = Vector128.Create(s[5]); x5 += v; y5 += v; }
        }
        c = t.C;
        step = t.Step;
        x0.Store(c); if (W.Two) y0.Store(c + 4);
        if (R.Count > 1) { c += step; x1.Store(c); if (W.Two) y1.Store(c + 4); }
        if (R.Count > 2) { c += step; x2.Store(c); if (W.Two) y2.Store(c + 4); }
        if (R.Count > 3) { c += step; x3.Store(c); if (W.Two) y3.Store(c + 4); }
        if (R.Count > 4) { c += step; x4.Store(c); if (W.Two) y4.Store(c + 4); }
        if (R.Count > 5) { c += step; x5.Store(c); if (W.Two) y5.Store(c + 4); }
    }
}
