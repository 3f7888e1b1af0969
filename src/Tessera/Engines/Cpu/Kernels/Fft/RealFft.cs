using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>The transform of one line of n real numbers, n even: neighbours as the two parts of n ÷ 2 complex numbers z. With M = n ÷ 2, E = (Z[k] + conj Z[M−k]) ÷ 2 and
/// O = (Z[k] − conj Z[M−k]) ÷ 2i, X[k] = E + e^(−2πi·k ÷ n)·O and X[M−k] = conj(E − e^(−2πi·k ÷ n)·O).</summary>
internal sealed unsafe class RealFft<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly LineFft<T> _half;
    private readonly long _m;
    private readonly T* _turns;

    private RealFft(LineFft<T> half, long m, Func<long, nint> own)
    {
        (_half, _m) = (half, m);
        _turns = (T*)own(2L * sizeof(T) * (m / 2 + 1));
        for (long k = 0; k <= m / 2; k++) FftPlan<T>.Set(_turns + 2 * k, -Math.PI * k / m);
    }

    /// <summary>The transform of length n; null when there is none of half that length.</summary>
    public static RealFft<T>? Of(long n, Func<long, nint> own) => n % 2 == 0 && LineFft<T>.Of(n / 2, own) is { } half ? new(half, n / 2, own) : null;

    public long Scratch => _half.Scratch;

    /// <param name="x">n numbers.</param>
    /// <param name="y">Bins: n ÷ 2 + 1 or all n.</param>
    /// <param name="bins">How many.</param>
    /// <param name="work"><see cref="Scratch"/> vectors.</param>
    /// <param name="inverse">Conjugate, and divided by n.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(T* x, T* y, long bins, Vector<T>* work, bool inverse)
    {
        _half.Run(x, y, work, false, T.One);
        T half = T.CreateTruncating(0.5), scale = inverse ? T.One / T.CreateTruncating(2 * _m) : T.One, sign = inverse ? -scale : scale;
        T re = y[0], im = y[1];
        (y[0], y[1], y[2 * _m], y[2 * _m + 1]) = ((re + im) * scale, T.Zero, (re - im) * scale, T.Zero);
        for (long k = 1; k <= _m / 2; k++)
        {
            T* a = y + 2 * k, b = y + 2 * (_m - k), w = _turns + 2 * k;
            T er = (a[0] + b[0]) * half, ei = (a[1] - b[1]) * half, or = (a[1] + b[1]) * half, oi = (b[0] - a[0]) * half;
            T tr = or * w[0] - oi * w[1], ti = or * w[1] + oi * w[0];
            (a[0], a[1]) = ((er + tr) * scale, (ei + ti) * sign);
            (b[0], b[1]) = ((er - tr) * scale, (ti - ei) * sign);
        }
        for (long k = _m + 1; k < bins; k++) (y[2 * k], y[2 * k + 1]) = (y[2 * (2 * _m - k)], -y[2 * (2 * _m - k) + 1]);
    }
}
