using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>Max, average and Lp pooling, window by window.</summary>
internal static class Pooling
{
    public static Cells[] Pool(Cells x, Arg.Pool a, Shape to)
    {
        int spatial = to.Rank - 2, window = 1;
        foreach (long k in a.Kernel) window *= (int)k;
        int inside = (int)x.Shape.CountOf(2, x.Shape.Rank), area = (int)to.CountOf(2, to.Rank), planes = (int)(x.Shape[0] * x.Shape[1]);
        double[] y = new double[planes * area];
        long[] places = new long[a.Indices ? y.Length : 0];
        double[] source = a.Kind == PoolKind.Max ? Rounding.Decided(x).Floats : x.Floats;
        long[] o = new long[spatial];
        int[] at = new int[window];
        for (int i = 0; i < area; i++)
        {
            int padded = Window(x.Shape, a, o, at, out int found);
            ReadOnlySpan<int> hit = at.AsSpan(0, found);
            for (int p = 0; p < planes; p++)
            {
                ReadOnlySpan<double> plane = source.AsSpan(p * inside, inside);
                int best = a.Kind == PoolKind.Max ? Best(plane, hit) : -1;
                y[p * area + i] = a.Kind switch
                {
                    PoolKind.Max => best < 0 ? double.NegativeInfinity : plane[best],
                    PoolKind.Average => Sum(plane, hit) / (a.CountPad ? padded : found),
                    PoolKind.Lp => Lp(plane, hit, a.P),
                };
                if (a.Indices) places[p * area + i] = best < 0 ? -1 : p * (long)inside + (a.ColumnMajor ? ColumnMajor(x.Shape, best) : best);
            }
            for (int d = spatial - 1; d >= 0 && ++o[d] == to[d + 2]; d--) o[d] = 0;
        }
        Cells values = new(x.Type, to, y);
        return a.Indices ? [values, new(DType.Int64, to, places)] : [values];
    }

    /// <summary>Positions in the input plane under the window of output o; returns how many of its cells lie in input or padding.</summary>
    private static int Window(Shape s, Arg.Pool a, long[] o, int[] at, out int found)
    {
        int spatial = o.Length, padded = 0;
        found = 0;
        long[] k = new long[spatial];
        for (int t = 0; t < at.Length; t++)
        {
            long position = 0;
            bool inPadding = true, inInput = true;
            for (int d = 0; d < spatial; d++)
            {
                long c = o[d] * a.Strides[d] + k[d] * a.Dilations[d] - a.Before[d];
                inInput &= c >= 0 && c < s[d + 2];
                inPadding &= c < s[d + 2] + a.After[d];
                position = position * s[d + 2] + c;
            }
            if (inInput) at[found++] = (int)position;
            if (inPadding) padded++;
            for (int d = spatial - 1; d >= 0 && ++k[d] == a.Kernel[d]; d--) k[d] = 0;
        }
        return padded;
    }

    private static int Best(ReadOnlySpan<double> x, ReadOnlySpan<int> at)
    {
        int best = -1;
        foreach (int i in at)
            if (best < 0 || x[i] > x[best] || (double.IsNaN(x[i]) && !double.IsNaN(x[best]))) best = i;
        return best;
    }

    private static double Sum(ReadOnlySpan<double> x, ReadOnlySpan<int> at)
    {
        double sum = 0;
        foreach (int i in at) sum += x[i];
        return sum;
    }

    private static double Lp(ReadOnlySpan<double> x, ReadOnlySpan<int> at, double p)
    {
        double sum = 0;
        foreach (int i in at) sum += Math.Pow(Math.Abs(x[i]), p);
        return Math.Pow(sum, 1 / p);
    }

    private static long ColumnMajor(Shape s, long at)
    {
        long y = 0, step = 1;
        long[] index = new long[s.Rank - 2];
        for (int d = index.Length - 1; d >= 0; d--) (at, index[d]) = Math.DivRem(at, s[d + 2]);
        for (int d = 0; d < index.Length; d++)
        {
            y += index[d] * step;
            step *= s[d + 2];
        }
        return y;
    }
}
