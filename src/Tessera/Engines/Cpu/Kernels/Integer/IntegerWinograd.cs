using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Minimal filtering F(m × m, 3 × 3) in integers: y = Aᵀ·((G·w·Gᵀ) ∘ (Bᵀ·x·B))·A with Bᵀ and G of whole numbers, whose denominators Aᵀ makes up for. Numbers before the
/// products fit 16 bits for x and w of nine bits; sums are taken modulo 2³². What comes out is s·y modulo 2³², s = 2ᵏ·o with o odd: times the inverse of o, and shifted by k
/// bits, it is y, exactly, wherever |y| &lt; 2³¹⁻ᵏ.
/// </summary>
/// <remarks>Source: A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks, arXiv:1509.09308; modulo 2³² an odd number divides exactly.</remarks>
internal abstract unsafe class IntegerWinograd
{
    public static IntegerWinograd Two { get; } = new IntegerWinograd2();

    public static IntegerWinograd Four { get; } = new IntegerWinograd4();

    /// <summary>m: outputs of a tile on one axis.</summary>
    public abstract int Size { get; }

    /// <summary>Inputs of a tile, and products, on one axis.</summary>
    public int Points => Size + 2;

    /// <summary>k: bits that results are shifted by at the end.</summary>
    public abstract int Shift { get; }

    /// <summary>G, [points, 3] row-major.</summary>
    public abstract ReadOnlySpan<int> Filter { get; }

    /// <summary>Bᵀ along the rows of a patch, in place.</summary>
    /// <param name="x">Points rows, <paramref name="row"/> numbers apart.</param>
    /// <param name="n">Numbers of a row; a multiple of <see cref="ByteTurning.Channels"/>.</param>
    public abstract void Rows(short* x, nint row, nint n);

    /// <summary>Bᵀ along the columns of one row: <paramref name="tiles"/> tiles of <see cref="ByteTurning.Channels"/> channels, m pixels apart.</summary>
    /// <param name="y">Points of a tile are <paramref name="pitch"/> numbers apart, tiles <paramref name="step"/>.</param>
    public abstract void Columns(short* x, int tiles, short* y, nint step, nint pitch);

    /// <summary>y of one tile and one vector of filters.</summary>
    /// <param name="m">Points of the tile, row-major, <paramref name="pitch"/> numbers apart.</param>
    /// <param name="half">Room for m rows of points.</param>
    /// <param name="y">Rows are <paramref name="row"/> numbers apart, columns a vector.</param>
    public abstract void Output(int* m, nint pitch, int* half, int* y, nint row);
}

/// <summary>F(2, 3) at the points 0, 1, −1, ∞; s = 2 on each axis. |Bᵀ·x·B| ≤ 4·max|x|, |G·w·Gᵀ| ≤ 9·max|w|.</summary>
internal sealed unsafe class IntegerWinograd2 : IntegerWinograd
{
    public override int Size => 2;

    public override int Shift => 2;

