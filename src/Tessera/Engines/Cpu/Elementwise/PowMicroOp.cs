using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>aᵇ of Float32, computed in Float64; at most 1 ulp.</summary>
internal sealed unsafe class PowMicroOp : MicroOp
{
    private const int Chunk = 128;

    private static readonly ConvertMicroOp<float, double> Widen = new(false);
    private static readonly ConvertMicroOp<double, float> Narrow = new(false);

    public override double Cost => 1.5;

    [SkipLocalsInit]
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        double* x = stackalloc double[2 * Chunk], e = x + Chunk;
        for (nint i = 0; i < n; i += Chunk)
        {
            nint m = Math.Min(Chunk, n - i);
            Widen.Run((byte*)((float*)a + i), null, null, (byte*)x, m);
            Widen.Run((byte*)((float*)b + i), null, null, (byte*)e, m);
            Loops.Binary<SinglePowOp, double>(x, e, x, m);
            Narrow.Run((byte*)x, null, null, (byte*)((float*)y + i), m);
        }
    }
}

/// <summary>aᵇ = e^(b·ln |a|) of Float64 lanes that hold Float32 numbers, relative error about 2⁻³⁷, with the special cases of IEEE 754.
/// ln m = 2·artanh s, s = (m − 1) ÷ (m + 1), as a series in s²; e^r as its Taylor polynomial of degree 10.</summary>
internal readonly struct SinglePowOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T>
    {
        V zero = V.All(default!), one = Number.Of<V, T>(1), infinity = Number.Of<V, T>(double.PositiveInfinity), minus = Number.Of<V, T>(-0.0), magnitude = V.Abs(a);
        V log = V.Select(V.Equal(magnitude, zero), -infinity, V.Select(V.Equal(magnitude, infinity), infinity, Log<V, T>(magnitude)));
        V y = Exp<V, T>(V.Clamp(b * log, Number.Of<V, T>(-700), Number.Of<V, T>(700)));
        V whole = V.Equal(V.Floor(b), b), half = b * Number.Of<V, T>(0.5), odd = whole & ~V.Equal(V.Floor(half), half);
        y |= odd & a & minus;
        V undefined = (V.Less(a, zero) & V.Less(magnitude, infinity) & ~whole) | ~V.Equal(a, a) | ~V.Equal(b, b);
        // 1 to any power and anything to the power 0 are 1, NaN included; so is −1 to the power ±∞.
        V unit = V.Equal(a, one) | V.Equal(b, zero) | (V.Equal(magnitude, one) & V.Equal(V.Abs(b), infinity));
        return V.Select(unit, one, V.Select(undefined, Number.Of<V, T>(double.NaN), y));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Log<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V e = V.Exponent(x, out V m), one = Number.Of<V, T>(1), s = (m - one) / (m + one), z = s * s;
        V p = Number.Polynomial<V, T>(z, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9);
        p = V.Fma(V.Fma(V.Fma(p, z, Number.Of<V, T>(1.0 / 7)), z, Number.Of<V, T>(1.0 / 5)), z, Number.Of<V, T>(1.0 / 3));
        V twice = s + s;
        return V.Fma(e, Number.Of<V, T>(0.6931471805599453), V.Fma(twice * z, p, twice));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Exp<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        V n = V.Round(x * Number.Of<V, T>(1.4426950408889634)), r = V.Fma(n, Number.Of<V, T>(-0.6931471805599453), x);
        V p = Number.Polynomial<V, T>(r, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720);
        p = V.Fma(V.Fma(V.Fma(p, r, Number.Of<V, T>(1.0 / 120)), r, Number.Of<V, T>(1.0 / 24)), r, Number.Of<V, T>(1.0 / 6));
        p = V.Fma(V.Fma(V.Fma(p, r, Number.Of<V, T>(0.5)), r, Number.Of<V, T>(1)), r, Number.Of<V, T>(1));
        return p * V.Pow2(n);
    }
}
