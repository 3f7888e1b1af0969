using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>The distinct elements of a tensor, or its distinct slices along an axis.</summary>
internal static class UniqueElements
{
    /// <summary>Values, first occurrences, the value's number for each element, counts; as numpy.unique, in order of appearance when not sorted.</summary>
    public static Tensor[] Find(Attributes a, Tensor x)
    {
        Shape s = a.HasAttribute("axis") ? x.Shape : Shape.Of(x.Count);
        int axis = s.Axis(a.Int("axis", 0)), n = checked((int)s[axis]);
        Comparison<int> compare = x.Type switch
        {
            DType.String => Slices(x.Strings, s, axis, string.CompareOrdinal),
            DType.UInt64 => Slices(x.ToArray<ulong>(), s, axis, (p, q) => p.CompareTo(q)),
            DType.Float32 or DType.Float64 or DType.Float16 or DType.BFloat16 => Slices(Scalars.ToFloat64(x), s, axis, Floats),
            _ => Slices(Scalars.ToInt64(x), s, axis, (p, q) => p.CompareTo(q)),
        };
        int[] order = [.. Enumerable.Range(0, n)];
        // Ties keep the lower position first: the first of a group is its first occurrence.
        Array.Sort(order, (p, q) => compare(p, q) is var d && d != 0 ? d : p.CompareTo(q));
        List<long> first = [], counts = [];
        long[] number = new long[n];
        for (int i = 0; i < n; i++)
        {
            if (i == 0 || compare(order[i - 1], order[i]) != 0) { first.Add(order[i]); counts.Add(0); }
            number[order[i]] = first.Count - 1;
            counts[^1]++;
        }
        if (!a.Flag("sorted", true)) Reorder(first, counts, number);
        Tensor values = Selections.Take(x, s, axis, [.. first]);
        return [values, Int64([.. first]), Int64(number), Int64([.. counts])];
    }

    private static Tensor Int64(long[] v) => Tensor.From(v, Shape.Of(v.Length));

    private static void Reorder(List<long> first, List<long> counts, long[] number)
    {
        int[] order = [.. Enumerable.Range(0, first.Count).OrderBy(i => first[i])];
        long[] rank = new long[order.Length], f = [.. first], c = [.. counts];
        for (int i = 0; i < order.Length; i++) (rank[order[i]], first[i], counts[i]) = (i, f[order[i]], c[order[i]]);
        for (int i = 0; i < number.Length; i++) number[i] = rank[number[i]];
    }

    /// <summary>NaN after all numbers, equal to itself; −0 equal to 0.</summary>
    private static int Floats(double p, double q) => double.IsNaN(p) ? double.IsNaN(q) ? 0 : 1 : double.IsNaN(q) ? -1 : p == q ? 0 : p < q ? -1 : 1;

    /// <summary>Compares slices element by element in row-major order.</summary>
    private static Comparison<int> Slices<T>(T[] v, Shape s, int axis, Comparison<T> compare)
    {
        long outer = s.CountOf(0, axis), inner = s.CountOf(axis + 1, s.Rank), step = inner * s[axis];
        return (p, q) =>
        {
            for (long o = 0; o < outer; o++)
                for (long i = 0; i < inner; i++)
                {
                    int d = compare(v[o * step + p * inner + i], v[o * step + q * inner + i]);
                    if (d != 0) return d;
                }
            return 0;
        };
    }
}