    public override ReadOnlySpan<int> Filter => [1, 0, 0, 1, 1, 1, 1, -1, 1, 0, 0, 1];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Rows(short* x, nint row, nint n)
    {
        for (nint i = 0; i < n; i += Vector<short>.Count) Input(x + i, row, x + i, row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Columns(short* x, int tiles, short* y, nint step, nint pitch)
    {
        for (; tiles > 0; tiles--, x += 2 * ByteTurning.Channels, y += step)
            for (nint i = 0; i < ByteTurning.Channels; i += Vector<short>.Count) Input(x + i, ByteTurning.Channels, y + i, pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Output(int* m, nint pitch, int* half, int* y, nint row)
    {
        nint v = Vector<int>.Count;
        for (nint j = 0; j < 4; j++)
        {
            (Vector<int> a, Vector<int> b) = Results(m + j * pitch, 4 * pitch);
            a.Store(half + j * v);
            b.Store(half + (4 + j) * v);
        }
        for (nint i = 0; i < 2; i++)
        {
            (Vector<int> a, Vector<int> b) = Results(half + 4 * i * v, v);
            (a >> 2).Store(y + i * row);
            (b >> 2).Store(y + i * row + v);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Input(short* x, nint xStep, short* y, nint yStep)
    {
        Vector<short> a = Vector.Load(x), b = Vector.Load(x + xStep), c = Vector.Load(x + 2 * xStep), d = Vector.Load(x + 3 * xStep);
        (a - c).Store(y);
        (b + c).Store(y + yStep);
        (c - b).Store(y + 2 * yStep);
        (b - d).Store(y + 3 * yStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<int>, Vector<int>) Results(int* x, nint step)
    {
        Vector<int> a = Vector.Load(x), b = Vector.Load(x + step), c = Vector.Load(x + 2 * step), d = Vector.Load(x + 3 * step);
        return (a + a + b + c, b - c - d - d);
    }
}

/// <summary>F(4, 3) at the points 0, ±1, ±2, ∞; s = 24 on each axis. |Bᵀ·x·B| ≤ 68·255 for x that span 255 and 0 among them, |G·w·Gᵀ| ≤ 49·max|w|.</summary>
internal sealed unsafe class IntegerWinograd4 : IntegerWinograd
{
    /// <summary>9·x = 1 modulo 2³².</summary>
    private const int Ninth = 954437177;

    public override int Size => 4;

    public override int Shift => 6;

    public override ReadOnlySpan<int> Filter => [1, 0, 0, 1, 1, 1, 1, -1, 1, 1, 2, 4, 1, -2, 4, 0, 0, 1];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Rows(short* x, nint row, nint n)
    {
        for (nint i = 0; i < n; i += Vector<short>.Count) Input(x + i, row, x + i, row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Columns(short* x, int tiles, short* y, nint step, nint pitch)
    {
        for (; tiles > 0; tiles--, x += 4 * ByteTurning.Channels, y += step)
            for (nint i = 0; i < ByteTurning.Channels; i += Vector<short>.Count) Input(x + i, ByteTurning.Channels, y + i, pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Output(int* m, nint pitch, int* half, int* y, nint row)
    {
        nint v = Vector<int>.Count;
        for (nint j = 0; j < 6; j++) Results(m + j * pitch, 6 * pitch, half + j * v, 6 * v, false);
        for (nint i = 0; i < 4; i++) Results(half + 6 * i * v, v, y + i * row, v, true);
    }

    // 4(x0 − x2) + (x4 − x2); (x4 − 4x2) ± (x3 − 4x1); (x4 − x2) ± 2(x3 − x1); 4(x1 − x3) + (x5 − x3)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Input(short* x, nint xStep, short* y, nint yStep)
    {
        Vector<short> x0 = Vector.Load(x), x1 = Vector.Load(x + xStep), x2 = Vector.Load(x + 2 * xStep), x3 = Vector.Load(x + 3 * xStep), x4 = Vector.Load(x + 4 * xStep), x5 = Vector.Load(x + 5 * xStep);
        Vector<short> even1 = x4 - (x2 << 2), odd1 = x3 - (x1 << 2), even2 = x4 - x2, odd2 = x3 - x1;
        (((x0 - x2) << 2) + even2).Store(y);
        (even1 + odd1).Store(y + yStep);
        (even1 - odd1).Store(y + 2 * yStep);
        odd2 += odd2;
        (even2 + odd2).Store(y + 3 * yStep);
        (even2 - odd2).Store(y + 4 * yStep);
        (x5 - x3 - odd2 - odd2).Store(y + 5 * yStep);
    }

    // With s, d = x1 ± x2 and t, e = x3 ± x4, 24 times the results: 6x0 − 4s + t, 2e − 4d, 4(t − s), 8e − 4d + 24x5.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Results(int* x, nint xStep, int* y, nint yStep, bool last)
    {
        Vector<int> x0 = Vector.Load(x), x1 = Vector.Load(x + xStep), x2 = Vector.Load(x + 2 * xStep), x3 = Vector.Load(x + 3 * xStep), x4 = Vector.Load(x + 4 * xStep), x5 = Vector.Load(x + 5 * xStep);
        Vector<int> s = (x1 + x2) << 2, d = (x1 - x2) << 2, t = x3 + x4, e = (x3 - x4) << 1;
        x0 += x0;
        x5 <<= 3;
        Last(x0 + x0 + x0 - s + t, last).Store(y);
        Last(e - d, last).Store(y + yStep);
        Last((t << 2) - s, last).Store(y + 2 * yStep);
        Last((e << 2) - d + x5 + x5 + x5, last).Store(y + 3 * yStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<int> Last(Vector<int> x, bool last) => last ? (x * Ninth) >> 6 : x;
}
