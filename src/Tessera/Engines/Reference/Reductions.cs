using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>Reductions and scans. An empty reduction gives the neutral element: 0, 1, the least or the greatest value.</summary>
internal static class Reductions
{
    public static Cells Reduce(Cells x, Arg.Reduce a, Shape to, double neutral, Func<double, double, double> f, long integerNeutral, Func<long, long, long> integer, Func<ulong, ulong, ulong>? unsigned = null)
    {
        long[] steps = new long[x.Shape.Rank];
        int[] target = Positions.Of(x.Shape, Steps(x.Shape, a.Axes, steps));
        int count = checked((int)to.Count);
        if (x.IsFloat)
        {
            double[] y = new double[count];
            Array.Fill(y, neutral);
            for (int i = 0; i < target.Length; i++) y[target[i]] = f(y[target[i]], x.Floats[i]);
            return new(x.Type, to, y);
        }
        long[] z = new long[count];
        Array.Fill(z, integerNeutral);
        bool bare = unsigned is not null && x.Type.IsUnsigned();
        for (int i = 0; i < target.Length; i++)
            z[target[i]] = Rounding.Integer(x.Type, bare ? (long)unsigned!((ulong)z[target[i]], (ulong)x.Integers[i]) : integer(z[target[i]], x.Integers[i]));
        return new(x.Type, to, z);
    }

    /// <summary>Steps in the result for each axis of the operand: 0 along those reduced.</summary>
    private static long[] Steps(Shape s, Ints axes, long[] steps)
    {
        long step = 1;
        for (int i = s.Rank - 1; i >= 0; i--)
        {
            if (axes.Span.Contains(i)) continue;
            steps[i] = step;
            step *= s[i];
        }
        return steps;
    }

    /// <summary>The least value of an integer type, as cells hold it.</summary>
    public static long Least(DType type) => type.IsSigned() ? -1L << (type.Bits() - 1) : 0;

    public static long Greatest(DType type) => type switch
    {
        DType.Bool => 1,
        DType.UInt64 => -1,
        DType.Int64 => long.MaxValue,
        _ => (1L << (type.IsSigned() ? type.Bits() - 1 : type.Bits())) - 1,
    };

    /// <summary>Position of the largest (or smallest) element along the axis; NaN wins over numbers.</summary>
    public static Cells ArgBest(Cells x, Arg.ArgReduce a, Shape to, bool smallest)
    {
        x = Rounding.Decided(x);
        (int outer, int along, int inner) = Positions.Around(x.Shape, a.Axis);
        if (along == 0 && outer * inner > 0) throw new TesseraException(ErrorCode.ShapeMismatch, $"ArgMax or ArgMin along axis {a.Axis} of {x.Shape}, which is empty.");
        long[] y = new long[outer * inner];
        Comparison<int> compare = Order(x);
        for (int o = 0; o < outer; o++)
            for (int i = 0; i < inner; i++)
            {
                int at = o * along * inner + i, best = 0;
                for (int j = 1; j < along; j++)
                {
                    int c = compare(at + j * inner, at + best * inner);
                    if (smallest && !IsNaN(x, at + j * inner) && !IsNaN(x, at + best * inner)) c = -c;
                    if (c > 0 || (c == 0 && a.Last)) best = j;
                }
                y[o * inner + i] = best;
            }
        return new(DType.Int64, to, y);
    }

    public static bool IsNaN(Cells x, int i) => x.IsFloat && double.IsNaN(x.Floats[i]);

    /// <summary>Orders elements of x by value; NaN above all numbers, −0 and 0 equal.</summary>
    public static Comparison<int> Order(Cells x)
    {
        if (x.IsFloat) return (p, q) => Compare(x.Floats[p], x.Floats[q]);
        return x.Type == DType.UInt64 ? (p, q) => ((ulong)x.Integers[p]).CompareTo((ulong)x.Integers[q]) : (p, q) => x.Integers[p].CompareTo(x.Integers[q]);
    }

    private static int Compare(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? double.IsNaN(a).CompareTo(double.IsNaN(b)) : a.CompareTo(b);

    public static Cells CumSum(Cells x, Arg.Scan a)
    {
        (int outer, int along, int inner) = Positions.Around(x.Shape, a.Axis);
        Cells y = x.Copied();
        for (int o = 0; o < outer; o++)
            for (int i = 0; i < inner; i++)
            {
                double sum = 0;
                long count = 0;
                for (int j = 0; j < along; j++)
                {
                    int at = (o * along + (a.Reverse ? along - 1 - j : j)) * inner + i;
                    if (x.IsFloat)
                    {
                        double next = sum + x.Floats[at];
                        y.Floats[at] = a.Exclusive ? sum : next;
                        sum = next;
                    }
                    else
                    {
                        long next = count + x.Integers[at];
                        y.Integers[at] = Rounding.Integer(x.Type, a.Exclusive ? count : next);
                        count = next;
                    }
                }
            }
        return y;
    }

    /// <summary>The k first of each row when sorted by value, equal values by index. Without Sorted, any order of them is right; this gives the sorted one.</summary>
    public static Cells[] TopK(Cells x, Arg.TopK a, Shape to)
    {
        x = Rounding.Decided(x);
        (int outer, int along, int inner) = Positions.Around(x.Shape, a.Axis);
        int k = (int)a.K;
        int[] pick = new int[outer * k * inner];
        long[] places = new long[pick.Length];
        Comparison<int> compare = Order(x);
        for (int o = 0; o < outer; o++)
            for (int i = 0; i < inner; i++)
            {
                int first = o * along * inner + i;
                int[] row = [.. Enumerable.Range(0, along)];
                Array.Sort(row, (p, q) => compare(first + p * inner, first + q * inner) is var c && c != 0 ? (a.Largest ? -c : c) : p.CompareTo(q));
                for (int j = 0; j < k; j++)
                {
                    pick[(o * k + j) * inner + i] = first + row[j] * inner;
                    places[(o * k + j) * inner + i] = row[j];
                }
            }
        return [x.Pick(to, pick), new(DType.Int64, to, places)];
    }
}
