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

    public override string ToString() =>
        $"{Batch}×{Groups * Channels}×{string.Join('×', In)} → {Groups * Filters}×{string.Join('×', Out)}, window {string.Join('×', Kernel)}, step {string.Join('×', Strides)}";

    private static long Product(long[] x)
    {
        long n = 1;
        foreach (long v in x) n *= v;
        return n;
    }
}
