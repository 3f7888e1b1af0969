namespace Tessera.Engines.Cpu.Kernels;

/// <summary>How an 8-bit convolution with a 3 × 3 window is cut into tiles of m × m outputs, and tiles into blocks that stay in cache.</summary>
internal sealed class IntegerWinogradPlan
{
    /// <summary>Cycles that the transforms of a tile take: input of 16 channels and output of 16 filters.</summary>
    private const double Input4 = 150, Output4 = 260, Input2 = 60, Output2 = 90;

    /// <summary>Products per cycle and lane.</summary>
    private const double Pairs = 1.5;

    public IntegerWinogradPlan(ConvGeometry g, IntegerWinograd f, int workers)
    {
        (Filter, Chunk) = (f, Igemm.Shape.Columns);
        (TilesY, TilesX) = (Ceiling(g.Out[0], f.Size), Ceiling(g.Out[1], f.Size));
        Channels = Ceiling(g.Channels, ByteTurning.Channels) * ByteTurning.Channels;
        // Rows of tiles an exact multiple of 1 KiB apart would meet in few sets of the first-level cache.
        if (Channels % 512 == 0) Channels += 2 * ByteTurning.Channels;
        long points = f.Points * f.Points, room = Math.Max(16, CacheSizes.L2 * 3 / 4 / points / (2 * Channels + 4 * Chunk));
        Cols = Ceiling(TilesX, Ceiling(TilesX, room));
        Rows = Cols < TilesX ? 1 : Math.Min(TilesY, Math.Max(1, room / Cols));
        // Blocks of a dozen tiles still fill the register tile of the product.
        while (workers > 1 && Blocks(g) < 3 * workers && Rows > 1 && Rows / 2 * Cols >= 12) Rows = Ceiling(Rows, 2);
        Rows = Ceiling(TilesY, Ceiling(TilesY, Rows));
        Chunks = Ceiling(g.Filters, Chunk);
        InputPitch = Rows * Cols * Channels + 2 * ByteTurning.Channels;
        OutputPitch = Rows * Cols * Chunk + 16;
    }

    public IntegerWinograd Filter { get; }

    public long TilesY { get; }

    public long TilesX { get; }

    /// <summary>Tiles of a block.</summary>
    public long Rows { get; }

    public long Cols { get; }

    public long BlocksX => Ceiling(TilesX, Cols);

    public long BlocksPerPlane => Ceiling(TilesY, Rows) * BlocksX;

    /// <summary>Filters that are computed at a time.</summary>
    public int Chunk { get; }

    public long Chunks { get; }

    /// <summary>Numbers from one tile to the next in the transformed input: channels, filled up.</summary>
    public long Channels { get; }

    /// <summary>Numbers from one point to the next in the transformed input and in the products.</summary>
    public long InputPitch { get; }

    public long OutputPitch { get; }

    public long Blocks(ConvGeometry g) => g.Batch * g.Groups * BlocksPerPlane;

    /// <summary>The tiles that save most; null when there are none or the plain product is as quick.</summary>
    /// <param name="g">The convolution.</param>
    /// <param name="largest">Finds the largest sum of a filter's |w|.</param>
    /// <param name="workers">Threads.</param>
    public static IntegerWinogradPlan? Of(ConvGeometry g, Func<long> largest, int workers)
    {
        // Vectors as the transforms use them must fit a tile's columns.
        if (g.Rank != 2 || g.Kernel is not [3, 3] || g.Strides is not [1, 1] || g.Dilations is not [1, 1] || Igemm.Shape.Columns < 8) return null;
        double direct = Direct(g);
        if (Math.Min(Cost(g, 4), Cost(g, 2)) > 0.9 * direct) return null;
        long sum = largest();
        double four = Fits(IntegerWinograd.Four, sum) ? Cost(g, 4) : double.MaxValue, two = Fits(IntegerWinograd.Two, sum) ? Cost(g, 2) : double.MaxValue;
        return Math.Min(four, two) > 0.9 * direct ? null : new(g, four <= two ? IntegerWinograd.Four : IntegerWinograd.Two, workers);
    }

    /// <summary>Whether results of filters whose |w| sum up to at most <paramref name="sum"/> come out whole.</summary>
    public static bool Fits(IntegerWinograd f, long sum) => 255 * sum < 1L << 31 - f.Shift;

    private static double Direct(ConvGeometry g)
    {
        double lanes = Igemm.Shape.Columns / 2, rate = Igemm.Shape.Bytes == ByteProducts.Exact ? 2 * Pairs : Pairs;
        return g.Batch * Ceiling(g.OutSize, (long)lanes) * 9.0 * g.Channels * (g.Filters + 2) / rate;
    }

    private static double Cost(ConvGeometry g, int size)
    {
        long lanes = Igemm.Shape.Columns / 2, tiles = g.Batch * Ceiling(g.Out[0], size) * Ceiling(g.Out[1], size), points = (size + 2) * (size + 2);
        double filters = Ceiling(g.Filters, 2 * lanes) * 2, weights = 2.0 * points * g.Channels * filters * lanes;
        return tiles * (points * g.Channels * filters / Pairs + Ceiling(g.Channels, 16) * (size == 4 ? Input4 : Input2) + Ceiling(g.Filters, 16) * (size == 4 ? Output4 : Output2)) + (weights < CacheSizes.L2 / 2 ? 0 : weights / 8);
    }

    private static long Ceiling(long n, long unit) => (n + unit - 1) / unit;
}
