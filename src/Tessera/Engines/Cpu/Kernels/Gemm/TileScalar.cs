namespace Tessera.Engines.Cpu.Kernels;

/// <summary>2 × 4 floats without vectors (half as wide: 2 × 2), for machines that have none.</summary>
internal readonly unsafe struct TileScalar : ITile
{
    public static int Rows => 2;

    public static int Columns => 4;

    public static void Packed<R, W>(long k, float* a, float* b, long bRow, in TileTarget t) where R : struct, IRows where W : struct, IWidth
    {
        for (int r = 0; r < R.Count; r++) Row<W>(k, a + r, R.Count, b, bRow, t, r);
    }

    public static void Direct<R, W>(long k, float* a, long lda, float* b, long bRow, in TileTarget t) where R : struct, IRows where W : struct, IWidth
    {
        for (int r = 0; r < R.Count; r++) Row<W>(k, a + r * lda, 1, b, bRow, t, r);
    }

    private static void Row<W>(long k, float* a, long step, float* b, long bRow, in TileTarget t, int r) where W : struct, IWidth
    {
        float c0 = 0, c1 = 0, c2 = 0, c3 = 0;
        if (t.From != null)
        {
            float* f = t.From + r * t.FromStep;
            (c0, c1) = (f[0], f[1]);
            if (W.Two) (c2, c3) = (f[2], f[3]);
        }
        if (t.RowBias != null)
        {
            float s = t.RowBias[r];
            (c0, c1, c2, c3) = (c0 + s, c1 + s, c2 + s, c3 + s);
        }
        for (; k > 0; k--)
        {
            float v = *a;
            c0 += v * b[0];
            c1 += v * b[1];
            if (W.Two)
            {
                c2 += v * b[2];
                c3 += v * b[3];
            }
            a += step;
            b += bRow;
        }
        float* c = t.C + r * t.Step;
        (c[0], c[1]) = (c0, c1);
        if (W.Two) (c[2], c[3]) = (c2, c3);
    }
}
