using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>The discrete Fourier transform by its definition: X[k] = Σⱼ x[j]·e^(∓2πi·jk/n), divided by n when inverse.</summary>
internal static class Fourier
{
    public static Cells Transform(Cells x, Arg.Fft a)
    {
        (int outer, int n, int inner) = Positions.Around(x.Shape, a.Axis);
        double[] y = new double[x.Count], cos = new double[n], sin = new double[n];
        for (int j = 0; j < n; j++)
        {
            (sin[j], cos[j]) = Math.SinCos(2 * Math.PI * j / n);
            if (!a.Inverse) sin[j] = -sin[j];
        }
        double scale = a.Inverse ? 1.0 / n : 1;
        for (int o = 0; o < outer; o++)
            for (int i = 0; i < inner; i += 2)
                for (int k = 0; k < n; k++)
                {
                    double re = 0, im = 0;
                    for (int j = 0; j < n; j++)
                    {
                        int from = (o * n + j) * inner + i, turn = (int)((long)j * k % n);
                        re += x.Floats[from] * cos[turn] - x.Floats[from + 1] * sin[turn];
                        im += x.Floats[from] * sin[turn] + x.Floats[from + 1] * cos[turn];
                    }
                    int at = (o * n + k) * inner + i;
                    (y[at], y[at + 1]) = (re * scale, im * scale);
                }
        return new(x.Type, x.Shape, y);
    }
}
