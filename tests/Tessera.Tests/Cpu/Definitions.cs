using Tessera.Ir;

namespace Tessera.Tests.Cpu;

/// <summary>What kernels must compute, in doubles, straight from the definitions.</summary>
internal static class Definitions
{
    /// <summary>All index tuples of a shape, row-major.</summary>
    public static IEnumerable<long[]> Positions(params long[] extents)
    {
        long n = extents.Aggregate(1L, (p, e) => p * e);
        for (long i = 0; i < n; i++)
        {
            long[] at = new long[extents.Length];
            long rest = i;
            for (int a = extents.Length - 1; a >= 0; a--) (rest, at[a]) = Math.DivRem(rest, extents[a]);
            yield return at;
        }
    }

    public static long Flat(ReadOnlySpan<long> at, ReadOnlySpan<long> extents)
    {
        long n = 0;
        for (int a = 0; a < at.Length; a++) n = n * extents[a] + at[a];
        return n;
    }

    public static double[] Conv(Tensor x, Tensor w, Arg.Conv c, Shape y)
    {
        double[] data = Samples.Values(x), weights = Samples.Values(w), result = new double[y.Count];
        long[] inside = x.Shape.Span[2..].ToArray(), kernel = w.Shape.Span[2..].ToArray();
        long channels = w.Shape[1], filters = w.Shape[0] / c.Group, i = 0;
        foreach (long[] o in Positions(y.ToArray()))
        {
            long group = o[1] / filters;
            foreach (long[] k in Positions([channels, .. kernel]))
            {
                long[] at = [.. inside.Select((_, a) => o[a + 2] * c.Strides[a] - c.Before[a] + k[a + 1] * c.Dilations[a])];
                if (at.Zip(inside).Any(p => p.First < 0 || p.First >= p.Second)) continue;
                result[i] += data[Flat([o[0], group * channels + k[0], .. at], x.Shape.Span)] * weights[Flat([o[1], .. k], w.Shape.Span)];
            }
            i++;
        }
        return result;
    }

    public static double[] ConvTranspose(Tensor x, Tensor w, Arg.ConvTranspose c, Shape y)
    {
        double[] data = Samples.Values(x), weights = Samples.Values(w), result = new double[y.Count];
        long[] kernel = w.Shape.Span[2..].ToArray(), sizes = y.Span[2..].ToArray();
        long channels = x.Shape[1] / c.Group, filters = w.Shape[1], i = 0;
        foreach (long[] p in Positions(x.Shape.ToArray()))
        {
            foreach (long[] k in Positions([filters, .. kernel]))
            {
                long[] at = [.. sizes.Select((_, a) => p[a + 2] * c.Strides[a] + k[a + 1] * c.Dilations[a] - c.Before[a])];
                if (at.Zip(sizes).Any(v => v.First < 0 || v.First >= v.Second)) continue;
                result[Flat([p[0], p[1] / channels * filters + k[0], .. at], y.Span)] += data[i] * weights[Flat([p[1], .. k], w.Shape.Span)];
            }
            i++;
        }
        return result;
    }

    /// <summary>Values and, for maxima, indices.</summary>
    public static (double[] Values, long[] Indices) Pool(Tensor x, Arg.Pool p)
    {
        Shape y = Shape.Of([x.Shape[0], x.Shape[1], .. p.Out.Span]);
        double[] data = Samples.Values(x), result = new double[y.Count];
        long[] inside = x.Shape.Span[2..].ToArray(), indices = new long[y.Count];
        long size = inside.Aggregate(1L, (a, b) => a * b), i = 0;
        foreach (long[] o in Positions(y.ToArray()))
        {
            double best = double.NegativeInfinity, sum = 0;
            long count = 0, plane = o[0] * x.Shape[1] + o[1];
            foreach (long[] k in Positions(p.Kernel.Span.ToArray()))
            {
                long[] at = [.. inside.Select((_, a) => o[a + 2] * p.Strides[a] - p.Before[a] + k[a] * p.Dilations[a])];
                if (p.CountPad && at.Select((v, a) => v >= -p.Before[a] && v < inside[a] + p.After[a]).All(v => v)) count++;
                if (at.Zip(inside).Any(v => v.First < 0 || v.First >= v.Second)) continue;
                if (!p.CountPad) count++;
                double v = data[plane * size + Flat(at, inside)];
                if (v > best || (double.IsNaN(v) && !double.IsNaN(best))) (best, indices[i]) = (v, plane * size + (p.ColumnMajor ? Flat([.. at.Reverse()], [.. inside.Reverse()]) : Flat(at, inside)));
                sum += p.Kind == PoolKind.Lp ? Math.Pow(Math.Abs(v), p.P) : v;
            }
            result[i++] = p.Kind switch { PoolKind.Max => best, PoolKind.Average => sum / count, PoolKind.Lp => Math.Pow(sum, 1 / p.P) };
        }
        return (result, indices);
    }

    public static double[] Softmax(Tensor x, int axis, bool log)
    {
        double[] v = Samples.Values(x), y = new double[v.Length];
        long n = x.Shape[axis], inner = x.Shape.CountOf(axis + 1, x.Shape.Rank);
        for (long o = 0; o < v.Length / Math.Max(1, n * inner); o++)
            for (long i = 0; i < inner; i++)
            {
                long[] at = [.. Enumerable.Range(0, (int)n).Select(k => (o * n + k) * inner + i)];
                double max = at.Max(p => v[p]), sum = at.Sum(p => Math.Exp(v[p] - max));
                if (at.Any(p => double.IsNaN(v[p]))) max = sum = double.NaN;
                foreach (long p in at) y[p] = log ? v[p] - max - Math.Log(sum) : Math.Exp(v[p] - max) / sum;
            }
        return y;
    }

    /// <summary>Values, and how much of an error in the elements shows in them: max |x| over the deviation they are divided by.</summary>
    public static (double[] Values, double[] Condition) Norm(Tensor x, Arg.Norm a)
    {
        double[] v = Samples.Values(x), y = new double[v.Length], condition = new double[v.Length];
        long[] extents = x.Shape.ToArray();
        foreach (var group in Positions(extents).GroupBy(p => Flat([.. p.Select((i, k) => a.Axes.Contains(k) ? 0 : i)], extents)))
        {
            long[] at = [.. group.Select(p => Flat(p, extents))];
            double mean = a.Centered ? at.Average(p => v[p]) : 0, scale = 1 / Math.Sqrt(at.Average(p => (v[p] - mean) * (v[p] - mean)) + a.Epsilon);
            double largest = at.Max(p => Math.Abs(v[p]));
            foreach (long p in at) (y[p], condition[p]) = ((v[p] - mean) * scale, largest * scale);
        }
        return (y, condition);
    }

    public static double[] Resample(Tensor x, Tensor at, Tensor weights, int axis)
    {
        double[] v = Samples.Values(x), w = Samples.Values(weights);
        int[] places = at.ToArray<int>();
        Shape to = x.Shape.With(axis, at.Shape[0]);
        long taps = at.Shape[1];
        return [.. Positions(to.ToArray()).Select(p =>
        {
            double sum = 0;
            for (long t = 0; t < taps; t++)
            {
                long[] from = [.. p];
                from[axis] = places[p[axis] * taps + t];
                if (w[p[axis] * taps + t] is var f && f != 0) sum += f * v[Flat(from, x.Shape.Span)];
            }
            return sum;
        })];
    }
}
