using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>y = f(x) on lanes.</summary>
internal interface IUnary
{
    static abstract V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T>;
}

/// <summary>y = f(a, b) on lanes.</summary>
internal interface IBinary
{
    static abstract V Apply<V, T>(V a, V b) where V : unmanaged, ILanes<V, T>;
}

/// <summary>y = f(x) on one element.</summary>
internal interface IScalarUnary<T>
{
    static abstract T Apply(T x);
}

/// <summary>y = f(a, b) on one element.</summary>
internal interface IScalarBinary<T>
{
    static abstract T Apply(T a, T b);
}

/// <summary>The loops of all elementwise operators. The last, incomplete vector ends at the last element and is computed
/// before the others are written, because results may overwrite operands; fewer elements than a vector go through a buffer. So an element's result never depends on its position.</summary>
/// <remarks>They stay methods of their own: in a caller with several of them, the compiler would run out of what it is willing to inline, and call every operation on a vector.</remarks>
internal static unsafe class Loops
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Unary<TOp, T>(T* x, T* y, nint n) where TOp : IUnary
    {
        if (Vector512.IsHardwareAccelerated) Unary<TOp, Lanes512<T>, T>(x, y, n);
        else if (Vector256.IsHardwareAccelerated) Unary<TOp, Lanes256<T>, T>(x, y, n);
        else Unary<TOp, Lanes128<T>, T>(x, y, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Binary<TOp, T>(T* a, T* b, T* y, nint n) where TOp : IBinary
    {
        if (Vector512.IsHardwareAccelerated) Binary<TOp, Lanes512<T>, T>(a, b, y, n);
        else if (Vector256.IsHardwareAccelerated) Binary<TOp, Lanes256<T>, T>(a, b, y, n);
        else Binary<TOp, Lanes128<T>, T>(a, b, y, n);
    }

    /// <summary>y = f(a, b) where <paramref name="one"/> says which operand (1: a, 2: b) is one element for all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void BinaryOne<TOp, T>(T* a, T* b, T* y, nint n, int one) where TOp : IBinary
    {
        if (Vector512.IsHardwareAccelerated) BinaryOne<TOp, Lanes512<T>, T>(a, b, y, n, one);
        else if (Vector256.IsHardwareAccelerated) BinaryOne<TOp, Lanes256<T>, T>(a, b, y, n, one);
        else BinaryOne<TOp, Lanes128<T>, T>(a, b, y, n, one);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Select<T>(T* mask, T* a, T* b, T* y, nint n)
    {
        if (Vector512.IsHardwareAccelerated) Select<Lanes512<T>, T>(mask, a, b, y, n);
        else if (Vector256.IsHardwareAccelerated) Select<Lanes256<T>, T>(mask, a, b, y, n);
        else Select<Lanes128<T>, T>(mask, a, b, y, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Unary<TOp, V, T>(T* x, T* y, nint n) where TOp : IUnary where V : unmanaged, ILanes<V, T>
    {
        nint i = 0, end = n - V.Count;
        if (end >= 0)
        {
            V last = TOp.Apply<V, T>(V.Load(x + end));
            for (; i < end; i += V.Count) V.Store(TOp.Apply<V, T>(V.Load(x + i)), y + i);
            V.Store(last, y + end);
            return;
        }
        V room = default;
        T* t = (T*)&room;
        for (nint k = i; k < n; k++) t[k - i] = x[k];
        V.Store(TOp.Apply<V, T>(V.Load(t)), t);
        for (nint k = i; k < n; k++) y[k] = t[k - i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Binary<TOp, V, T>(T* a, T* b, T* y, nint n) where TOp : IBinary where V : unmanaged, ILanes<V, T>
    {
        nint i = 0, end = n - V.Count;
        if (end >= 0)
        {
            V last = TOp.Apply<V, T>(V.Load(a + end), V.Load(b + end));
            for (; i < end; i += V.Count) V.Store(TOp.Apply<V, T>(V.Load(a + i), V.Load(b + i)), y + i);
            V.Store(last, y + end);
            return;
        }
        V left = default, right = default;
        T* t = (T*)&left, u = (T*)&right;
        for (nint k = i; k < n; k++) (t[k - i], u[k - i]) = (a[k], b[k]);
        V.Store(TOp.Apply<V, T>(V.Load(t), V.Load(u)), t);
        for (nint k = i; k < n; k++) y[k] = t[k - i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void BinaryOne<TOp, V, T>(T* a, T* b, T* y, nint n, int one) where TOp : IBinary where V : unmanaged, ILanes<V, T>
    {
        nint i = 0, end = n - V.Count;
        V v = V.All(one == 1 ? *a : *b);
        T* x = one == 1 ? b : a;
        if (end >= 0)
        {
            V last = one == 1 ? TOp.Apply<V, T>(v, V.Load(x + end)) : TOp.Apply<V, T>(V.Load(x + end), v);
            if (one == 1) for (; i < end; i += V.Count) V.Store(TOp.Apply<V, T>(v, V.Load(x + i)), y + i);
            else for (; i < end; i += V.Count) V.Store(TOp.Apply<V, T>(V.Load(x + i), v), y + i);
            V.Store(last, y + end);
            return;
        }
        V room = default;
        T* t = (T*)&room;
        for (nint k = i; k < n; k++) t[k - i] = x[k];
        V.Store(one == 1 ? TOp.Apply<V, T>(v, V.Load(t)) : TOp.Apply<V, T>(V.Load(t), v), t);
        for (nint k = i; k < n; k++) y[k] = t[k - i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Select<V, T>(T* mask, T* a, T* b, T* y, nint n) where V : unmanaged, ILanes<V, T>
    {
        nint i = 0;
        for (; i <= n - V.Count; i += V.Count) V.Store(V.Select(V.Load(mask + i), V.Load(a + i), V.Load(b + i)), y + i);
        T zero = default!;
        for (; i < n; i++) y[i] = new ReadOnlySpan<byte>(mask + i, sizeof(T)).SequenceEqual(new ReadOnlySpan<byte>(&zero, sizeof(T))) ? b[i] : a[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void UnaryScalar<TOp, T>(T* x, T* y, nint n) where TOp : IScalarUnary<T>
    {
        for (nint i = 0; i < n; i++) y[i] = TOp.Apply(x[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void BinaryScalar<TOp, T>(T* a, T* b, T* y, nint n) where TOp : IScalarBinary<T>
    {
        for (nint i = 0; i < n; i++) y[i] = TOp.Apply(a[i], b[i]);
    }
}
