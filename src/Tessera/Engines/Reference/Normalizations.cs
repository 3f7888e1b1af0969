using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>Softmax, its logarithm, and normalisation to unit variance.</summary>
internal static class Normalizations
{
    public static Cells Softmax(Cells x, int axis, bool log)
    {
        (int outer, int along, int inner) = Positions.Around(x.Shape, axis);
        double[] y = new double[x.Count], row = new double[along];
        for (int o = 0; o < outer; o++)
            for (int i = 0; i < inner; i++)
            {
                int at = o * along * inner + i;
                for (int j = 0; j < along; j++) row[j] = x.Floats[at + j * inner];
                Softmax(row, log);
                for (int j = 0; j < along; j++) y[at + j * inner] = row[j];
            }
        return new(x.Type, x.Shape, y);
    }

    /// <summary>e^(x − max) ÷ Σ e^(x − max), in place.</summary>
    public static void Softmax(Span<double> row, bool log)
    {
        double max = double.NegativeInfinity, sum = 0;
        foreach (double v in row) max = Math.Max(max, v);
        foreach (double v in row) sum += Math.Exp(v - max);
        for (int j = 0; j < row.Length; j++) row[j] = log ? row[j] - max - Math.Log(sum) : Math.Exp(row[j] - max) / sum;
    }

    public static Cells Norm(Cells x, Arg.Norm a)
    {
        Shape kept = ShapeRules.Reduced(x.Shape, a.Axes, keep: true);
        int[] group = Positions.Of(x.Shape, GroupSteps(kept, x.Shape));
        int groups = checked((int)kept.Count);
        double n = groups == 0 ? 1 : (double)x.Count / groups;
        double[] mean = new double[groups], square = new double[groups], y = new double[x.Count];
        if (a.Centered)
        {
            for (int i = 0; i < y.Length; i++) mean[group[i]] += x.Floats[i];
            for (int i = 0; i < mean.Length; i++) mean[i] /= n;
        }
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = x.Floats[i] - mean[group[i]];
            square[group[i]] += y[i] * y[i];
        }
        for (int i = 0; i < y.Length; i++) y[i] /= Math.Sqrt(square[group[i]] / n + a.Epsilon);
        return new(x.Type, x.Shape, y);
    }

    private static long[] GroupSteps(Shape kept, Shape full)
    {
        Shape strides = kept.RowMajorStrides();
        long[] steps = strides.ToArray();
        for (int i = 0; i < steps.Length; i++) if (kept[i] == 1 && full[i] != 1) steps[i] = 0;
        return steps;
    }
}
