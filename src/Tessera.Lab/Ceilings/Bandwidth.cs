using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tessera.Lab;

/// <summary>Bytes per second between memory and registers: the better of reading only and of copying, so that no use of the memory is faster.</summary>
public static class Bandwidth
{
    private static readonly long[] Sets = [16L << 10, 256L << 10, 1L << 20, 4L << 20, 16L << 20, 32L << 20, 64L << 20, 256L << 20];

    /// <summary>Rates of working sets from what the nearest cache holds to what no cache holds; a larger set is never taken to be faster than a smaller one.</summary>
    public static IReadOnlyList<MemoryRate> Curve(int threads)
    {
        MemoryRate[] rates = [.. Sets.Select(s => new MemoryRate(s, Rate(threads, s)))];
        for (int i = rates.Length - 2; i >= 0; i--)
            if (rates[i].BytesPerSecond < rates[i + 1].BytesPerSecond) rates[i] = rates[i] with { BytesPerSecond = rates[i + 1].BytesPerSecond };
        return rates;
    }

    /// <summary>Each thread works on its own part of <paramref name="workingSet"/> bytes.</summary>
    public static double Rate(int threads, long workingSet)
    {
        int floats = (int)Math.Max(1024, workingSet / threads / 4 / 256 * 256), repeats = (int)Math.Max(1, (4L << 20) / (floats * 4L));
        float[][] parts = [.. Enumerable.Range(0, threads).Select(_ => GC.AllocateUninitializedArray<float>(floats))];
        foreach (float[] p in parts) p.AsSpan().Fill(1);
        float[] sink = new float[threads * 32];
        int tries = workingSet >= 32 << 20 ? 4 : 12;
        double read = Crew.Least(threads, tries, i =>
        {
            for (int r = 0; r < repeats; r++) sink[i * 32] = Sum(parts[i]);
        });
        double copy = Crew.Least(threads, tries, i =>
        {
            for (int r = 0; r < repeats; r++) parts[i].AsSpan(0, floats / 2).CopyTo(parts[i].AsSpan(floats / 2));
        });
        return 4.0 * floats * threads * repeats / Math.Min(read, copy);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum(float[] x)
    {
        ReadOnlySpan<Vector<float>> v = MemoryMarshal.Cast<float, Vector<float>>(x);
        Vector<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        ref Vector<float> p = ref MemoryMarshal.GetReference(v);
        for (nint i = 0; i + 8 <= v.Length; i += 8)
        {
            a += Unsafe.Add(ref p, i); b += Unsafe.Add(ref p, i + 1); c += Unsafe.Add(ref p, i + 2); d += Unsafe.Add(ref p, i + 3);
            e += Unsafe.Add(ref p, i + 4); f += Unsafe.Add(ref p, i + 5); g += Unsafe.Add(ref p, i + 6); h += Unsafe.Add(ref p, i + 7);
        }
        return Vector.Sum(a + b + c + d + e + f + g + h);
    }
}
