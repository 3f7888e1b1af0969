namespace Tessera.Engines.Cpu.Kernels;

/// <summary>How a convolution with a 3 × 3 window is cut into tiles of m × m outputs, and tiles into blocks that stay in cache.</summary>
internal sealed class WinogradPlan
{
    /// <summary>Cycles that one vector of 16 lanes takes in the transforms of a tile: input and output of F(4, 3), of F(2, 3).</summary>
    private const double Input4 = 330, Output4 = 240, Input2 = 120, Output2 = 80;

    public WinogradPlan(ConvGeometry g, int size, int lanes, int workers)
    {
        (Size, Points, Lanes) = (size, size + 2, lanes);
        (TilesY, TilesX) = (Ceiling(g.Out[0], size), Ceiling(g.Out[1], size));
        Channels = Ceiling(g.Channels, lanes) * lanes;
        // Rows of tiles an exact multiple of 1 KiB apart would meet in few sets of the first-level cache.
        if (Channels % 256 == 0) Channels += lanes;
        long points = Points * Points, chunk = Sgemm.Columns;
        long room = Math.Max(16, CacheSizes.L2 * 3 / 4 / 4 / points / (Channels + chunk));
        Cols = Ceiling(TilesX, Ceiling(TilesX, room));
        Rows = Cols < TilesX ? 1 : Math.Min(TilesY, Math.Max(1, room / Cols));
        // Blocks of a dozen tiles still fill the register tile of the product.
        while (workers > 1 && Blocks(g) < 3 * workers && Rows > 1 && Rows / 2 * Cols >= 12) Rows = Ceiling(Rows, 2);
        Rows = Ceiling(TilesY, Ceiling(TilesY, Rows));
        Chunks = Ceiling(g.Filters, chunk);
        InputPitch = Tiles * Channels + lanes;
        OutputPitch = Tiles * chunk + lanes;
    }

    public int Size { get; }

    public int Points { get; }

    public int Lanes { get; }

    public long TilesY { get; }

    public long TilesX { get; }

    /// <summary>Tiles of a block.</summary>
    public long Rows { get; }

    public long Cols { get; }

    public long Tiles => Rows * Cols;

    public long BlocksX => Ceiling(TilesX, Cols);

    public long BlocksPerPlane => Ceiling(TilesY, Rows) * BlocksX;

    /// <summary>Floats from one tile to the next in the transformed input: channels, filled up.</summary>
    public long Channels { get; }

    /// <summary>Blocks of filters as wide as a panel of B.</summary>
    public long Chunks { get; }

    /// <summary>Floats from one point to the next in the transformed input and in the products.</summary>
    public long InputPitch { get; }

    public long OutputPitch { get; }

    public long Blocks(ConvGeometry g) => g.Batch * g.Groups * BlocksPerPlane;

    /// <summary>The tiles that save most; null when the plain product is as quick.</summary>
    public static WinogradPlan? Of(ConvGeometry g, int lanes, int workers)
    {
        if (g.Rank != 2 || g.Kernel is not [3, 3] || g.Strides is not [1, 1] || g.Dilations is not [1, 1]) return null;
        double direct = Direct(g, lanes), four = Cost(g, 4, lanes), two = Cost(g, 2, lanes);
        if (Math.Min(four, two) > 0.9 * direct) return null;
        return new(g, four <= two ? 4 : 2, lanes, workers);
    }

    /// <summary>Cycles of one group on one thread: products at one vector per cycle, and three for each vector of window columns.</summary>
    private static double Direct(ConvGeometry g, int lanes)
    {
        double columns = Ceiling(g.OutSize, lanes), terms = g.Channels * 9;
        return g.Batch * columns * terms * (g.Filters + 3) + Stream(4.0 * terms * g.Filters);
    }

    private static double Cost(ConvGeometry g, int size, int lanes)
    {
        double tiles = g.Batch * Ceiling(g.Out[0], size) * Ceiling(g.Out[1], size), points = (size + 2) * (size + 2), filters = Ceiling(g.Filters, lanes), channels = Ceiling(g.Channels, lanes);
        double products = tiles * points * g.Channels * filters, scale = lanes / 16.0;
        return products + tiles * scale * (channels * (size == 4 ? Input4 : Input2) + filters * (size == 4 ? Output4 : Output2)) + Stream(4 * points * g.Channels * filters * lanes);
    }

    /// <summary>Cycles to read weights that the second-level cache does not keep between runs.</summary>
    private static double Stream(double bytes) => bytes < CacheSizes.L2 / 2 ? 0 : bytes / 8;

    private static long Ceiling(long n, long unit) => (n + unit - 1) / unit;
}
