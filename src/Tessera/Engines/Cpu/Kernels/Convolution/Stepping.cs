using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Copies elements, all or every so many.</summary>
internal static unsafe class Stepping
{
    /// <summary>to[i] = x[i] for i &lt; n; for rows, most of which are short.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(float* x, float* to, long n)
    {
        long i = 0;
        if (n >= 16)
        {
            for (; i <= n - 16; i += 16) Vector512.Load(x + i).Store(to + i);
            if (i < n) Vector512.Load(x + n - 16).Store(to + n - 16);
        }
        else if (n >= 8)
        {
            Vector256<float> first = Vector256.Load(x), last = Vector256.Load(x + n - 8);
            first.Store(to);
            last.Store(to + n - 8);
        }
        else if (n >= 4)
        {
            Vector128<float> first = Vector128.Load(x), last = Vector128.Load(x + n - 4);
            first.Store(to);
            last.Store(to + n - 4);
        }
        else for (; i < n; i++) to[i] = x[i];
    }

    /// <summary>to[i] = x[i·step] for i &lt; n; nothing beyond the last one is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(T* x, long step, T* to, long n)
    {
        long i = 0;
        if (sizeof(T) == 4 && step == 2 && (Avx2.IsSupported || Sse.IsSupported || AdvSimd.Arm64.IsSupported))
        {
            float* f = (float*)x, y = (float*)to;
            if (Avx2.IsSupported)
            {
                for (; i + 8 < n; i += 8)
                    Avx2.Permute4x64(Avx.Shuffle(Vector256.Load(f + 2 * i), Vector256.Load(f + 2 * i + 8), 0x88).AsDouble(), 0xD8).AsSingle().Store(y + i);
            }
            for (; i + 4 < n; i += 4)
            {
                Vector128<float> a = Vector128.Load(f + 2 * i), b = Vector128.Load(f + 2 * i + 4);
                (Sse.IsSupported ? Sse.Shuffle(a, b, 0x88) : AdvSimd.Arm64.UnzipEven(a, b)).Store(y + i);
            }
        }
        for (; i < n; i++) to[i] = x[i * step];
    }

    /// <summary>even[i] = x[2·i] and odd[i] = x[2·i + 1] for i &lt; <paramref name="pairs"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Deinterleave(float* x, float* even, float* odd, long pairs)
    {
        long i = 0;
        if (Avx512F.IsSupported && pairs >= 16)
        {
            Vector512<int> evens = Vector512.CreateSequence(0, 2), odds = Vector512.CreateSequence(1, 2);
            for (; i < pairs; i += 16)
            {
                // The last vectors end where the row ends.
                i = Math.Min(i, pairs - 16);
                Vector512<float> a = Vector512.Load(x + 2 * i), b = Vector512.Load(x + 2 * i + 16);
                Avx512F.PermuteVar16x32x2(a, evens, b).Store(even + i);
                Avx512F.PermuteVar16x32x2(a, odds, b).Store(odd + i);
            }
        }
        else if (Avx2.IsSupported && pairs >= 8)
        {
            for (; i < pairs; i += 8)
            {
                i = Math.Min(i, pairs - 8);
                Vector256<float> a = Vector256.Load(x + 2 * i), b = Vector256.Load(x + 2 * i + 8);
                Avx2.Permute4x64(Avx.Shuffle(a, b, 0x88).AsDouble(), 0xD8).AsSingle().Store(even + i);
                Avx2.Permute4x64(Avx.Shuffle(a, b, 0xDD).AsDouble(), 0xD8).AsSingle().Store(odd + i);
            }
        }
        else if (Sse.IsSupported && pairs >= 4)
        {
            for (; i < pairs; i += 4)
            {
                i = Math.Min(i, pairs - 4);
                Vector128<float> a = Vector128.Load(x + 2 * i), b = Vector128.Load(x + 2 * i + 4);
                Sse.Shuffle(a, b, 0x88).Store(even + i);
                Sse.Shuffle(a, b, 0xDD).Store(odd + i);
            }
        }
        else if (AdvSimd.Arm64.IsSupported && pairs >= 4)
        {
            for (; i < pairs; i += 4)
            {
                i = Math.Min(i, pairs - 4);
                Vector128<float> a = Vector128.Load(x + 2 * i), b = Vector128.Load(x + 2 * i + 4);
                AdvSimd.Arm64.UnzipEven(a, b).Store(even + i);
                AdvSimd.Arm64.UnzipOdd(a, b).Store(odd + i);
            }
        }
        for (; i < pairs; i++) (even[i], odd[i]) = (x[2 * i], x[2 * i + 1]);
    }

    /// <summary>y = even[0], odd[0], even[1], odd[1] … for <paramref name="n"/> elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Interleave(float* even, float* odd, float* y, long n)
    {
        long i = 0;
        if (Avx512F.IsSupported)
        {
            Vector512<int> low = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), high = low + Vector512.Create(8);
            for (; i + 32 <= n; i += 32)
            {
                Vector512<float> a = Vector512.Load(even + i / 2), b = Vector512.Load(odd + i / 2);
                Avx512F.PermuteVar16x32x2(a, low, b).Store(y + i);
                Avx512F.PermuteVar16x32x2(a, high, b).Store(y + i + 16);
            }
        }
        if (Sse.IsSupported || AdvSimd.Arm64.IsSupported)
        {
            for (; i + 8 <= n; i += 8)
            {
                Vector128<float> a = Vector128.Load(even + i / 2), b = Vector128.Load(odd + i / 2);
                (Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b)).Store(y + i);
                (Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b)).Store(y + i + 4);
            }
        }
        for (; i < n; i++) y[i] = (i & 1) == 0 ? even[i / 2] : odd[i / 2];
    }
}
