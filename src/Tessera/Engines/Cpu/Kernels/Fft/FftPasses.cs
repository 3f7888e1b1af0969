using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Forward transforms of as many lines as a vector has lanes, one line per lane: element i is a vector of real parts, then one of imaginary parts.</summary>
internal static unsafe class FftPasses<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Vectors that <see cref="Run"/> needs besides x and y.</summary>
    public static long Scratch(FftPlan<T> p) => p.Inner is { } inner ? 4L * inner.N : 0;

    /// <summary>Transforms x, using y; returns where the result is.</summary>
    public static Vector<T>* Run(FftPlan<T> p, Vector<T>* x, Vector<T>* y, Vector<T>* scratch)
    {
        if (p.Inner is not null)
        {
            Bluestein(p, x, scratch);
            return x;
        }
        int n = p.N, s = 1;
        for (int i = 0; i < p.Radices.Length; i++)
        {
            int r = p.Radices[i], m = n / r;
            T* w = (T*)p.Twiddles[i];
            switch (r)
            {
                case 2: Two(x, y, m, s, w); break;
                case 3: Three(x, y, m, s, w); break;
                case 4: Four(x, y, m, s, w); break;
                default: Any(r, x, y, m, s, w); break;
            }
            (n, s) = (m, s * r);
            Vector<T>* t = x;
            x = y;
            y = t;
        }
        return x;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector<T>* y, Vector<T> re, Vector<T> im, T* w)
    {
        Vector<T> c = Vector.Create(w[0]), s = Vector.Create(w[1]);
        y[0] = re * c - im * s;
        y[1] = re * s + im * c;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two(Vector<T>* x, Vector<T>* y, int m, int s, T* w)
    {
        long far = 2L * s * m;
        for (int p = 0; p < m; p++, w += 2, y += 2L * s)
            for (int q = 0; q < s; q++, x += 2, y += 2)
            {
                Vector<T>* b = x + far;
                Store(y + 2L * s, x[0] - b[0], x[1] - b[1], w);
                (y[0], y[1]) = (x[0] + b[0], x[1] + b[1]);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Three(Vector<T>* x, Vector<T>* y, int m, int s, T* w)
    {
        long far = 2L * s * m;
        Vector<T> half = Vector.Create(T.CreateTruncating(0.5)), h = Vector.Create(T.CreateTruncating(0.8660254037844386468));
        for (int p = 0; p < m; p++, w += 4, y += 4L * s)
            for (int q = 0; q < s; q++, x += 2, y += 2)
            {
                Vector<T>* b = x + far, c = b + far;
                Vector<T> sr = b[0] + c[0], si = b[1] + c[1], dr = (b[0] - c[0]) * h, di = (b[1] - c[1]) * h, tr = x[0] - sr * half, ti = x[1] - si * half;
                Store(y + 2L * s, tr + di, ti - dr, w);
                Store(y + 4L * s, tr - di, ti + dr, w + 2);
                (y[0], y[1]) = (x[0] + sr, x[1] + si);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(Vector<T>* x, Vector<T>* y, int m, int s, T* w)
    {
        long far = 2L * s * m;
        for (int p = 0; p < m; p++, w += 6, y += 6L * s)
            for (int q = 0; q < s; q++, x += 2, y += 2)
            {
                Vector<T>* b = x + far, c = b + far, d = c + far;
                Vector<T> ar = x[0] + c[0], ai = x[1] + c[1], br = x[0] - c[0], bi = x[1] - c[1];
                Vector<T> cr = b[0] + d[0], ci = b[1] + d[1], dr = b[0] - d[0], di = b[1] - d[1];
                Store(y + 2L * s, br + di, bi - dr, w);
                Store(y + 4L * s, ar - cr, ai - ci, w + 2);
                Store(y + 6L * s, br - di, bi + dr, w + 4);
                (y[0], y[1]) = (ar + cr, ai + ci);
            }
    }

    /// <summary>A small prime: pairs of inputs k and r − k share their cosines and sines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Any(int r, Vector<T>* x, Vector<T>* y, int m, int s, T* w)
    {
        long far = 2L * s * m;
        T* turn = stackalloc T[2 * r];
        for (int k = 0; k < r; k++) (turn[2 * k], turn[2 * k + 1]) = (T.CreateTruncating(Math.Cos(2 * Math.PI * k / r)), T.CreateTruncating(Math.Sin(2 * Math.PI * k / r)));
        for (int p = 0; p < m; p++, w += 2 * (r - 1), y += 2L * s * (r - 1))
            for (int q = 0; q < s; q++, x += 2, y += 2)
            {
                for (int j = 1; j <= r / 2; j++)
                {
                    Vector<T> er = x[0], ei = x[1], or = default, oi = default;
                    for (int k = 1; k <= r / 2; k++)
                    {
                        Vector<T>* a = x + k * far, b = x + (r - k) * far;
                        Vector<T> c = Vector.Create(turn[2 * (j * k % r)]), t = Vector.Create(turn[2 * (j * k % r) + 1]);
                        er += (a[0] + b[0]) * c;
                        ei += (a[1] + b[1]) * c;
                        or += (a[0] - b[0]) * t;
                        oi += (a[1] - b[1]) * t;
                    }
                    Store(y + 2L * s * j, er + oi, ei - or, w + 2 * (j - 1));
                    Store(y + 2L * s * (r - j), er - oi, ei + or, w + 2 * (r - j - 1));
                }
                Vector<T> zr = x[0], zi = x[1];
                for (int k = 1; k < r; k++) (zr, zi) = (zr + x[k * far], zi + x[k * far + 1]);
                (y[0], y[1]) = (zr, zi);
            }
    }

    /// <summary>X[k] = chirp[k]·Σⱼ (x[j]·chirp[j])·conj chirp[k − j]: a cyclic convolution of a longer length.</summary>
    private static void Bluestein(FftPlan<T> p, Vector<T>* x, Vector<T>* scratch)
    {
        FftPlan<T> inner = p.Inner!;
        long m = inner.N;
        Vector<T>* a = scratch, b = scratch + 2 * m;
        for (long j = 0; j < p.N; j++) Store(a + 2 * j, x[2 * j], x[2 * j + 1], p.Chirp + 2 * j);
        for (long j = 2L * p.N; j < 2 * m; j++) a[j] = default;
        Vector<T>* f = Run(inner, a, b, null), other = f == a ? b : a;
        // The inverse is a forward transform with real and imaginary parts exchanged.
        for (long j = 0; j < m; j++)
        {
            Store(f + 2 * j, f[2 * j], f[2 * j + 1], p.Spectrum + 2 * j);
            (f[2 * j], f[2 * j + 1]) = (f[2 * j + 1], f[2 * j]);
        }
        f = Run(inner, f, other, null);
        for (long j = 0; j < p.N; j++) Store(x + 2 * j, f[2 * j + 1], f[2 * j], p.Chirp + 2 * j);
    }
}
