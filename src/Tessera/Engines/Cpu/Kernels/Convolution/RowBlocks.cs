namespace Tessera.Engines.Cpu.Kernels;

/// <summary>How the rows of an output plane are cut into bands, whose padded input stays in the first-level cache, and those into blocks of rows.</summary>
/// <remarks>A block leaves out the taps that only see padding: of five rows of taps on a plane of two rows, two. Several input channels lie one behind the other, and all their taps are runs of one sum.</remarks>
internal sealed class RowBlocks
{
    private readonly ConvGeometry _g;
    private readonly PhaseRows _rows;
    private readonly int[] _bands;
    private readonly RowBlock[] _blocks;
    private readonly List<(int Channel, TapRun Run)> _runs = [];

    public RowBlocks(ConvGeometry g, PhaseRows rows)
    {
        (_g, _rows) = (g, rows);
        long reach = (g.Kernel[0] - 1) * g.Dilations[0];
        // Half of the cache, the rest being for results; all bands alike.
        long most = Math.Max(8, (CacheSizes.L1 / 2 / sizeof(float) / (g.Channels * rows.Row) - reach - 1) / g.Strides[0] + 1), count = (g.Out[0] + most - 1) / most;
        Band = (g.Out[0] + count - 1) / count;
        List<RowBlock> blocks = [];
        List<int> bands = [0];
        for (long r = 0; r < g.Out[0]; r += Band)
        {
            Cut((int)r, (int)Math.Min(g.Out[0], r + Band), blocks);
            bands.Add(blocks.Count);
        }
        (_blocks, _bands) = ([.. blocks], [.. bands]);
        long last = 0;
        foreach (RowBlock b in _blocks) last = Math.Max(last, (b.First % Band + b.Size - 1) * g.Strides[0]);
        InputRows = last + reach + 1;
        Runs = GC.AllocateArray<TapRun>(Math.Max(1, _runs.Count), pinned: true);
        for (int i = 0; i < _runs.Count; i++) Runs[i] = new(_runs[i].Run.At + _runs[i].Channel * InputRows * rows.Row, _runs[i].Run.Weight + _runs[i].Channel * g.Taps);
        // Weights of a run's neighbouring taps.
        WeightStep = Joined(g) ? g.Strides[0] / g.Dilations[0] * g.Kernel[1] : 0;
    }

    /// <summary>Output rows per band.</summary>
    public long Band { get; }

    public int Bands => _bands.Length - 1;

    /// <summary>Padded input rows that a band reads of a channel.</summary>
    public long InputRows { get; }

    public long WeightStep { get; }

    /// <summary>Pinned.</summary>
    public TapRun[] Runs { get; }

    public ReadOnlySpan<RowBlock> Of(int band) => _blocks.AsSpan(_bands[band].._bands[band + 1]);

    private static bool Joined(ConvGeometry g) => g.Strides[0] % g.Dilations[0] == 0;

    /// <summary>The cheapest cut of rows [first, end) into blocks.</summary>
    private void Cut(int first, int end, List<RowBlock> blocks)
    {
        int n = end - first;
        double[] cost = new double[n + 1];
        int[] size = new int[n + 1];
        for (int i = n - 1; i >= 0; i--)
        {
            cost[i] = double.PositiveInfinity;
            foreach (int s in (ReadOnlySpan<int>)[8, 4, 2, 1])
            {
                double c = Cost(s, Lengths(first + i, Math.Min(s, n - i))) + cost[Math.Min(n, i + s)];
                if (c < cost[i]) (cost[i], size[i]) = (c, s);
            }
        }
        for (int i = 0; i < n; i += size[i]) blocks.Add(Block(first + i, Math.Min(size[i], n - i), size[i]));
    }

    /// <summary>Of one window column and one vector: multiplications, loads (of which most lie on two cache lines), weights, stores.</summary>
    private static double Cost(int size, List<(long Tap, int Length)> runs)
    {
        double sum = 0;
        foreach ((_, int length) in runs) sum += size * length + 1.5 * (size + length - 1) + length;
        return 4 + 2 * size + sum;
    }

    private RowBlock Block(int first, int rows, int size)
    {
        List<(long Tap, int Length)> runs = Lengths(first, rows);
        int start = _runs.Count;
        int[] counts = new int[6];
        foreach (int length in (ReadOnlySpan<int>)[5, 3, 2, 1])
            foreach ((long tap, int n) in runs)
                for (int c = 0; n == length && c < _g.Channels; c++)
                    for (long k = 0; k < _g.Kernel[1]; k++, counts[length]++)
                        _runs.Add((c, new(tap * _g.Dilations[0] * _rows.Row + _rows.Taps[k], tap * _g.Kernel[1] + k)));
        return new(first, rows, size, start, counts[5], counts[3], counts[2], counts[1]);
    }

    /// <summary>Runs of rows of taps of which some see the input: their first taps, and 5, 3, 2 or 1 taps of each.</summary>
    private List<(long Tap, int Length)> Lengths(int first, int rows)
    {
        List<(long, int)> runs = [];
        long height = _g.Kernel[0], next = Joined(_g) ? _g.Strides[0] / _g.Dilations[0] : height;
        for (long phase = 0; phase < Math.Min(next, height); phase++)
        {
            for (long tap = phase; tap < height;)
            {
                int n = 0;
                for (long t = tap; t < height && Sees(first, rows, t); t += next) n++;
                if (n == 0) { tap += next; continue; }
                int length = n >= 5 && n != 6 ? 5 : n >= 3 && n != 4 ? 3 : Math.Min(n, 2);
                runs.Add((tap, length));
                tap += length * next;
            }
        }
        return runs;
    }

    private bool Sees(int first, int rows, long tap)
    {
        for (int r = first; r < first + rows; r++) if ((ulong)(r * _g.Strides[0] + tap * _g.Dilations[0] - _g.Before[0]) < (ulong)_g.In[0]) return true;
        return false;
    }
}
