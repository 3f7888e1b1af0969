namespace Tessera.Ops.Ml;

/// <summary>Class probabilities p from pairwise ones r: the minimiser of Σ (r_ji p_i − r_ij p_j)² with Σ p = 1.</summary>
/// <remarks>Source: Wu, Lin and Weng, "Probability estimates for multi-class classification by pairwise coupling", JMLR 5 (2004), second method.</remarks>
internal static class PairwiseCoupling
{
    public static void Solve(ReadOnlySpan<double> decisions, double[] a, double[] b, Span<float> p)
    {
        int n = p.Length, pair = 0;
        double[,] r = new double[n, n], q = new double[n, n];
        for (int i = 0; i < n; i++)
            for (int j = i + 1; j < n; j++, pair++)
            {
                r[i, j] = Math.Clamp(1 / (1 + Math.Exp(decisions[pair] * a[pair] + b[pair])), 1e-7, 1 - 1e-7);
                r[j, i] = 1 - r[i, j];
            }
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                if (i == j) for (int k = 0; k < n; k++) q[i, i] += k == i ? 0 : r[k, i] * r[k, i];
                else q[i, j] = -r[j, i] * r[i, j];
        double[] x = [.. Enumerable.Repeat(1.0 / n, n)], qx = new double[n];
        for (int round = 0; round < Math.Max(100, n); round++)
        {
            double total = 0, worst = 0;
            for (int i = 0; i < n; i++)
            {
                qx[i] = 0;
                for (int j = 0; j < n; j++) qx[i] += q[i, j] * x[j];
                total += x[i] * qx[i];
            }
            for (int i = 0; i < n; i++) worst = Math.Max(worst, Math.Abs(qx[i] - total));
            if (worst < 0.005 / n) break;
            for (int i = 0; i < n; i++)
            {
                double d = (total - qx[i]) / q[i, i];
                x[i] += d;
                total = (total + d * (d * q[i, i] + 2 * qx[i])) / ((1 + d) * (1 + d));
                for (int j = 0; j < n; j++) (qx[j], x[j]) = ((qx[j] + d * q[i, j]) / (1 + d), x[j] / (1 + d));
            }
        }
        for (int i = 0; i < n; i++) p[i] = (float)x[i];
    }
}
