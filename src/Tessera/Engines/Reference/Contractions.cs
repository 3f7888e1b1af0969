using System.Numerics;
using System.Numerics.Tensors;

namespace Tessera.Engines.Reference;

/// <summary>Matrix products: y[…, i, j] = Σₖ a[…, i, k]·b[…, k, j].</summary>
internal static class Contractions
{
    public static Cells MatMul(Cells a, Cells b, Shape to)
    {
        int m = (int)a.Shape[-2], k = (int)a.Shape[-1], n = (int)b.Shape[-1];
        Shape batch = Shape.Of(to.Span[..^2]);
        int[] ia = Positions.Broadcast(Shape.Of(a.Shape.Span[..^2]), batch), ib = Positions.Broadcast(Shape.Of(b.Shape.Span[..^2]), batch);
        int count = checked((int)to.Count);
        if (a.IsFloat)
        {
            double[] y = new double[count];
            for (int t = 0; t < ia.Length; t++) Product<double>(a.Floats.AsSpan(ia[t] * m * k, m * k), b.Floats.AsSpan(ib[t] * k * n, k * n), y.AsSpan(t * m * n, m * n), m, k, n);
            return new(a.Type, to, y);
        }
        long[] z = new long[count];
        for (int t = 0; t < ia.Length; t++) Product<long>(a.Integers.AsSpan(ia[t] * m * k, m * k), b.Integers.AsSpan(ib[t] * k * n, k * n), z.AsSpan(t * m * n, m * n), m, k, n);
        for (int i = 0; i < z.Length; i++) z[i] = Rounding.Integer(a.Type, z[i]);
        return new(a.Type, to, z);
    }

    // Row by row: the inner loop runs along rows of b and y, so that memory is read in order. Sums run over k upwards as in the definition.
    private static void Product<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y, int m, int k, int n) where T : INumber<T>
    {
        if (n == 0) return;
        for (int i = 0; i < m; i++)
        {
            Span<T> row = y.Slice(i * n, n);
            for (int p = 0; p < k; p++) TensorPrimitives.MultiplyAdd(b.Slice(p * n, n), a[i * k + p], row, row);
        }
    }
}
