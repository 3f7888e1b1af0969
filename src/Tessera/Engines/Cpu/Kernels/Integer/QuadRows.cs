using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Rows of bytes as quads, and as quads of 16-bit numbers for far weights.</summary>
internal static unsafe class QuadRows
{
    /// <summary>One row; every byte is xored with <paramref name="flip"/> (128 makes signed bytes unsigned, 128 more), and zeros fill the last quad.</summary>
    /// <param name="bytes">Its bytes one after the other; null when not wanted.</param>
    /// <param name="words">For each quad its even bytes as two 16-bit numbers, then the odd ones; null when not wanted.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(byte* x, long kStep, long k, byte flip, byte* bytes, byte* words)
    {
        long p = 0;
        if (kStep == 1 && Sse2.IsSupported)
            for (Vector128<byte> f = Vector128.Create(flip), low = Vector128.Create((ushort)255).AsByte(); p + 16 <= k; p += 16)
            {
                Vector128<byte> v = Vector128.Load(x + p) ^ f;
                if (bytes != null) v.Store(bytes + p);
                if (words == null) continue;
                Vector128<int> even = (v & low).AsInt32(), odd = Vector128.ShiftRightLogical(v.AsUInt16(), 8).AsInt32();
                Sse2.UnpackLow(even, odd).AsByte().Store(words + 2 * p);
                Sse2.UnpackHigh(even, odd).AsByte().Store(words + 2 * p + 16);
            }
        for (; p < k; p += 4)
        {
            uint v = 0;
            for (int i = 0; i < 4 && p + i < k; i++) v |= (uint)(x[(p + i) * kStep] ^ flip) << 8 * i;
            if (bytes != null) *(uint*)(bytes + p) = v;
            if (words == null) continue;
            uint* w = (uint*)(words + 2 * p);
            w[0] = v & 0x00FF00FF;
            w[1] = v >> 8 & 0x00FF00FF;
        }
    }

    /// <summary>∑ of a row's bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Sum(byte* x, long kStep, long k, byte flip)
    {
        long p = 0;
        int sum = 0;
        if (kStep == 1 && Sse2.IsSupported && k >= 16)
        {
            Vector128<long> s = default;
            for (; p + 16 <= k; p += 16) s += Sse2.SumAbsoluteDifferences(Vector128.Load(x + p) ^ Vector128.Create(flip), Vector128<byte>.Zero).AsInt64();
            sum = (int)(s[0] + s[1]);
        }
        for (; p < k; p++) sum += x[p * kStep] ^ flip;
        return sum;
    }
}
