using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Lab;

/// <summary>Operations per second of cores that only compute: independent chains on registers, enough of them to hide the latency of the instruction.</summary>
public static class PeakRate
{
    private const int Chains = 12, Tries = 40, Turns = 200_000;

    /// <summary>Float32 multiply-adds, two operations each, in the widest vectors that the runtime uses here.</summary>
    public static double Float32(int threads)
    {
        double any = Rate(threads, 2.0 * Chains * Vector<float>.Count, _ => FloatAny(Turns));
        return Vector512.IsHardwareAccelerated ? Math.Max(any, Rate(threads, 2.0 * Chains * 16, _ => Float512(Turns))) : any;
    }

    /// <summary>Products of 8-bit integers added up in 32 bits, two operations each; 4-element dot products where .NET offers the instruction, else pairs of 16 bits.</summary>
    public static double Int8(int threads)
    {
        double best = AvxVnni.IsSupported ? Rate(threads, 2.0 * Chains * 32, _ => Dot256(Turns)) : 0;
        if (Avx512BW.IsSupported) best = Math.Max(best, Rate(threads, 2.0 * Chains * 32, _ => Pairs512(Turns)));
        if (Avx2.IsSupported) best = Math.Max(best, Rate(threads, 2.0 * Chains * 16, _ => Pairs256(Turns)));
        // Without these instructions 8-bit products are no faster than floats.
        return best > 0 ? best : Float32(threads);
    }

