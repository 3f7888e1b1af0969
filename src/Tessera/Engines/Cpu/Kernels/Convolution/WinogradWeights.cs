namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Weights of a 3 × 3 window as Winograd's points: G·w·Gᵀ, computed in doubles.</summary>
internal static unsafe class WinogradWeights
{
    /// <summary>[group][chunk of <see cref="Sgemm.Columns"/> filters][point][channel][filter], the last chunk filled up with zeros.</summary>
    public static nint Transform<W>(StepBuilder b, ConvGeometry g, Operand w) where W : struct, IWinograd
    {
        long points = W.Points * W.Points, wide = Sgemm.Columns, chunks = (g.Filters + wide - 1) / wide, size = points * g.Channels * wide;
        nint from = (nint)b.Known<float>(w);
        long parts = g.Groups * chunks;
        return b.Own($"Winograd {W.Points} of {g.Groups} × {g.Filters} in {wide}", 4 * parts * size, to =>
        {
            void Part(long i)
            {
                (long group, long chunk) = Math.DivRem(i, chunks);
                long f0 = chunk * wide, filters = Math.Min(wide, g.Filters - f0);
                Chunk<W>((float*)from + (group * g.Filters + f0) * g.Channels * 9, g.Channels, filters, (float*)to + i * size);
            }
            if (w.Count < 1 << 14) for (long i = 0; i < parts; i++) Part(i);
            else ThreadTeam.Shared.For(parts, b.Workers, Part);
        }, w);
    }

    private static void Chunk<W>(float* w, long channels, long filters, float* to) where W : struct, IWinograd
    {
        long wide = Sgemm.Columns;
        double* half = stackalloc double[W.Points * 3];
        ReadOnlySpan<double> g = W.Filter;
        for (long f = 0; f < filters; f++)
            for (long c = 0; c < channels; c++, w += 9)
            {
                for (int i = 0; i < W.Points; i++)
                    for (int j = 0; j < 3; j++) half[i * 3 + j] = g[3 * i] * w[j] + g[3 * i + 1] * w[3 + j] + g[3 * i + 2] * w[6 + j];
                float* y = to + c * wide + f;
                for (int i = 0; i < W.Points; i++)
                    for (int j = 0; j < W.Points; j++, y += channels * wide) *y = (float)(half[3 * i] * g[3 * j] + half[3 * i + 1] * g[3 * j + 1] + half[3 * i + 2] * g[3 * j + 2]);
            }
    }
}
