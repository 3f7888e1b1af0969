using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Products of small integers that no 8-bit kernel takes, computed in Float32: exact, because no partial sum leaves the integers that Float32 holds.</summary>
internal static class IntegerProductRules
{
    /// <summary>Every integer of at most this size is a Float32, and so is every sum on the way to it when the sum of sizes stays below.</summary>
    private const double Exact = 1 << 24;

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("matmul of small Int32 → matmul in Float32 (exact; sums of less than 2²⁴)", GraphOp.MatMul, (r, n) => n.Type == DType.Int32 && IntegerPatterns.Match(n) is null ? MatMul(r.G, n) : null),
        new("conv of small Int32 → conv in Float32 (exact; sums of less than 2²⁴)", GraphOp.Conv, (r, n) => n.Type == DType.Int32 && IntegerPatterns.Match(n) is null ? Conv(r.G, n) : null),
    ];

    private static Node? MatMul(GraphBuilder g, Node n)
    {
        (Node a, Node b) = (n.In[0], n.In[1]);
        if (a.Shape.Rank < 2 || b.Shape.Rank < 2 || IntegerRange.Of(a) is not { } x || IntegerRange.Of(b) is not { } y) return null;
        long k = a.Shape[-1];
        double sum = b.Op == GraphOp.Const ? x.Size * LargestSum(b, b.Shape.Rank - 2) : (double)x.Size * y.Size * k;
        if (sum < Exact) return g.Cast(g.MatMul(g.Cast(a, DType.Float32), g.Cast(b, DType.Float32)), DType.Int32);
        // Stretches of K whose sums stay exact, added up as integers.
        long most = (long)((Exact - 1) / ((double)x.Size * y.Size)), parts = most == 0 ? long.MaxValue : (k + most - 1) / most;
        if (parts > 8) return null;
        Node? y32 = null;
        for (long p = 0; p < parts; p++)
        {
            long start = k * p / parts, count = k * (p + 1) / parts - start;
            Node part = g.MatMul(g.Cast(g.Slice(a, a.Shape.Rank - 1, start, count), DType.Float32), g.Cast(g.Slice(b, b.Shape.Rank - 2, start, count), DType.Float32));
            y32 = y32 is null ? g.Cast(part, DType.Int32) : g.Add(y32, g.Cast(part, DType.Int32));
        }
        return y32;
    }

    private static Node? Conv(GraphBuilder g, Node n)
    {
        (Node x, Node w) = (n.In[0], n.In[1]);
        if (IntegerRange.Of(x) is not { } a || IntegerRange.Of(w) is not { } b) return null;
        double sum = w.Op == GraphOp.Const ? a.Size * LargestSum(w, -1) : (double)a.Size * b.Size * (w.Shape.Count / Math.Max(1, w.Shape[0]));
        return sum < Exact ? g.Cast(g.Conv(g.Cast(x, DType.Float32), g.Cast(w, DType.Float32), (Arg.Conv)n.Arg! with { Exact = true }), DType.Int32) : null;
    }

    /// <summary>The largest sum of sizes over <paramref name="axis"/> of a constant, or over all axes but the first when it is −1.</summary>
    private static double LargestSum(Node constant, int axis)
    {
        Shape s = constant.Shape;
        using Tensor t = constant.Constant!.Contiguous();
        ReadOnlySpan<int> v = t.Span<int>();
        long outer = axis < 0 ? s[0] : s.CountOf(0, axis), n = axis < 0 ? s.Count / Math.Max(1, s[0]) : s[axis], inner = axis < 0 ? 1 : s.CountOf(axis + 1, s.Rank);
        double[] sums = new double[inner];
        double most = 0;
        for (long o = 0; o < outer; o++)
        {
            Array.Clear(sums);
            for (long k = 0; k < n; k++)
                for (long i = 0; i < inner; i++) sums[i] += Math.Abs((double)v[(int)((o * n + k) * inner + i)]);
            foreach (double sum in sums) most = Math.Max(most, sum);
        }
        return most;
    }
}
