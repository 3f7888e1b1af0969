using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>What a kernel does to its finished output: another value added, then bounds. y = min(max(y + sum, low), high), NaN stays.</summary>
internal static unsafe class Tail
{
    /// <param name="sum">Null for none.</param>
    public static void Run(float* y, float* sum, long n, float low, float high)
    {
        long i = 0;
        if (Vector512.IsHardwareAccelerated) Lanes<Lanes512<float>>(y, sum, ref i, n, low, high);
        if (Vector256.IsHardwareAccelerated) Lanes<Lanes256<float>>(y, sum, ref i, n, low, high);
        if (Vector128.IsHardwareAccelerated) Lanes<Lanes128<float>>(y, sum, ref i, n, low, high);
        for (; i < n; i++)
        {
            float v = sum == null ? y[i] : y[i] + sum[i];
            y[i] = v < low ? low : v > high ? high : v;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Lanes<V>(float* y, float* sum, ref long at, long n, float low, float high) where V : unmanaged, ILanes<V, float>
    {
        V lo = V.All(low), hi = V.All(high);
        long i = at;
        if (sum == null) for (; i + V.Count <= n; i += V.Count) V.Store(V.Clamp(V.Load(y + i), lo, hi), y + i);
        else for (; i + V.Count <= n; i += V.Count) V.Store(V.Clamp(V.Load(y + i) + V.Load(sum + i), lo, hi), y + i);
        at = i;
    }
}
