using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Lanes to one number.</summary>
internal static unsafe class Sums
{
    /// <summary>Σ of the lanes, halves first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        if (sizeof(V) == 64) return Of(Unsafe.BitCast<V, Vector512<T>>(x).GetLower() + Unsafe.BitCast<V, Vector512<T>>(x).GetUpper());
        return sizeof(V) == 32 ? Of(Unsafe.BitCast<V, Vector256<T>>(x)) : Vector128.Sum(Unsafe.BitCast<V, Vector128<T>>(x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Of<T>(Vector256<T> x) => Vector128.Sum(x.GetLower() + x.GetUpper());

    /// <summary>0, 1, 2 …</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Indices<V, T>() where V : unmanaged, ILanes<V, T> =>
        sizeof(V) == 64 ? Unsafe.BitCast<Vector512<T>, V>(Vector512<T>.Indices) : sizeof(V) == 32 ? Unsafe.BitCast<Vector256<T>, V>(Vector256<T>.Indices) : Unsafe.BitCast<Vector128<T>, V>(Vector128<T>.Indices);

    /// <summary>Largest lane; NaN when one is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Largest<V, T>(V x) where V : unmanaged, ILanes<V, T>
    {
        if (sizeof(V) == 64) return Largest(Vector256.Max(Unsafe.BitCast<V, Vector512<T>>(x).GetLower(), Unsafe.BitCast<V, Vector512<T>>(x).GetUpper()));
        return sizeof(V) == 32 ? Largest(Unsafe.BitCast<V, Vector256<T>>(x)) : Largest(Unsafe.BitCast<V, Vector128<T>>(x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Largest<T>(Vector256<T> x) => Largest(Vector128.Max(x.GetLower(), x.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Largest<T>(Vector128<T> x)
    {
        x = Vector128.Max(x, Vector128.Shuffle(x.AsInt64(), Vector128.Create(1L, 0)).As<long, T>());
        return typeof(T) == typeof(double) ? x[0] : Vector128.Max(x, Vector128.Shuffle(x.AsInt32(), Vector128.Create(1, 0, 3, 2)).As<int, T>())[0];
    }

    /// <summary>All bits set in the last n lanes, none in the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Last<V, T>(long n) where V : unmanaged, ILanes<V, T> =>
        V.Load((T*)((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Steps)) + 64 - sizeof(V) + n * sizeof(T)));

    /// <summary>64 bytes of no bits, then 64 of all: data of the image, which stays where it is.</summary>
    private static ReadOnlySpan<byte> Steps =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    ];

    /// <summary>The n &lt; V.Count elements at <paramref name="x"/>, then <paramref name="rest"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Partial<V, T>(T* x, long n, T rest) where V : unmanaged, ILanes<V, T>
    {
        V v = V.All(rest);
        for (int i = 0; i < n; i++) ((T*)&v)[i] = x[i];
        return v;
    }

    /// <summary>The first <paramref name="n"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V, T>(V v, T* x, long n) where V : unmanaged, ILanes<V, T>
    {
        // A copy, so that the caller's vector stays in its register.
        V t = v;
        Copy((T*)&t, x, n);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Copy<T>(T* t, T* x, long n)
    {
        for (int i = 0; i < n; i++) x[i] = t[i];
    }
}
