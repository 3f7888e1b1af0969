using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Resampling of Float32 along contiguous rows, for tables known beforehand in which neighbouring results take their inputs from nearby: a vector of
/// results reads two neighbouring vectors once and picks each tap's inputs from them.
/// </summary>
internal sealed unsafe class WindowTaps
{
    private readonly long _results, _taps;
    private readonly long[] _starts;
    private readonly int[] _picks;
    private readonly float[] _weights;

    private WindowTaps(long results, long taps, long[] starts, int[] picks, float[] weights) => (_results, _taps, _starts, _picks, _weights) = (results, taps, starts, picks, weights);

    private static int Lanes => Avx512F.IsSupported ? 16 : Avx2.IsSupported ? 8 : 0;

    /// <summary>The same taps in the order in which vectors of results need them; null when the machine cannot pick, or some inputs are too far apart.</summary>
    /// <param name="length">Inputs per row.</param>
    /// <param name="at">[results, taps]</param>
    /// <param name="w">[results, taps]</param>
    public static WindowTaps? Of(long length, long results, long taps, int* at, float* w)
    {
        int lanes = Lanes;
        if (lanes == 0 || length < 2 * lanes || taps is 0 or > 16) return null;
        long blocks = (results + lanes - 1) / lanes;
        long[] starts = new long[blocks];
        int[] picks = GC.AllocateArray<int>(checked((int)(blocks * taps * lanes)), pinned: true);
        float[] weights = GC.AllocateArray<float>(picks.Length, pinned: true);
        for (long b = 0; b < blocks; b++)
        {
            long first = b * lanes, end = Math.Min(results, first + lanes), low = long.MaxValue, high = 0;
            for (long i = first * taps; i < end * taps; i++) (low, high) = (Math.Min(low, at[i]), Math.Max(high, at[i]));
            starts[b] = Math.Min(low, length - 2 * lanes);
            if (high - starts[b] >= 2 * lanes) return null;
            for (long r = first; r < end; r++)
                for (long t = 0; t < taps; t++)
                {
                    long to = (b * taps + t) * lanes + r - first;
                    (picks[to], weights[to]) = ((int)(at[r * taps + t] - starts[b]), w[r * taps + t]);
                }
        }
        return new(results, taps, starts, picks, weights);
    }

    /// <summary>All results of the row at <paramref name="x"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row(float* x, float* y)
    {
        int* picks = (int*)Unsafe.AsPointer(ref _picks[0]);
        float* weights = (float*)Unsafe.AsPointer(ref _weights[0]);
        long done = 0;
        foreach (long start in _starts)
        {
            float* from = x + start;
            if (Avx512F.IsSupported)
            {
                Vector512<float> low = Vector512.Load(from), high = Vector512.Load(from + 16), s = default;
                for (long t = 0; t < _taps; t++, picks += 16, weights += 16)
                {
                    Vector512<float> w = Vector512.Load(weights), v = Avx512F.PermuteVar16x32x2(low, Vector512.Load(picks), high);
                    s += Vector512.AndNot(w * v, Vector512.Equals(w, default));
                }
                if (done + 16 <= _results) s.Store(y + done);
                else Sums.Store<Lanes512<float>, float>(new(s), y + done, _results - done);
                done += 16;
            }
            else
            {
                Vector256<float> low = Vector256.Load(from), high = Vector256.Load(from + 8), s = default;
                for (long t = 0; t < _taps; t++, picks += 8, weights += 8)
                {
                    Vector256<int> pick = Vector256.Load(picks);
                    Vector256<float> w = Vector256.Load(weights);
                    Vector256<float> v = Vector256.ConditionalSelect(Vector256.GreaterThan(pick, Vector256.Create(7)).AsSingle(), Avx2.PermuteVar8x32(high, pick), Avx2.PermuteVar8x32(low, pick));
                    s += Vector256.AndNot(w * v, Vector256.Equals(w, default));
                }
                if (done + 8 <= _results) s.Store(y + done);
                else Sums.Store<Lanes256<float>, float>(new(s), y + done, _results - done);
                done += 8;
            }
        }
    }
}
