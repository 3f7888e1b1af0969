namespace Tessera.Engines.Cpu.Kernels;

/// <summary>How a product of M × K by K × N is cut: parts of K, and blocks of C that workers take.</summary>
internal readonly record struct Blocking(long M, long N, long K, long KPart, long MPart, long NPart)
{
    public long KParts => K == 0 ? 1 : (K + KPart - 1) / KPart;

    public long MParts => (M + MPart - 1) / MPart;

    public long NParts => (N + NPart - 1) / NPart;

    /// <param name="tasks">Blocks wanted besides those of other batches, so that all workers have some.</param>
    /// <param name="localB">B is packed by each block for itself: it must fit in L2 together with A.</param>
    public static Blocking Of(long m, long n, long k, long tasks, bool localB)
    {
        long kPart = KPartOf(k);
        long height = Sgemm.Rows, width = Sgemm.Columns;
        long mPart = RoundUp(m, height), nPart = RoundUp(n, width);
        long room = CacheSizes.L2 / 2 / 4 / kPart;
        mPart = Even(m, Math.Clamp(room / 2 / height * height, height, 20 * height), height);
        if (localB) nPart = Even(n, Math.Max(width, room / width * width), width);
        while (((m + mPart - 1) / mPart) * ((n + nPart - 1) / nPart) < tasks && m * n * kPart > 1 << 20)
        {
            // The larger side is cut; sides of four tiles are left whole, because panels are packed once per block.
            if (nPart >= mPart && nPart > 4 * width) nPart = RoundUp(nPart / 2, width);
            else if (mPart > 4 * height) mPart = RoundUp(mPart / 2, height);
            else if (nPart > 4 * width) nPart = RoundUp(nPart / 2, width);
            else break;
        }
        return new(m, n, k, kPart, mPart, nPart);
    }

    /// <summary>
    /// Terms that are added up in registers at once. Panels of B may be twice as large as L1: tiles read them in order, which L2 keeps up with, and sums are
    /// stored and read again half as often as with panels that stay in L1.
    /// </summary>
    public static long KPartOf(long k)
    {
        long most = Math.Clamp(CacheSizes.L1 * 2 / sizeof(float) / Sgemm.Columns, 64, 512);
        return Even(k, most, 4);
    }

    /// <summary>The part size of n in the fewest parts of about <paramref name="most"/>, a multiple of <paramref name="unit"/>.</summary>
    private static long Even(long n, long most, long unit)
    {
        long parts = Math.Max(1, (n + most - 1) / most);
        return Math.Max(unit, RoundUp((n + parts - 1) / parts, unit));
    }

    private static long RoundUp(long n, long unit) => Math.Max(unit, (n + unit - 1) / unit * unit);
}
