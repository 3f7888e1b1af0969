namespace Tessera.Lab;

/// <summary>Figures of a sample.</summary>
public static class Statistics
{
    /// <summary>The middle value; the mean of the two middle ones when their number is even; NaN when there are none.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] v = [.. values.Order()];
        return v.Length == 0 ? double.NaN : v.Length % 2 == 1 ? v[v.Length / 2] : (v[v.Length / 2 - 1] + v[v.Length / 2]) / 2;
    }

    /// <summary>e^(mean of ln v): the mean that treats 2 and ½ alike; NaN when there are none.</summary>
    public static double GeometricMean(IEnumerable<double> values)
    {
        double[] v = [.. values];
        return v.Length == 0 ? double.NaN : Math.Exp(v.Average(Math.Log));
    }
}

/// <summary>One side's times of one round, in milliseconds per run.</summary>
public sealed record Round(IReadOnlyList<double> Ms)
{
    public double Median { get; } = Statistics.Median(Ms);

    public double Least { get; } = Ms.Min();
}

/// <summary>How long one side takes beside the other, from rounds taken in turn: below 1 where the first is faster.</summary>
/// <param name="Median">Median over rounds of the ratio of the rounds' medians.</param>
/// <param name="Least">The lowest of those ratios.</param>
/// <param name="Most">The highest of those ratios.</param>
/// <param name="OfQuickest">Ratio of the quickest runs of all rounds; on a busy machine it says more than the medians.</param>
public sealed record Ratio(double Median, double Least, double Most, double OfQuickest)
{
    /// <exception cref="ArgumentException">There are no rounds, or not as many of one side as of the other.</exception>
    public static Ratio Of(IReadOnlyList<Round> ours, IReadOnlyList<Round> theirs)
    {
        if (ours.Count != theirs.Count || ours.Count == 0) throw new ArgumentException($"{ours.Count} rounds against {theirs.Count}");
        double[] pairs = [.. ours.Zip(theirs, (a, b) => a.Median / b.Median)];
        return new(Statistics.Median(pairs), pairs.Min(), pairs.Max(), ours.Min(r => r.Least) / theirs.Min(r => r.Least));
    }
}
