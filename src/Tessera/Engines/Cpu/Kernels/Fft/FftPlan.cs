using System.Numerics;
using System.Runtime.InteropServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>How a transform of one length runs: radices 4, 2, 3, 5 and small primes in turn, or, for large primes, as a convolution of a power of two (Bluestein).</summary>
/// <remarks>Angles are taken in double precision and rounded once to the element type.</remarks>
internal sealed unsafe class FftPlan<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int LargestRadix = 13;

    /// <param name="n">Length.</param>
    /// <param name="own">Gives memory that lives as long as the plan.</param>
    public FftPlan(int n, Func<long, nint> own)
    {
        N = n;
        int[]? radices = Factor(n);
        Radices = radices ?? [];
        if (radices is null)
        {
            int m = (int)BitOperations.RoundUpToPowerOf2((uint)(2 * n - 1));
            Inner = new FftPlan<T>(m, own);
            Chirp = Chirps(n, own);
            Spectrum = Filter(n, m, own);
            return;
        }
        Twiddles = new nint[Radices.Length];
        int left = n;
        for (int i = 0; i < Radices.Length; i++)
        {
            Twiddles[i] = Turns(left, Radices[i], own);
            left /= Radices[i];
        }
    }

    public int N { get; }

    public int[] Radices { get; }

    /// <summary>Per pass, for p = 0 … m−1 and j = 1 … radix−1: e^(−2πi·j·p ÷ (radix·m)).</summary>
    public nint[] Twiddles { get; } = [];

    /// <summary>The power of two that a Bluestein transform goes through.</summary>
    public FftPlan<T>? Inner { get; }

    /// <summary>e^(−πi·j² ÷ N).</summary>
    public T* Chirp { get; }

    /// <summary>Transform of the conjugate chirp, divided by the inner length.</summary>
    public T* Spectrum { get; }

    /// <summary>Whether n has small factors only.</summary>
    public static bool Splits(int n) => Factor(n) is not null;

    private static int[]? Factor(int n)
    {
        List<int> f = [];
        while (n % 4 == 0) { f.Add(4); n /= 4; }
        for (int p = 2; p <= LargestRadix; p++) while (n % p == 0) { f.Add(p); n /= p; }
        return n == 1 ? [.. f] : null;
    }

    private static nint Turns(int n, int radix, Func<long, nint> own)
    {
        int m = n / radix;
        nint to = own(2L * sizeof(T) * m * (radix - 1));
        T* t = (T*)to;
        for (int p = 0; p < m; p++)
            for (int j = 1; j < radix; j++, t += 2) Set(t, -2 * Math.PI * ((long)j * p % n) / n);
        return to;
    }

    /// <summary>e^(i·angle)</summary>
    public static void Set(T* to, double angle)
    {
        (double sin, double cos) = Math.SinCos(angle);
        (to[0], to[1]) = (T.CreateTruncating(cos), T.CreateTruncating(sin));
    }

    private static T* Chirps(int n, Func<long, nint> own)
    {
        T* c = (T*)own(2L * sizeof(T) * n);
        // j² modulo 2n keeps the angle exact.
        for (long j = 0; j < n; j++) Set(c + 2 * j, -Math.PI * (j * j % (2L * n)) / n);
        return c;
    }

    private T* Filter(int n, int m, Func<long, nint> own)
    {
        T* s = (T*)own(2L * sizeof(T) * m);
        FftPlan<double> plan = typeof(T) == typeof(double) ? (FftPlan<double>)(object)Inner! : new FftPlan<double>(m, own);
        Vector<double>* x = (Vector<double>*)NativeMemory.AlignedAlloc((nuint)(4L * sizeof(Vector<double>) * m), 64), y = x + 2L * m;
        for (int i = 0; i < 2 * m; i++) x[i] = default;
        for (long j = 0; j < n; j++)
        {
            (double sin, double cos) = Math.SinCos(Math.PI * (j * j % (2L * n)) / n);
            x[2 * j] = x[2 * ((m - j) % m)] = Vector.Create(cos);
            x[2 * j + 1] = x[2 * ((m - j) % m) + 1] = Vector.Create(sin);
        }
        Vector<double>* z = FftPasses<double>.Run(plan, x, y, null);
        for (int i = 0; i < 2 * m; i++) s[i] = T.CreateTruncating(z[i][0] / m);
        NativeMemory.AlignedFree(x);
        return s;
    }
}
