namespace Tessera.Engines.Cpu.Kernels;

/// <summary>How a right-hand matrix [K, N] of Float32 or doubles is packed and multiplied with a few rows.</summary>
internal readonly unsafe record struct PackedMatrix<T>(long N, long K)
{
    private static bool Single => typeof(T) == typeof(float);

    private static int Columns => Single ? Sgemm.Columns : Gemm<T>.Columns;

    private long Panel => K * Columns;

    public long Bytes => (N + Columns - 1) / Columns * Panel * sizeof(T);

    /// <summary>Packs the matrix whose element (k, n) is b[k·kStep + n·columnStep].</summary>
    public void Pack(T* b, long columnStep, long kStep, T* to)
    {
        if (Single)
        {
            Packing.B((float*)b, columnStep, kStep, N, K, (float*)to, Panel);
            return;
        }
        for (long j = 0; j < N; j += Columns, to += Panel) Gemm<T>.Pack(b + j * columnStep, columnStep, kStep, (int)Math.Min(Columns, N - j), K, to);
    }

    /// <summary>c[rows, N] += a[rows, K] · matrix.</summary>
    public void AddTo(long rows, T* a, long lda, T* matrix, T* c, long ldc)
    {
        if (Single)
        {
            long part = Blocking.KPartOf(K);
            for (long k = 0; k < K; k += part)
            {
                Sgemm.Run(new GemmBlock
                {
                    Rows = rows, Cols = N, K = Math.Min(part, K - k), A = (float*)a + k, AStep = lda, Direct = true, B = (float*)matrix + k * Columns, BStep = Panel,
                    C = (float*)c, Ldc = ldc, From = (float*)c, FromStep = ldc,
                });
            }
            return;
        }
        for (long j = 0; j < N; j += Columns, matrix += Panel) Gemm<T>.Panel(rows, (int)Math.Min(Columns, N - j), K, a, lda, 1, matrix, c + j, ldc, true);
    }
}
