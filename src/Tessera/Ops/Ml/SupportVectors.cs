using Tessera.Ir;

namespace Tessera.Ops.Ml;

/// <summary>Support vector machines: kernels as matrix products, then votes or sums.</summary>
/// <remarks>Source: ai.onnx.ml SVMClassifier-1 and SVMRegressor-1; pairwise probabilities as in LIBSVM (Wu, Lin, Weng 2004).</remarks>
internal static class SupportVectors
{
    private const string Domain = "ai.onnx.ml";

    public static OpDef[] All =>
    [
        new("SVMRegressor", Regress, "ai.onnx.ml SVMRegressor-1", Domain),
        new("SVMClassifier", Classify, "ai.onnx.ml SVMClassifier-1", Domain),
    ];

    private static Lowered[] Regress(Lowering c)
    {
        GraphBuilder g = c.G;
        Node x = g.Cast(c[0], DType.Float32);
        double[] w = Floats(c, "coefficients");
        long supports = c.Int("n_supports", 0);
        Node y = supports > 0 ? g.MatMul(Kernel(c, x, Matrix(g, Floats(c, "support_vectors"), supports, x.Shape[1])), Matrix(g, w, supports, 1))
            : Kernel(c, x, Matrix(g, w, 1, x.Shape[1]));
        y = g.Add(y, c.Floats("rho")?[0] ?? 0);
        if (c.Flag("one_class")) y = g.Where(g.Gt(y, 0), g.Scalar(y, 1), g.Scalar(y, -1));
        return [PostTransform.Apply(c, y)];
    }

    private static Lowered[] Classify(Lowering c)
    {
        GraphBuilder g = c.G;
        Node x = g.Cast(c[0], DType.Float32);
        Node? labels = PostTransform.Labels(c, "classlabels_ints");
        int classes = (int)(labels?.Shape[0] ?? 1);
        double[] w = Floats(c, "coefficients"), rho = Floats(c, "rho");
        long[] per = c.Ints("vectors_per_class") ?? [];
        if (per.Length == 0)
        {
            Node linear = g.Add(Kernel(c, x, Matrix(g, w, classes, x.Shape[1])), rho[0]);
            return classes > 1 ? [PostTransform.Largest(g, linear, labels), PostTransform.Apply(c, linear)] : [PostTransform.Either(g, g.Gt(g.Squeeze(linear, 1), 0), labels), PostTransform.Apply(c, linear)];
        }
        Node k = Kernel(c, x, Matrix(g, Floats(c, "support_vectors"), per.Sum(), x.Shape[1]));
        Node decisions = g.Add(g.MatMul(k, g.Const(PairWeights(c, per, w))), g.Const(Tensor.From(Array.ConvertAll(rho, v => (float)v), [rho.Length])));
        // A positive decision of pair (i, j) votes for i.
        Node wins = g.Cast(g.Gt(decisions, 0), DType.Float32);
        Node votes = g.MatMul(g.Concat(1, wins, g.Sub(1, wins)), g.Const(VoteMatrix(classes)));
        if (c.Floats("prob_a") is { Length: > 0 } a)
        {
            Node p = Probabilities(c, decisions, a, Floats(c, "prob_b"), classes);
            return [PostTransform.Largest(g, votes, labels), PostTransform.Apply(c, p)];
        }
        Node scores = classes == 2 ? PostTransform.Apply(c, g.Concat(1, g.Neg(decisions), decisions)) : PostTransform.Apply(c, decisions);
        return [PostTransform.Largest(g, votes, labels), scores];
    }

    /// <summary>k(x, v) for rows of x [N, F] and v [S, F]: [N, S].</summary>
    private static Node Kernel(Lowering c, Node x, Node v)
    {
        GraphBuilder g = c.G;
        double[] p = c.Floats("kernel_params") ?? [0, 0, 0];
        Node Dot() => g.MatMul(x, g.Transpose(v, 1, 0));
        switch (c.String("kernel_type", "LINEAR"))
        {
            case "LINEAR": return Dot();
            case "POLY": return g.Pow(g.Add(g.Mul(Dot(), p[0]), p[1]), p[2]);
            case "SIGMOID": return g.Tanh(g.Add(g.Mul(Dot(), p[0]), p[1]));
            case "RBF":
                Node d = g.Sub(g.Unsqueeze(x, 1), g.Unsqueeze(v, 0));
                return g.Exp(g.Mul(g.Sum(g.Mul(d, d), false, 2), -p[0]));
            case var other: throw c.Unsupported($"kernel_type '{other}' is unknown.");
        }
    }

    // Coefficients [C−1, S]: row j−1 weighs class i's vectors against j, row i those of class j against i.
    private static Tensor PairWeights(Lowering c, long[] per, double[] w)
    {
        int n = per.Length, s = (int)per.Sum(), pair = 0;
        if (w.Length != (n - 1) * s) throw c.Error(ErrorCode.ShapeMismatch, $"{w.Length} coefficients do not fit {n} classes with {s} support vectors.");
        int[] start = [.. per.Select((_, i) => (int)per.Take(i).Sum())];
        float[] m = new float[s * (n * (n - 1) / 2)];
        int pairs = n * (n - 1) / 2;
        for (int i = 0; i < n; i++)
            for (int j = i + 1; j < n; j++, pair++)
            {
                for (int v = start[i]; v < start[i] + per[i]; v++) m[v * pairs + pair] = (float)w[(j - 1) * s + v];
                for (int v = start[j]; v < start[j] + per[j]; v++) m[v * pairs + pair] = (float)w[i * s + v];
            }
        return Tensor.From(m, [s, pairs]);
    }

    private static Tensor VoteMatrix(int classes)
    {
        int pairs = classes * (classes - 1) / 2, pair = 0;
        float[] m = new float[2 * pairs * classes];
        for (int i = 0; i < classes; i++)
            for (int j = i + 1; j < classes; j++, pair++) (m[pair * classes + i], m[(pairs + pair) * classes + j]) = (1, 1);
        return Tensor.From(m, [2 * pairs, classes]);
    }

    private static Node Probabilities(Lowering c, Node decisions, double[] a, double[] b, int classes) =>
        c.G.Host("pairwise probabilities", [c.G.Cast(decisions, DType.Float64)], [new(DType.Float32, [decisions.Shape[0], classes])], x =>
        {
            int pairs = a.Length, rows = (int)x[0].Shape[0];
            float[] y = new float[rows * classes];
            for (int r = 0; r < rows; r++) PairwiseCoupling.Solve(x[0].Span<double>().Slice(r * pairs, pairs), a, b, y.AsSpan(r * classes, classes));
            return [Tensor.From(y, [rows, classes])];
        });

    private static Node Matrix(GraphBuilder g, double[] v, long rows, long columns) => g.Const(Tensor.From(Array.ConvertAll(v, e => (float)e), [rows, columns]));

    private static double[] Floats(Lowering c, string name) => c.Floats(name) ?? throw c.Error(ErrorCode.MalformedModel, $"attribute '{name}' is missing.");
}