    private static double Rate(int threads, double perTurn, Func<int, float> spin)
    {
        float[] sink = new float[threads * 32];
        double seconds = Crew.Least(threads, Tries, i => sink[i * 32] = spin(i));
        return perTurn * Turns * threads / seconds;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Float512(int n)
    {
        Vector512<float> a = Vector512.Create(1.0000001f), b = Vector512.Create(1e-9f);
        Vector512<float> x0 = a, x1 = a, x2 = a, x3 = a, x4 = a, x5 = a, x6 = a, x7 = a, x8 = a, x9 = a, x10 = a, x11 = a;
        for (int i = 0; i < n; i++)
        {
            x0 = Vector512.FusedMultiplyAdd(x0, a, b); x1 = Vector512.FusedMultiplyAdd(x1, a, b); x2 = Vector512.FusedMultiplyAdd(x2, a, b);
            x3 = Vector512.FusedMultiplyAdd(x3, a, b); x4 = Vector512.FusedMultiplyAdd(x4, a, b); x5 = Vector512.FusedMultiplyAdd(x5, a, b);
            x6 = Vector512.FusedMultiplyAdd(x6, a, b); x7 = Vector512.FusedMultiplyAdd(x7, a, b); x8 = Vector512.FusedMultiplyAdd(x8, a, b);
            x9 = Vector512.FusedMultiplyAdd(x9, a, b); x10 = Vector512.FusedMultiplyAdd(x10, a, b); x11 = Vector512.FusedMultiplyAdd(x11, a, b);
        }
        return (x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11)[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float FloatAny(int n)
    {
        Vector<float> a = Vector.Create(1.0000001f), b = Vector.Create(1e-9f);
        Vector<float> x0 = a, x1 = a, x2 = a, x3 = a, x4 = a, x5 = a, x6 = a, x7 = a, x8 = a, x9 = a, x10 = a, x11 = a;
        for (int i = 0; i < n; i++)
        {
            x0 = Vector.MultiplyAddEstimate(x0, a, b); x1 = Vector.MultiplyAddEstimate(x1, a, b); x2 = Vector.MultiplyAddEstimate(x2, a, b);
            x3 = Vector.MultiplyAddEstimate(x3, a, b); x4 = Vector.MultiplyAddEstimate(x4, a, b); x5 = Vector.MultiplyAddEstimate(x5, a, b);
            x6 = Vector.MultiplyAddEstimate(x6, a, b); x7 = Vector.MultiplyAddEstimate(x7, a, b); x8 = Vector.MultiplyAddEstimate(x8, a, b);
            x9 = Vector.MultiplyAddEstimate(x9, a, b); x10 = Vector.MultiplyAddEstimate(x10, a, b); x11 = Vector.MultiplyAddEstimate(x11, a, b);
        }
        return (x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11)[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Dot256(int n)
    {
        Vector256<byte> a = Vector256.Create((byte)3);
        Vector256<sbyte> b = Vector256.Create((sbyte)5);
        Vector256<int> x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default, x6 = default, x7 = default, x8 = default, x9 = default, x10 = default, x11 = default;
        for (int i = 0; i < n; i++)
        {
            x0 = AvxVnni.MultiplyWideningAndAdd(x0, a, b); x1 = AvxVnni.MultiplyWideningAndAdd(x1, a, b); x2 = AvxVnni.MultiplyWideningAndAdd(x2, a, b);
            x3 = AvxVnni.MultiplyWideningAndAdd(x3, a, b); x4 = AvxVnni.MultiplyWideningAndAdd(x4, a, b); x5 = AvxVnni.MultiplyWideningAndAdd(x5, a, b);
            x6 = AvxVnni.MultiplyWideningAndAdd(x6, a, b); x7 = AvxVnni.MultiplyWideningAndAdd(x7, a, b); x8 = AvxVnni.MultiplyWideningAndAdd(x8, a, b);
            x9 = AvxVnni.MultiplyWideningAndAdd(x9, a, b); x10 = AvxVnni.MultiplyWideningAndAdd(x10, a, b); x11 = AvxVnni.MultiplyWideningAndAdd(x11, a, b);
        }
        return (x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11)[0];
    }

    // The second factor changes with every turn, or the product would be taken out of the loop.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Pairs512(int n)
    {
        Vector512<short> a = Vector512.Create((short)3), b = Vector512.Create((short)5);
        Vector512<int> x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default, x6 = default, x7 = default, x8 = default, x9 = default, x10 = default, x11 = default;
        for (int i = 0; i < n; i++)
        {
            x0 += Avx512BW.MultiplyAddAdjacent(a, x0.AsInt16()); x1 += Avx512BW.MultiplyAddAdjacent(b, x1.AsInt16()); x2 += Avx512BW.MultiplyAddAdjacent(a, x2.AsInt16());
            x3 += Avx512BW.MultiplyAddAdjacent(b, x3.AsInt16()); x4 += Avx512BW.MultiplyAddAdjacent(a, x4.AsInt16()); x5 += Avx512BW.MultiplyAddAdjacent(b, x5.AsInt16());
            x6 += Avx512BW.MultiplyAddAdjacent(a, x6.AsInt16()); x7 += Avx512BW.MultiplyAddAdjacent(b, x7.AsInt16()); x8 += Avx512BW.MultiplyAddAdjacent(a, x8.AsInt16());
            x9 += Avx512BW.MultiplyAddAdjacent(b, x9.AsInt16()); x10 += Avx512BW.MultiplyAddAdjacent(a, x10.AsInt16()); x11 += Avx512BW.MultiplyAddAdjacent(b, x11.AsInt16());
        }
        return (x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11)[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Pairs256(int n)
    {
        Vector256<short> a = Vector256.Create((short)3), b = Vector256.Create((short)5);
        Vector256<int> x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default, x6 = default, x7 = default, x8 = default, x9 = default, x10 = default, x11 = default;
        for (int i = 0; i < n; i++)
        {
            x0 += Avx2.MultiplyAddAdjacent(a, x0.AsInt16()); x1 += Avx2.MultiplyAddAdjacent(b, x1.AsInt16()); x2 += Avx2.MultiplyAddAdjacent(a, x2.AsInt16());
            x3 += Avx2.MultiplyAddAdjacent(b, x3.AsInt16()); x4 += Avx2.MultiplyAddAdjacent(a, x4.AsInt16()); x5 += Avx2.MultiplyAddAdjacent(b, x5.AsInt16());
            x6 += Avx2.MultiplyAddAdjacent(a, x6.AsInt16()); x7 += Avx2.MultiplyAddAdjacent(b, x7.AsInt16()); x8 += Avx2.MultiplyAddAdjacent(a, x8.AsInt16());
            x9 += Avx2.MultiplyAddAdjacent(b, x9.AsInt16()); x10 += Avx2.MultiplyAddAdjacent(a, x10.AsInt16()); x11 += Avx2.MultiplyAddAdjacent(b, x11.AsInt16());
        }
        return (x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11)[0];
    }
}
