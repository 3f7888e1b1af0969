using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;
using Tessera.Engines.Cpu.Kernels;

namespace Tessera.Engines.Cpu.Reduce;

/// <summary>The loops of all reductions; sums have the error of <see cref="Pairwise"/>.</summary>
internal static unsafe class ReduceLoops
{
    /// <summary>Rows that one call takes of columns at once.</summary>
    public const int Rows = 16;

    /// <summary>One result from n neighbouring elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Row<TOp, T>(T* x, long n) where TOp : IReduction =>
        Vector512.IsHardwareAccelerated ? Row<TOp, Lanes512<T>, T>(x, n)
        : Vector256.IsHardwareAccelerated ? Row<TOp, Lanes256<T>, T>(x, n) : Row<TOp, Lanes128<T>, T>(x, n);

    /// <summary>One result from n elements, step apart.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Strided<TOp, T>(T* x, long n, long step) where TOp : IReduction
    {
        const int block = 64;
        byte* rungs = stackalloc byte[Ladder<ScalarJoin<TOp, T>, T>.Rungs * sizeof(T)];
        Ladder<ScalarJoin<TOp, T>, T> ladder = new((T*)rungs);
        for (long i = 0; i < n; i += block)
        {
            T a = TOp.Neutral<T>(), b = a, c = a, d = a;
            T* p = x + i * step, end = x + Math.Min(n, i + block) * step;
            for (long k = Math.Min(block, n - i); k >= 4; k -= 4, p += 4 * step)
            {
                a = TOp.Join(a, p[0]);
                b = TOp.Join(b, p[step]);
                c = TOp.Join(c, p[2 * step]);
                d = TOp.Join(d, p[3 * step]);
            }
            for (; p != end; p += step) a = TOp.Join(a, *p);
            ladder.Push(TOp.Join(TOp.Join(a, b), TOp.Join(c, d)));
        }
        return n == 0 ? TOp.Neutral<T>() : ladder.Total();
    }

    /// <summary>Elements that a row of <see cref="Many"/> has at most: joined in turn, their error stays within the bound.</summary>
    public const int Short = 24;

    /// <summary>Results of several short rows, four at a time because each is one chain.</summary>
    /// <param name="x">First element of the first row.</param>
    /// <param name="row">Elements from one row to the next.</param>
    /// <param name="y">Results.</param>
    /// <param name="rows">How many.</param>
    /// <param name="n">Elements of a row.</param>
    /// <param name="step">From one element of a row to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Many<TOp, T>(T* x, long row, T* y, long rows, long n, long step) where TOp : IReduction
    {
        long i = 0;
        for (; i + 4 <= rows; i += 4, x += 4 * row)
        {
            T* p = x;
            T a = TOp.Neutral<T>(), b = a, c = a, d = a;
            for (long k = 0; k < n; k++, p += step)
            {
                a = TOp.Join(a, p[0]);
                b = TOp.Join(b, p[row]);
                c = TOp.Join(c, p[2 * row]);
                d = TOp.Join(d, p[3 * row]);
            }
            (y[i], y[i + 1], y[i + 2], y[i + 3]) = (a, b, c, d);
        }
        for (; i < rows; i++, x += row)
        {
            T a = TOp.Neutral<T>();
            for (long k = 0; k < n; k++) a = TOp.Join(a, x[k * step]);
            y[i] = a;
        }
    }

