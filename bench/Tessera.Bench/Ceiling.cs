using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Bench;

/// <summary>What one core can do at most: multiply-adds per second on registers.</summary>
internal static class Ceiling
{
    /// <summary>Best of several short runs, in GFLOP/s of Float32.</summary>
    public static double Gigaflops()
    {
        double best = 0;
        for (int i = 0; i < 20; i++)
        {
            long start = Stopwatch.GetTimestamp();
            float sink = Vector512.IsHardwareAccelerated ? Spin512(1_000_000) : SpinAny(1_000_000);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            int lanes = Vector512.IsHardwareAccelerated ? 16 : Vector<float>.Count;
            if (!float.IsNaN(sink)) best = Math.Max(best, 2.0 * 12 * lanes * 1_000_000 / seconds / 1e9);
        }
        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Spin512(int n)
    {
        Vector512<float> a = Vector512.Create(1.0000001f), b = Vector512.Create(1e-9f);
        Vector512<float> x0 = a, x1 = a, x2 = a, x3 = a, x4 = a, x5 = a, x6 = a, x7 = a, x8 = a, x9 = a, x10 = a, x11 = a;
        for (int i = 0; i < n; i++)
        {
            x0 = Vector512.FusedMultiplyAdd(x0, a, b);
            x1 = Vector512.FusedMultiplyAdd(x1, a, b);
            x2 = Vector512.FusedMultiplyAdd(x2, a, b);
            x3 = Vector512.FusedMultiplyAdd(x3, a, b);
            x4 = Vector512.FusedMultiplyAdd(x4, a, b);
            x5 = Vector512.FusedMultiplyAdd(x5, a, b);
            x6 = Vector512.FusedMultiplyAdd(x6, a, b);
            x7 = Vector512.FusedMultiplyAdd(x7, a, b);
            x8 = Vector512.FusedMultiplyAdd(x8, a, b);
            x9 = Vector512.FusedMultiplyAdd(x9, a, b);
            x10 = Vector512.FusedMultiplyAdd(x10, a, b);
            x11 = Vector512.FusedMultiplyAdd(x11, a, b);
        }
        return (x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11)[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float SpinAny(int n)
    {
        Vector<float> a = Vector.Create(1.0000001f), b = Vector.Create(1e-9f);
        Vector<float> x0 = a, x1 = a, x2 = a, x3 = a, x4 = a, x5 = a, x6 = a, x7 = a, x8 = a, x9 = a, x10 = a, x11 = a;
        for (int i = 0; i < n; i++)
        {
            x0 = Vector.MultiplyAddEstimate(x0, a, b);
            x1 = Vector.MultiplyAddEstimate(x1, a, b);
            x2 = Vector.MultiplyAddEstimate(x2, a, b);
            x3 = Vector.MultiplyAddEstimate(x3, a, b);
            x4 = Vector.MultiplyAddEstimate(x4, a, b);
            x5 = Vector.MultiplyAddEstimate(x5, a, b);
            x6 = Vector.MultiplyAddEstimate(x6, a, b);
            x7 = Vector.MultiplyAddEstimate(x7, a, b);
            x8 = Vector.MultiplyAddEstimate(x8, a, b);
            x9 = Vector.MultiplyAddEstimate(x9, a, b);
            x10 = Vector.MultiplyAddEstimate(x10, a, b);
            x11 = Vector.MultiplyAddEstimate(x11, a, b);
        }
        return (x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11)[0];
    }
}
