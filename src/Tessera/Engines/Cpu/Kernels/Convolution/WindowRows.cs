namespace Tessera.Engines.Cpu.Kernels;

/// <summary>For each output row (all axes but the last) the taps whose input row exists.</summary>
internal sealed class WindowRows
{
    private readonly int[] _first;
    private readonly (int InputRow, int Tap)[] _taps;

    public WindowRows(ConvGeometry g)
    {
        int last = g.Rank - 1;
        OuterTaps = g.Taps / g.Kernel[last];
        Count = g.OutSize / Math.Max(1, g.Out[last]);
        _first = new int[Count + 1];
        List<(int, int)> taps = [];
        for (long row = 0; row < Count; row++)
        {
            for (long t = 0; t < OuterTaps; t++) if (InputRow(g, row, t) is >= 0 and var at) taps.Add(((int)at, (int)t));
            _first[row + 1] = taps.Count;
        }
        _taps = [.. taps];
    }

    /// <summary>Output rows.</summary>
    public long Count { get; }

    public long OuterTaps { get; }

    /// <summary>For output row <paramref name="row"/>, the input row of each usable outer tap and that tap's number.</summary>
    public ReadOnlySpan<(int InputRow, int Tap)> Of(long row) => _taps.AsSpan(_first[row].._first[row + 1]);

    /// <summary>The input row under outer tap <paramref name="tap"/>, or −1.</summary>
    private static long InputRow(ConvGeometry g, long row, long tap)
    {
        long at = 0, scale = 1;
        for (int a = g.Rank - 2; a >= 0; a--)
        {
            (row, long o) = Math.DivRem(row, g.Out[a]);
            (tap, long k) = Math.DivRem(tap, g.Kernel[a]);
            long i = o * g.Strides[a] - g.Before[a] + k * g.Dilations[a];
            if ((ulong)i >= (ulong)g.In[a]) return -1;
            at += i * scale;
            scale *= g.In[a];
        }
        return at;
    }
}
