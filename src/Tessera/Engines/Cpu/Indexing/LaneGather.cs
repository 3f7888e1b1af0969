using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Engines.Cpu.Indexing;

/// <summary>Elements of 4 bytes gathered from a row by known indices, a vector at a time where the indices of the vector lie within one: loaded as they lie, then permuted. Enlarging by repetition, reversal and the like.</summary>
internal sealed unsafe class LaneGather
{
    private readonly long _count;
    private readonly long* _starts;
    private readonly int* _lanes;

    private LaneGather(long count, long* starts, int* lanes)
    {
        _count = count;
        _starts = starts;
        _lanes = lanes;
    }

    private static int Lanes => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    /// <summary>Null when the row is shorter than a vector, or indices are outside or too far apart.</summary>
    /// <param name="b">Where the tables live.</param>
    /// <param name="index">Indices.</param>
    /// <param name="count">How many.</param>
    /// <param name="n">Elements of the row.</param>
    public static LaneGather? Of(StepBuilder b, long* index, long count, long n)
    {
        int v = Lanes;
        if (count < v || n < v) return null;
        long blocks = (count + v - 1) / v;
        long[] starts = new long[blocks];
        for (long k = 0; k < blocks; k++)
        {
            long low = n, high = -1, at = First(k, count);
            for (int i = 0; i < v; i++)
            {
                if (index[at + i] < 0 || index[at + i] >= n) return null;
                (low, high) = (Math.Min(low, index[at + i]), Math.Max(high, index[at + i]));
            }
            starts[k] = Math.Min(low, n - v);
            if (high - starts[k] >= v) return null;
        }
        long* to = (long*)b.Own(blocks * sizeof(long));
        int* lanes = (int*)b.Own(blocks * v * sizeof(int));
        for (long k = 0; k < blocks; k++)
        {
            to[k] = starts[k];
            for (int i = 0; i < v; i++) lanes[k * v + i] = (int)(index[First(k, count) + i] - starts[k]);
        }
        return new(count, to, lanes);
    }

    // The last vector ends where the result ends.
    private static long First(long block, long count) => Math.Min(block * Lanes, count - Lanes);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row(int* x, int* y)
    {
        int v = Lanes;
        for (long i = 0, k = 0; i < _count; i += v, k++)
        {
            long at = Math.Min(i, _count - v);
            int* from = x + _starts[k], lanes = _lanes + k * v;
            if (Vector512.IsHardwareAccelerated) Vector512.Shuffle(Vector512.Load(from), Vector512.Load(lanes)).Store(y + at);
            else if (Vector256.IsHardwareAccelerated) Vector256.Shuffle(Vector256.Load(from), Vector256.Load(lanes)).Store(y + at);
            else Vector128.Shuffle(Vector128.Load(from), Vector128.Load(lanes)).Store(y + at);
        }
    }
}
