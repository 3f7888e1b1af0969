using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Matrix products.</summary>
internal static class Contractions
{
    public static OpDef[] All =>
    [
        new("MatMul", c => [MatMul(c, c[0], c[1])], "ONNX MatMul-13"),
        new("Gemm", c => [Gemm(c)], "ONNX Gemm-13"),
        new("MatMulInteger", c => [MatMulInteger(c)], "ONNX MatMulInteger-10", Since: 10),
        new("Einsum", c => [Einsum.Lower(c, c.String("equation", ""), c.All())], "ONNX Einsum-12", Since: 12),
        new("Det", c => [Det(c)], "ONNX Det-22", Since: 11),
    ];

    private static Node MatMul(Lowering c, Node a, Node b)
    {
        if (a.Shape.Rank == 0 || b.Shape.Rank == 0) throw c.Error(ErrorCode.ShapeMismatch, $"operands {a.Shape} and {b.Shape} must have rank 1 at least.");
        return c.G.MatMul(a, b);
    }

    /// <summary>alpha·a′·b′ + beta·c with a′ and b′ transposed on demand.</summary>
    private static Node Gemm(Lowering c)
    {
        GraphBuilder g = c.G;
        if (c[0].Shape.Rank != 2 || c[1].Shape.Rank != 2) throw c.Error(ErrorCode.ShapeMismatch, $"operands {c[0].Shape} and {c[1].Shape} must be matrices.");
        double alpha = c.Float("alpha", 1), beta = c.Float("beta", 1);
        if (!c[0].Type.IsFloat() && (alpha != Math.Truncate(alpha) || beta != Math.Truncate(beta))) throw c.Unsupported($"alpha {alpha} and beta {beta} must be whole for operands of {c[0].Type}; cast them to a floating type.");
        Node y = g.MatMul(c.Flag("transA") ? g.TransposeLast(c[0]) : c[0], c.Flag("transB") ? g.TransposeLast(c[1]) : c[1]);
        if (alpha != 1) y = g.Mul(y, alpha);
        if (c.Maybe(2) is not { } bias || beta == 0) return y;
        if (Shape.Broadcast(bias.Shape, y.Shape) != y.Shape) throw c.Error(ErrorCode.ShapeMismatch, $"c {bias.Shape} does not broadcast to the product {y.Shape}.");
        return g.Add(y, beta == 1 ? bias : g.Mul(bias, beta));
    }

    /// <summary>(a − a₀)·(b − b₀) in Int32.</summary>
    private static Node MatMulInteger(Lowering c)
    {
        GraphBuilder g = c.G;
        return MatMul(c, Centred(c, 0, c.Maybe(2)), Centred(c, 1, c.Maybe(3)));

        Node Centred(Lowering c, int input, Node? zero)
        {
            Node x = g.Cast(c[input], DType.Int32);
            if (zero is null || zero.Constant is { } k && Scalars.ToInt64(k).All(v => v == 0)) return x;
            if (zero.Type != c[input].Type) throw c.Error(ErrorCode.TypeMismatch, $"zero point {zero.Type} of operand {c[input].Type}.");
            if (zero.Shape.Count == 1) zero = g.Reshape(zero, Shape.Scalar);
            // A vector holds one zero point per row of a, or per column of b, which is how it broadcasts already.
            else if (zero.Shape.Rank == 1 && input == 0) zero = g.Unsqueeze(zero, 1);
            return g.Sub(x, g.Cast(zero, DType.Int32));
        }
    }

    private static Node Det(Lowering c)
    {
        Shape s = c[0].Shape;
        if (s.Rank < 2 || s[-1] != s[-2]) throw c.Error(ErrorCode.ShapeMismatch, $"the input has shape {s}; its last two axes must be equal.");
        DType wide = c[0].Type == DType.Float64 ? DType.Float64 : DType.Float32;
        Shape batch = Shape.Of(s.Span[..^2]);
        int n = (int)s[-1];
        Node y = c.G.Host("Det", [c.G.Cast(c[0], wide)], [new(wide, batch)], x => [Determinants(x[0], batch, n, wide)]);
        return c.G.Cast(y, c[0].Type);
    }

    /// <summary>By elimination with the largest pivot of each column, in Float64.</summary>
    private static Tensor Determinants(Tensor x, Shape batch, int n, DType type)
    {
        double[] all = Scalars.ToFloat64(x), d = new double[batch.Count];
        for (int b = 0; b < d.Length; b++) d[b] = Determinant(all.AsSpan(b * n * n, n * n), n);
        using Tensor t = Vectors.Of(type, d);
        return t.Reshape(batch);
    }

    private static double Determinant(Span<double> m, int n)
    {
        double det = 1;
        for (int k = 0; k < n; k++)
        {
            int pivot = k;
            for (int i = k + 1; i < n; i++) if (Math.Abs(m[i * n + k]) > Math.Abs(m[pivot * n + k])) pivot = i;
            if (m[pivot * n + k] == 0) return 0;
            if (pivot != k)
            {
                det = -det;
                for (int j = k; j < n; j++) (m[k * n + j], m[pivot * n + j]) = (m[pivot * n + j], m[k * n + j]);
            }
            det *= m[k * n + k];
            for (int i = k + 1; i < n; i++)
            {
                double f = m[i * n + k] / m[k * n + k];
                for (int j = k + 1; j < n; j++) m[i * n + j] -= f * m[k * n + j];
            }
        }
        return det;
    }
}
