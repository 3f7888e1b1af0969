using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>Convolution and its transpose, by their definitions, kernel tap by kernel tap.</summary>
internal static class Convolutions
{
    public static Cells Conv(Cells x, Cells w, Arg.Conv a, Shape to)
    {
        Taps taps = Taps.Of(x.Shape, w.Shape, to, a.Strides, a.Dilations, a.Before);
        return x.IsFloat
            ? new(x.Type, to, Conv(x.Floats, w.Floats, x.Shape, w.Shape, to, (int)a.Group, taps, (s, f, y, tap) => tap.Gather(s, f, y)))
            : new(x.Type, to, Array.ConvertAll(Conv(x.Integers, w.Integers, x.Shape, w.Shape, to, (int)a.Group, taps, (s, f, y, tap) => tap.Gather(s, f, y)), v => Rounding.Integer(x.Type, v)));
    }

    private delegate void Accumulate<T>(ReadOnlySpan<T> from, T factor, Span<T> to, Tap tap);

    private static T[] Conv<T>(T[] x, T[] w, Shape sx, Shape sw, Shape to, int groups, Taps taps, Accumulate<T> add)
    {
        T[] y = new T[checked((int)to.Count)];
        int channels = (int)sx[1], outputs = (int)to[1], each = (int)sw[1], inside = taps.Source, area = taps.Target, kernel = taps.All.Length;
        for (int n = 0; n < (int)sx[0]; n++)
            for (int m = 0; m < outputs; m++)
            {
                Span<T> plane = y.AsSpan((n * outputs + m) * area, area);
                int first = m / (outputs / groups) * each;
                for (int c = 0; c < each; c++)
                    for (int t = 0; t < kernel; t++)
                        add(x.AsSpan((n * channels + first + c) * inside, inside), w[(m * each + c) * kernel + t], plane, taps.All[t]);
            }
        return y;
    }

    public static Cells ConvTranspose(Cells x, Cells w, Arg.ConvTranspose a, Shape to)
    {
        // The transpose scatters where the convolution from `to` to x would gather.
        Taps taps = Taps.Of(to, w.Shape, x.Shape, a.Strides, a.Dilations, a.Before);
        return x.IsFloat
            ? new(x.Type, to, Transposed(x.Floats, w.Floats, x.Shape, w.Shape, to, (int)a.Group, taps, (s, f, y, tap) => tap.Scatter(s, f, y)))
            : new(x.Type, to, Array.ConvertAll(Transposed(x.Integers, w.Integers, x.Shape, w.Shape, to, (int)a.Group, taps, (s, f, y, tap) => tap.Scatter(s, f, y)), v => Rounding.Integer(x.Type, v)));
    }

    private static T[] Transposed<T>(T[] x, T[] w, Shape sx, Shape sw, Shape to, int groups, Taps taps, Accumulate<T> add)
    {
        T[] y = new T[checked((int)to.Count)];
        int channels = (int)sx[1], outputs = (int)to[1], each = (int)sw[1], area = taps.Source, inside = taps.Target, kernel = taps.All.Length;
        for (int n = 0; n < (int)sx[0]; n++)
            for (int c = 0; c < channels; c++)
            {
                ReadOnlySpan<T> plane = x.AsSpan((n * channels + c) * inside, inside);
                int first = c / (channels / groups) * each;
                for (int m = 0; m < each; m++)
                    for (int t = 0; t < kernel; t++)
                        add(plane, w[(c * each + m) * kernel + t], y.AsSpan((n * outputs + first + m) * area, area), taps.All[t]);
            }
        return y;
    }
}
