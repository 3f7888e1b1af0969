using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>How many elements an average divides by: per axis and output position those of the window that lie in the input, or in input and padding.</summary>
internal sealed class PoolCounts
{
    private readonly long[][] _axes;

    public PoolCounts(ConvGeometry g, Arg.Pool p)
    {
        _axes = new long[g.Rank][];
        for (int a = 0; a < g.Rank; a++)
        {
            long from = p.CountPad ? -g.Before[a] : 0, to = p.CountPad ? g.In[a] + p.After[a] : g.In[a];
            _axes[a] = new long[g.Out[a]];
            for (long o = 0; o < g.Out[a]; o++)
                for (long k = 0; k < g.Kernel[a]; k++)
                    if (o * g.Strides[a] - g.Before[a] + k * g.Dilations[a] is var i && i >= from && i < to) _axes[a][o]++;
        }
    }

    /// <summary>Along the last axis.</summary>
    public long[] Last => _axes[^1];

    /// <summary>Over the other axes, for output row <paramref name="row"/>.</summary>
    public long OfRow(long row)
    {
        long n = 1;
        for (int a = _axes.Length - 2; a >= 0; a--)
        {
            (row, long o) = Math.DivRem(row, _axes[a].Length);
            n *= _axes[a][o];
        }
        return n;
    }
}