    /// <summary>y[i] = x[rows[0] + i] ∘ … ∘ x[rows[count − 1] + i], at most <see cref="Rows"/> of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Columns<TOp, T>(T* x, long* rows, int count, T* y, nint n) where TOp : IReduction
    {
        if (Vector512.IsHardwareAccelerated) Columns<TOp, Lanes512<T>, T>(x, rows, count, y, n);
        else if (Vector256.IsHardwareAccelerated) Columns<TOp, Lanes256<T>, T>(x, rows, count, y, n);
        else Columns<TOp, Lanes128<T>, T>(x, rows, count, y, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Row<TOp, V, T>(T* x, long n) where TOp : IReduction where V : unmanaged, ILanes<V, T>
    {
        T y = TOp.Neutral<T>();
        if (n < V.Count)
        {
            for (long i = 0; i < n; i++) y = TOp.Join(y, x[i]);
            return y;
        }
        long vectors = n / V.Count, rest = n - vectors * V.Count;
        V all = Pairwise.Of<ReductionTerms<TOp, V, T>, V, T>(x, vectors, V.Count, default);
        // The last vector ends where the row ends; what it shares with the one before is left out.
        if (rest > 0) all = TOp.Apply<V, T>(all, V.Select(Sums.Last<V, T>(rest), V.Load(x + n - V.Count), V.All(y)));
        if (sizeof(V) == 64) return Fold<TOp, T>(Unsafe.BitCast<V, Vector512<T>>(all));
        return sizeof(V) == 32 ? Fold<TOp, T>(Unsafe.BitCast<V, Vector256<T>>(all)) : Fold<TOp, T>(Unsafe.BitCast<V, Vector128<T>>(all));
    }

    /// <summary>Lanes joined by halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Fold<TOp, T>(Vector512<T> x) where TOp : IReduction => Fold<TOp, T>(Unsafe.BitCast<Lanes256<T>, Vector256<T>>(TOp.Apply<Lanes256<T>, T>(new(x.GetLower()), new(x.GetUpper()))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Fold<TOp, T>(Vector256<T> x) where TOp : IReduction => Fold<TOp, T>(Unsafe.BitCast<Lanes128<T>, Vector128<T>>(TOp.Apply<Lanes128<T>, T>(new(x.GetLower()), new(x.GetUpper()))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Fold<TOp, T>(Vector128<T> x) where TOp : IReduction
    {
        x = Half<TOp, T>(x, Vector128.Shuffle(x.AsInt64(), Vector128.Create(1L, 0)).As<long, T>());
        if (sizeof(T) <= 4) x = Half<TOp, T>(x, Vector128.Shuffle(x.AsInt32(), Vector128.Create(1, 0, 3, 2)).As<int, T>());
        if (sizeof(T) <= 2) x = Half<TOp, T>(x, Vector128.Shuffle(x.AsInt16(), Vector128.Create(1, 0, 3, 2, 5, 4, 7, 6)).As<short, T>());
        if (sizeof(T) == 1) x = Half<TOp, T>(x, Vector128.Shuffle(x.AsByte(), Vector128.Create((byte)1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)).As<byte, T>());
        return x.ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Half<TOp, T>(Vector128<T> x, Vector128<T> y) where TOp : IReduction => Unsafe.BitCast<Lanes128<T>, Vector128<T>>(TOp.Apply<Lanes128<T>, T>(new(x), new(y)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Columns<TOp, V, T>(T* x, long* rows, int count, T* y, nint n) where TOp : IReduction where V : unmanaged, ILanes<V, T>
    {
        nint i = 0;
        for (; i <= n - 4 * V.Count; i += 4 * V.Count)
        {
            T* p = x + rows[0] + i;
            V a = V.Load(p), b = V.Load(p + V.Count), c = V.Load(p + 2 * V.Count), d = V.Load(p + 3 * V.Count);
            for (int r = 1; r < count; r++)
            {
                p = x + rows[r] + i;
                a = TOp.Apply<V, T>(a, V.Load(p));
                b = TOp.Apply<V, T>(b, V.Load(p + V.Count));
                c = TOp.Apply<V, T>(c, V.Load(p + 2 * V.Count));
                d = TOp.Apply<V, T>(d, V.Load(p + 3 * V.Count));
            }
            V.Store(a, y + i);
            V.Store(b, y + i + V.Count);
            V.Store(c, y + i + 2 * V.Count);
            V.Store(d, y + i + 3 * V.Count);
        }
        for (; i <= n - V.Count; i += V.Count)
        {
            V a = V.Load(x + rows[0] + i);
            for (int r = 1; r < count; r++) a = TOp.Apply<V, T>(a, V.Load(x + rows[r] + i));
            V.Store(a, y + i);
        }
        for (; i < n; i++)
        {
            T a = x[rows[0] + i];
            for (int r = 1; r < count; r++) a = TOp.Join(a, x[rows[r] + i]);
            y[i] = a;
        }
    }
}
