using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>The discrete Fourier transform by its definition: X[k] = Σⱼ x[j]·e^(∓2πi·jk/n), divided by n when inverse.</summary>
internal static class Fourier
{
    /// <param name="x">[… , 2], or [… , 1] when real.</param>
    /// <param name="a">Axis and direction.</param>
    /// <param name="to">The shape of the result: as many bins along the axis as are wanted.</param>
    public static Cells Transform(Cells x, Arg.Fft a, Shape to)
    {
        (int outer, int n, int inner) = Positions.Around(x.Shape, a.Axis);
        int parts = (int)x.Shape[-1], bins = (int)to[a.Axis], lines = inner / parts;
        double[] y = new double[to.Count], cos = new double[n], sin = new double[n];
        for (int j = 0; j < n; j++)
        {
            (sin[j], cos[j]) = Math.SinCos(2 * Math.PI * j / n);
            if (!a.Inverse) sin[j] = -sin[j];
        }
        double scale = a.Inverse ? 1.0 / n : 1;
        for (int o = 0; o < outer; o++)
            for (int i = 0; i < lines; i++)
                for (int k = 0; k < bins; k++)
                {
                    double re = 0, im = 0;
                    for (int j = 0; j < n; j++)
                    {
                        int from = (o * n + j) * inner + i * parts, turn = (int)((long)j * k % n);
                        double imaginary = parts == 2 ? x.Floats[from + 1] : 0;
                        re += x.Floats[from] * cos[turn] - imaginary * sin[turn];
                        im += x.Floats[from] * sin[turn] + imaginary * cos[turn];
                    }
                    int at = ((o * bins + k) * lines + i) * 2;
                    (y[at], y[at + 1]) = (re * scale, im * scale);
                }
        return new(x.Type, to, y);
    }
}
