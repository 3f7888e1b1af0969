using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Extents of a sliding window over [batch, channels, spatial …]; channel counts are those of one group.</summary>
internal sealed class ConvGeometry
{
    public required long Batch { get; init; }
    public required long Groups { get; init; }
    public required long Channels { get; init; }
    public required long Filters { get; init; }
    public required long[] In { get; init; }
    public required long[] Out { get; init; }
    public required long[] Kernel { get; init; }
    public required long[] Strides { get; init; }
    public required long[] Dilations { get; init; }
    public required long[] Before { get; init; }

    public int Rank => In.Length;

    /// <summary>Positions of the window, input positions, output positions.</summary>
    public long Taps => Product(Kernel);

    public long InSize => Product(In);

    public long OutSize => Product(Out);

    /// <summary>Whether the window is one element and meets every input position once: a matrix product.</summary>
    public bool IsPointwise => Taps == 1 && Array.TrueForAll(Strides, s => s == 1) && Array.TrueForAll(Before, p => p == 0) && In.AsSpan().SequenceEqual(Out);

    public static ConvGeometry Of(Arg.Conv c, Shape x, Shape w, Shape y) => new()
    {
        Batch = x[0], Groups = c.Group, Channels = w[1], Filters = w[0] / c.Group, In = x.Span[2..].ToArray(), Out = y.Span[2..].ToArray(), Kernel = w.Span[2..].ToArray(),
        Strides = c.Strides.Span.ToArray(), Dilations = c.Dilations.Span.ToArray(), Before = c.Before.Span.ToArray(),
    };

    /// <summary>The same without the axes along which there is one position and nothing to slide: rows are then as long as they can be.</summary>
    public ConvGeometry WithoutUnits()
    {
        int[] kept = [.. Enumerable.Range(0, Rank).Where(a => In[a] != 1 || Out[a] != 1 || Kernel[a] != 1 || Before[a] != 0)];
        if (kept.Length == Rank || Rank == 1) return this;
        if (kept.Length == 0) kept = [0];
        long[] Of(long[] x) => Array.ConvertAll(kept, a => x[a]);
        return new() { Batch = Batch, Groups = Groups, Channels = Channels, Filters = Filters, In = Of(In), Out = Of(Out), Kernel = Of(Kernel), Strides = Of(Strides), Dilations = Of(Dilations), Before = Of(Before) };
    }

    public override string ToString() =>
        $"{Batch}×{Groups * Channels}×{string.Join('×', In)} → {Groups * Filters}×{string.Join('×', Out)}, window {string.Join('×', Kernel)}, step {string.Join('×', Strides)}";

    private static long Product(long[] x)
    {
        long n = 1;
        foreach (long v in x) n *= v;
        return n;
    }
}
