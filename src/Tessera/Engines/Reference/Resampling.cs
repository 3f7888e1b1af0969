namespace Tessera.Engines.Reference;

/// <summary>Resampling along one axis: y[…, o, …] = Σₜ w[o, t]·x[…, at[o, t], …]. A tap of weight 0 contributes nothing, whatever lies there.</summary>
internal static class Resampling
{
    public static Cells Resample(Cells x, Cells at, Cells weights, int axis, Shape to)
    {
        (int outer, int along, int inner) = Positions.Around(x.Shape, axis);
        int n = (int)to[axis], taps = (int)at.Shape[1];
        double[] y = new double[checked((int)to.Count)];
        for (int o = 0; o < outer; o++)
            for (int j = 0; j < n; j++)
                for (int t = 0; t < taps; t++)
                {
                    double w = weights.Floats[j * taps + t];
                    if (w == 0) continue;
                    ReadOnlySpan<double> from = x.Floats.AsSpan((int)(o * along + at.Integers[j * taps + t]) * inner, inner);
                    Span<double> row = y.AsSpan((o * n + j) * inner, inner);
                    for (int i = 0; i < inner; i++) row[i] += w * from[i];
                }
        return new(x.Type, to, y);
    }
}
