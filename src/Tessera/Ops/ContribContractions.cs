using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Matrix products and convolutions of com.microsoft with work fused to them.</summary>
internal static class ContribContractions
{
    private const string Domain = "com.microsoft";

    public static OpDef[] All =>
    [
        new("FusedMatMul", c => [FusedMatMul(c)], "com.microsoft FusedMatMul-1", Domain),
        new("TransposeMatMul", c => [FusedMatMul(c)], "com.microsoft TransposeMatMul-1", Domain),
        new("FusedMatMulActivation", c => [ContribActivations.Apply(c, FusedMatMul(c), c.String("activation", ""), Params(c))], "com.microsoft FusedMatMulActivation-1", Domain),
        new("FusedGemm", c => [FusedGemm(c)], "com.microsoft FusedGemm-1", Domain),
        new("FusedConv", c => [FusedConv(c)], "com.microsoft FusedConv-1", Domain),
        new("MatMulNBits", c => [PackedMatMul(c)], "com.microsoft MatMulNBits-1", Domain),
        new("Inverse", c => [Inverse(c)], "com.microsoft Inverse-1", Domain),
    ];

    private static double[] Params(Attributes c) => [c.Float("activation_alpha", 0), c.Float("activation_beta", 0), c.Float("activation_gamma", 0)];

    /// <summary>alpha · a′ · b′; transBatch moves axis 0 in front of the last axis first.</summary>
    private static Node FusedMatMul(Lowering c)
    {
        GraphBuilder g = c.G;
        Node Side(Node x, string batch, string last)
        {
            int r = x.Shape.Rank;
            if (c.Flag(batch) && r > 2) x = g.Transpose(x, [.. Enumerable.Range(1, r - 2), 0, r - 1]);
            return c.Flag(last) && r > 1 ? g.TransposeLast(x) : x;
        }
        Node y = g.MatMul(Side(c[0], "transBatchA", "transA"), Side(c[1], "transBatchB", "transB"));
        double alpha = c.Float("alpha", 1);
        return alpha == 1 ? y : g.Mul(y, alpha);
    }

    private static Node FusedGemm(Lowering c)
    {
        GraphBuilder g = c.G;
        if (c[0].Shape.Rank != 2 || c[1].Shape.Rank != 2) throw c.Error(ErrorCode.ShapeMismatch, $"operands {c[0].Shape} and {c[1].Shape} must be matrices.");
        Node y = g.MatMul(c.Flag("transA") ? g.TransposeLast(c[0]) : c[0], c.Flag("transB") ? g.TransposeLast(c[1]) : c[1]);
        double alpha = c.Float("alpha", 1), beta = c.Float("beta", 1);
        if (alpha != 1) y = g.Mul(y, alpha);
        if (c.Maybe(2) is { } bias && beta != 0) y = g.Add(y, beta == 1 ? bias : g.Mul(bias, beta));
        return ContribActivations.Apply(c, y, c.String("activation", ""), Params(c));
    }

    private static Node FusedConv(Lowering c)
    {
        GraphBuilder g = c.G;
        Node y = Convolutions.Biased(g, Convolutions.Conv(c, c[0], c[1]), c.Maybe(2));
        if (c.Maybe(3) is { } z) y = g.Add(y, z);
        return ContribActivations.Apply(c, y, c.String("activation", ""), c.Floats("activation_params") ?? []);
    }

