using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// The transforms of minimal filtering F(m, 3) on one axis: m outputs of a window of 3 from m + 2 inputs with m + 2 products, y = Aᵀ((G·w) ∘ (Bᵀ·x)).
/// Applied to both axes it takes (m + 2)² products for m² outputs instead of 9·m².
/// </summary>
/// <remarks>
/// Error: Aᵀ, G and Bᵀ enlarge numbers by at most κ = max over outputs of Σ over points |A|·‖G‖₁·‖B‖₁ per axis (F(2, 3): 8; F(4, 3): 23.7), and each number passes some 16
/// roundings besides those of the sum over channels. An infinity or NaN reaches all outputs of its tile. Source: A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks, arXiv:1509.09308.
/// </remarks>
internal unsafe interface IWinograd
{
    /// <summary>m: outputs of a tile on one axis.</summary>
    static abstract int Size { get; }

    /// <summary>m + 2: inputs of a tile, and products, on one axis.</summary>
    static abstract int Points { get; }

    /// <summary>G, [points, 3] row-major.</summary>
    static abstract ReadOnlySpan<double> Filter { get; }

    /// <summary>y = Bᵀ·x, vectors <paramref name="xStep"/> and <paramref name="yStep"/> floats apart; y may be x.</summary>
    static abstract void Input<V>(float* x, nint xStep, float* y, nint yStep) where V : unmanaged, ILanes<V, float>;

    /// <summary>y = last(Aᵀ·x).</summary>
    static abstract void Output<V, L>(float* x, nint xStep, float* y, nint yStep, L last) where V : unmanaged, ILanes<V, float> where L : struct, ILast<V>;
}

/// <summary>What is done with each vector of results.</summary>
internal interface ILast<V>
{
    V Of(V x);
}

internal readonly struct Unchanged<V> : ILast<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Of(V x) => x;
}

/// <summary>A bias, then bounds.</summary>
internal readonly struct Bounded<V>(V bias, float low, float high) : ILast<V> where V : unmanaged, ILanes<V, float>
{
    private readonly V _bias = bias, _low = V.All(low), _high = V.All(high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Of(V x) => V.Clamp(x + _bias, _low, _high);
}

/// <summary>F(2, 3) at the points 0, 1, −1, ∞: 16 products for 4 outputs.</summary>
/// <remarks>Error: at most (channels + 16)·u·64·Σ over channels of max|w|·max|x| of a tile, u = 2⁻²⁴; on random data about that of the plain sum.</remarks>
internal readonly unsafe struct Winograd2 : IWinograd
{
    public static int Size => 2;

    public static int Points => 4;

    public static ReadOnlySpan<double> Filter => [1, 0, 0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0, 0, 1];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<V>(float* x, nint xStep, float* y, nint yStep) where V : unmanaged, ILanes<V, float>
    {
        V a = V.Load(x), b = V.Load(x + xStep), c = V.Load(x + 2 * xStep), d = V.Load(x + 3 * xStep);
        V.Store(a - c, y);
        V.Store(b + c, y + yStep);
        V.Store(c - b, y + 2 * yStep);
        V.Store(b - d, y + 3 * yStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<V, L>(float* x, nint xStep, float* y, nint yStep, L last) where V : unmanaged, ILanes<V, float> where L : struct, ILast<V>
    {
        V a = V.Load(x), b = V.Load(x + xStep), c = V.Load(x + 2 * xStep), d = V.Load(x + 3 * xStep);
        V.Store(last.Of(a + b + c), y);
        V.Store(last.Of(b - c - d), y + yStep);
    }
}

/// <summary>F(4, 3) at the points 0, ±5/8, ±3/2, ∞: 36 products for 16 outputs.</summary>
/// <remarks>
/// Error: at most (channels + 16)·u·563·Σ over channels of max|w|·max|x| of a tile, u = 2⁻²⁴; on random data twice that of the plain sum. The usual points ±1, ±2 have four
/// times the bound and twice the error. All coefficients but those of G are exact.
/// </remarks>
internal readonly unsafe struct Winograd4 : IWinograd
{
    /// <summary>The points but 0 and ∞ are ±A and ±B.</summary>
    private const float A = 0.625f, B = 1.5f;

    private const double A2 = A * A, B2 = B * B, NearA = 1 / (2 * A2 * (A2 - B2)), NearB = 1 / (2 * B2 * (B2 - A2));

    public static int Size => 4;

    public static int Points => 6;

    public static ReadOnlySpan<double> Filter =>
        [1 / (A2 * B2), 0, 0, NearA, A * NearA, A2 * NearA, NearA, -A * NearA, A2 * NearA, NearB, B * NearB, B2 * NearB, NearB, -B * NearB, B2 * NearB, 0, 0, 1];

    // A²B²·x0 − (A² + B²)·x2 + x4; (x4 − B²·x2) ± A·(x3 − B²·x1); (x4 − A²·x2) ± B·(x3 − A²·x1); A²B²·x1 − (A² + B²)·x3 + x5
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<V>(float* x, nint xStep, float* y, nint yStep) where V : unmanaged, ILanes<V, float>
    {
        V x0 = V.Load(x), x1 = V.Load(x + xStep), x2 = V.Load(x + 2 * xStep), x3 = V.Load(x + 3 * xStep), x4 = V.Load(x + 4 * xStep), x5 = V.Load(x + 5 * xStep);
        V a2 = V.All(-A * A), b2 = V.All(-B * B), product = V.All(A * A * B * B), sum = V.All(-A * A - B * B);
        V evenA = V.Fma(b2, x2, x4), oddA = V.Fma(b2, x1, x3), evenB = V.Fma(a2, x2, x4), oddB = V.Fma(a2, x1, x3);
        V.Store(V.Fma(product, x0, V.Fma(sum, x2, x4)), y);
        V.Store(V.Fma(V.All(A), oddA, evenA), y + yStep);
        V.Store(V.Fma(V.All(-A), oddA, evenA), y + 2 * yStep);
        V.Store(V.Fma(V.All(B), oddB, evenB), y + 3 * yStep);
        V.Store(V.Fma(V.All(-B), oddB, evenB), y + 4 * yStep);
        V.Store(V.Fma(product, x1, V.Fma(sum, x3, x5)), y + 5 * yStep);
    }

    // x0 + s + t, A·d + B·e, A²·s + B²·t, A³·d + B³·e + x5, where s, d = x1 ± x2 and t, e = x3 ± x4
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<V, L>(float* x, nint xStep, float* y, nint yStep, L last) where V : unmanaged, ILanes<V, float> where L : struct, ILast<V>
    {
        V x1 = V.Load(x + xStep), x2 = V.Load(x + 2 * xStep), x3 = V.Load(x + 3 * xStep), x4 = V.Load(x + 4 * xStep);
        V s = x1 + x2, d = x1 - x2, t = x3 + x4, e = x3 - x4;
        V.Store(last.Of(V.Load(x) + s + t), y);
        V.Store(last.Of(V.Fma(V.All(B), e, V.All(A) * d)), y + yStep);
        V.Store(last.Of(V.Fma(V.All(B * B), t, V.All(A * A) * s)), y + 2 * yStep);
        V.Store(last.Of(V.Fma(V.All(B * B * B), e, V.Fma(V.All(A * A * A), d, V.Load(x + 5 * xStep)))), y + 3 * yStep);
    }
}
