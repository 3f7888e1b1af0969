using System.Numerics;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Adds what each tap of a transposed convolution gives to the output positions that it reaches.</summary>
/// <remarks>Geometry of a transposed convolution: input position i and tap k reach output i·stride + k·dilation − before.</remarks>
internal sealed unsafe class TapSums(ConvGeometry g)
{
    private readonly long _inSize = g.InSize;
    private readonly int _last = g.Rank - 1;

    public void AddTap<T>(long tap, T* x, T* y) where T : unmanaged, INumber<T>
    {
        long* reach = stackalloc long[Shape.MaxRank];
        for (int a = _last; a >= 0; a--)
        {
            (tap, long k) = Math.DivRem(tap, g.Kernel[a]);
            reach[a] = k * g.Dilations[a] - g.Before[a];
        }
        long width = g.In[_last], step = g.Strides[_last], first = reach[_last], size = g.Out[_last];
        long lo = first >= 0 ? 0 : Math.Min(width, (-first + step - 1) / step), hi = first >= size ? lo : Math.Clamp((size - first + step - 1) / step, lo, width);
        for (long row = 0; row < _inSize / width; row++, x += width)
        {
            long rest = row, at = 0, scale = 1;
            bool inside = true;
            for (int a = _last - 1; a >= 0; a--)
            {
                (rest, long i) = Math.DivRem(rest, g.In[a]);
                long o = i * g.Strides[a] + reach[a];
                inside &= (ulong)o < (ulong)g.Out[a];
                at += o * scale;
                scale *= g.Out[a];
            }
            if (inside) AddRow(x + lo, y + at * size + first + lo * step, hi - lo, step);
        }
    }

    private static void AddRow<T>(T* x, T* y, long n, long step) where T : unmanaged, INumber<T>
    {
        long i = 0;
        if (step == 1) for (; i + Vector<T>.Count <= n; i += Vector<T>.Count) (Vector.Load(x + i) + Vector.Load(y + i)).Store(y + i);
        for (; i < n; i++) y[i * step] += x[i];
    }
}