    /// <summary>a · wᵀ + bias with w [N, K] in unsigned integers of 2, 4 or 8 bits, one scale and zero point per block of a row.</summary>
    private static Node PackedMatMul(Lowering c)
    {
        GraphBuilder g = c.G;
        long k = c.Int("K", 0), n = c.Int("N", 0), bits = c.Int("bits", 4), block = c.Int("block_size", 0);
        if (bits is not (2 or 4 or 8) || block < 1 || k < 1 || n < 1) throw c.Unsupported($"K = {k}, N = {n}, bits = {bits}, block_size = {block}; 2, 4 and 8 bits in blocks of a positive size are supported.");
        long blocks = (k + block - 1) / block, bytes = (block * bits + 7) / 8;
        if (c[1].Type != DType.UInt8 || c[1].Shape.Count != n * blocks * bytes || c[2].Shape.Count != n * blocks)
            throw c.Error(ErrorCode.ShapeMismatch, $"weights {c[1]} and scales {c[2].Shape} must hold {n} rows of {blocks} blocks of {bytes} bytes.");
        Node w = Unpack(g, g.Reshape(c[1], Shape.Of(n, blocks, bytes)), bits, block);
        Node scale = g.Reshape(g.Cast(c[2], DType.Float32), Shape.Of(n, blocks, 1));
        Node zero = g.Scalar(DType.Float32, 1 << (int)(bits - 1));
        if (c.Maybe(3) is { } z)
            zero = z.Type == DType.UInt8 ? Unpack(g, g.Reshape(z, Shape.Of(n, 1, z.Shape.Count / n)), bits, blocks) : g.Cast(z, DType.Float32);
        zero = zero.Shape.Count == 1 ? zero : g.Reshape(zero, Shape.Of(n, blocks, 1));
        Node weights;
        if (c.Maybe(4) is { } groups)
        {
            // Column j of w belongs to block groups[j], in whatever order the quantiser chose.
            Node Each(Node v) => v.Shape.Count == 1 ? v : g.Gather(g.Reshape(v, Shape.Of(n, blocks)), groups, 1);
            Node columns = g.Slice(g.Reshape(w, Shape.Of(n, blocks * block)), 1, 0, k);
            weights = g.Mul(g.Sub(columns, Each(zero)), Each(scale));
        }
        else weights = g.Slice(g.Reshape(g.Mul(g.Sub(w, zero), scale), Shape.Of(n, blocks * block)), 1, 0, k);
        Node y = g.MatMul(g.Widen(c[0]), g.TransposeLast(weights));
        if (c.Maybe(5) is { } bias) y = g.Add(y, g.Widen(bias));
        return g.Cast(y, c[0].Type);
    }

    /// <summary>The first <paramref name="count"/> integers of each row of bytes [.., b], low bits first, as Float32.</summary>
    private static Node Unpack(GraphBuilder g, Node packed, long bits, long count)
    {
        if (bits == 8) return g.Cast(packed, DType.Float32);
        int axis = packed.Shape.Rank;
        Node[] parts = new Node[8 / bits];
        for (int i = 0; i < parts.Length; i++)
        {
            Node v = i == 0 ? packed : g.Binary(GraphOp.Shr, packed, g.Scalar(DType.UInt8, i * bits));
            parts[i] = g.Unsqueeze(g.And(v, g.Scalar(DType.UInt8, (1 << (int)bits) - 1)), axis);
        }
        Node all = g.Concat(axis, parts);
        all = g.Reshape(all, packed.Shape.With(axis - 1, packed.Shape[-1] * parts.Length));
        return g.Cast(g.Slice(all, axis - 1, 0, count), DType.Float32);
    }

    private static Node Inverse(Lowering c)
    {
        GraphBuilder g = c.G;
        Shape s = c[0].Shape;
        if (s.Rank < 2 || s[-1] != s[-2]) throw c.Error(ErrorCode.ShapeMismatch, $"input {s} must hold square matrices.");
        Node y = g.Host("Inverse", [g.Cast(c[0], DType.Float64)], [new(DType.Float64, s)], t => [Inverse(t[0])]);
        return g.Cast(y, c[0].Type);
    }

    /// <summary>Gauss–Jordan elimination with row pivoting.</summary>
    private static Tensor Inverse(Tensor x)
    {
        int n = (int)x.Shape[-1];
        Tensor y = Tensor.Zeros(DType.Float64, x.Shape);
        double[] a = new double[n * n];
        for (int m = 0; m < x.Count / Math.Max(1, n * n); m++)
        {
            x.Span<double>().Slice(m * n * n, n * n).CopyTo(a);
            Span<double> b = y.Span<double>().Slice(m * n * n, n * n);
            for (int i = 0; i < n; i++) b[i * n + i] = 1;
            for (int i = 0; i < n; i++)
            {
                int pivot = i;
                for (int r = i + 1; r < n; r++) if (Math.Abs(a[r * n + i]) > Math.Abs(a[pivot * n + i])) pivot = r;
                if (a[pivot * n + i] == 0) throw new TesseraException(ErrorCode.InvalidArgument, $"Inverse: matrix {m} is singular.");
                for (int j = 0; j < n; j++) ((a[i * n + j], a[pivot * n + j]), (b[i * n + j], b[pivot * n + j])) = ((a[pivot * n + j], a[i * n + j]), (b[pivot * n + j], b[i * n + j]));
                double d = 1 / a[i * n + i];
                for (int j = 0; j < n; j++) { a[i * n + j] *= d; b[i * n + j] *= d; }
                for (int r = 0; r < n; r++)
                {
                    double f = a[r * n + i];
                    if (r == i || f == 0) continue;
                    for (int j = 0; j < n; j++) { a[r * n + j] -= f * a[i * n + j]; b[r * n + j] -= f * b[i * n + j]; }
                }
            }
        }
        return y;
    }
}
