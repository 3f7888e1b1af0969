using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Planes of a few channels to pixels whose channels are the lanes of one vector, and back.</summary>
internal static unsafe class Turning
{
    /// <summary>to[i·V.Count + l] = x[l·step + i] for i &lt; n; zero in the lanes from <paramref name="lanes"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ToLanes<V>(float* x, nint step, int lanes, float* to, int n) where V : unmanaged, ILanes<V, float>
    {
        if (lanes < V.Count) for (int i = 0; i < n; i++) V.Store(V.All(0), to + i * V.Count);
        if (n < 4)
        {
            for (int i = 0; i < n; i++) for (int l = 0; l < lanes; l++) to[i * V.Count + l] = x[l * step + i];
            return;
        }
        // The last four pixels may overlap those before them.
        for (int i = 0; i < n; i += 4)
        {
            int at = Math.Min(i, n - 4);
            if (lanes == V.Count) Four<V>(x + at, step, to + at * V.Count);
            else SomeTo(x + at, step, lanes, to + at * V.Count, V.Count);
        }
    }

    /// <summary>to[l·step + i] = x[i·xStep + l] for i &lt; n and l &lt; lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FromLanes<V>(float* x, nint xStep, float* to, nint step, int lanes, int n) where V : unmanaged, ILanes<V, float>
    {
        if (n < 4)
        {
            for (int i = 0; i < n; i++) for (int l = 0; l < lanes; l++) to[l * step + i] = x[i * xStep + l];
            return;
        }
        for (int i = 0; i < n; i += 4)
        {
            int at = Math.Min(i, n - 4);
            if (lanes == V.Count) Back<V>(x + at * xStep, xStep, to + at, step);
            else SomeFrom(x + at * xStep, xStep, lanes, to + at, step);
        }
    }

    /// <summary>Four pixels of fewer lanes than a vector has: squares as far as they go.</summary>
    private static void SomeTo(float* x, nint step, int lanes, float* to, nint toStep)
    {
        int l = 0;
        for (; l + 4 <= lanes; l += 4) Square(x + l * step, step, to + l, toStep);
        for (; l < lanes; l++) for (int i = 0; i < 4; i++) to[i * toStep + l] = x[l * step + i];
    }

    private static void SomeFrom(float* x, nint xStep, int lanes, float* to, nint step)
    {
        int l = 0;
        for (; l + 4 <= lanes; l += 4) Square(x + l, xStep, to + l * step, step);
        for (; l < lanes; l++) for (int i = 0; i < 4; i++) to[l * step + i] = x[i * xStep + l];
    }

    /// <summary>Four pixels of all lanes: squares of 4 × 4 are turned in each quarter of a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four<V>(float* x, nint step, float* to) where V : unmanaged, ILanes<V, float>
    {
        if (V.Count == 16 && Avx512F.IsSupported)
        {
            Vector512<float> a = Quarters(x, 4 * step), b = Quarters(x + step, 4 * step), c = Quarters(x + 2 * step, 4 * step), d = Quarters(x + 3 * step, 4 * step);
            Vector512<float> ab = Avx512F.UnpackLow(a, b), cd = Avx512F.UnpackLow(c, d), ef = Avx512F.UnpackHigh(a, b), gh = Avx512F.UnpackHigh(c, d);
            Avx512F.Shuffle(ab, cd, 0x44).Store(to);
            Avx512F.Shuffle(ab, cd, 0xEE).Store(to + 16);
            Avx512F.Shuffle(ef, gh, 0x44).Store(to + 32);
            Avx512F.Shuffle(ef, gh, 0xEE).Store(to + 48);
        }
        else if (V.Count == 8 && Avx.IsSupported)
        {
            Vector256<float> a = Halves(x, 4 * step), b = Halves(x + step, 4 * step), c = Halves(x + 2 * step, 4 * step), d = Halves(x + 3 * step, 4 * step);
            Vector256<float> ab = Avx.UnpackLow(a, b), cd = Avx.UnpackLow(c, d), ef = Avx.UnpackHigh(a, b), gh = Avx.UnpackHigh(c, d);
            Avx.Shuffle(ab, cd, 0x44).Store(to);
            Avx.Shuffle(ab, cd, 0xEE).Store(to + 8);
            Avx.Shuffle(ef, gh, 0x44).Store(to + 16);
            Avx.Shuffle(ef, gh, 0xEE).Store(to + 24);
        }
        else for (int l = 0; l < V.Count; l += 4, x += 4 * step) Square(x, step, to + l, V.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Back<V>(float* x, nint xStep, float* to, nint step) where V : unmanaged, ILanes<V, float>
    {
        if (V.Count == 16 && Avx512F.IsSupported)
        {
            Vector512<float> a = Vector512.Load(x), b = Vector512.Load(x + xStep), c = Vector512.Load(x + 2 * xStep), d = Vector512.Load(x + 3 * xStep);
            Vector512<float> ab = Avx512F.UnpackLow(a, b), cd = Avx512F.UnpackLow(c, d), ef = Avx512F.UnpackHigh(a, b), gh = Avx512F.UnpackHigh(c, d);
            Spread(Avx512F.Shuffle(ab, cd, 0x44), to, 4 * step);
            Spread(Avx512F.Shuffle(ab, cd, 0xEE), to + step, 4 * step);
            Spread(Avx512F.Shuffle(ef, gh, 0x44), to + 2 * step, 4 * step);
            Spread(Avx512F.Shuffle(ef, gh, 0xEE), to + 3 * step, 4 * step);
        }
        else if (V.Count == 8 && Avx.IsSupported)
        {
            Vector256<float> a = Vector256.Load(x), b = Vector256.Load(x + xStep), c = Vector256.Load(x + 2 * xStep), d = Vector256.Load(x + 3 * xStep);
            Vector256<float> ab = Avx.UnpackLow(a, b), cd = Avx.UnpackLow(c, d), ef = Avx.UnpackHigh(a, b), gh = Avx.UnpackHigh(c, d);
            Spread(Avx.Shuffle(ab, cd, 0x44), to, 4 * step);
            Spread(Avx.Shuffle(ab, cd, 0xEE), to + step, 4 * step);
            Spread(Avx.Shuffle(ef, gh, 0x44), to + 2 * step, 4 * step);
            Spread(Avx.Shuffle(ef, gh, 0xEE), to + 3 * step, 4 * step);
        }
        else for (int l = 0; l < V.Count; l += 4, to += 4 * step) Square(x + l, xStep, to, step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halves(float* x, nint step) => Vector256.Create(Vector128.Load(x), Vector128.Load(x + step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quarters(float* x, nint step) => Vector512.Create(Halves(x, step), Halves(x + 2 * step, step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(Vector256<float> v, float* to, nint step)
    {
        v.GetLower().Store(to);
        v.GetUpper().Store(to + step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(Vector512<float> v, float* to, nint step)
    {
        Spread(v.GetLower(), to, step);
        Spread(v.GetUpper(), to + 2 * step, step);
    }

    /// <summary>y[j·yStep + i] = x[i·xStep + j] for i, j &lt; 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(float* x, nint xStep, float* y, nint yStep) =>
        Packing.Turn(Vector128.Load(x), Vector128.Load(x + xStep), Vector128.Load(x + 2 * xStep), Vector128.Load(x + 3 * xStep), y, yStep);
}
