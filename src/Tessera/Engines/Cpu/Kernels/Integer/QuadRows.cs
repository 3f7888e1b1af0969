using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Packs tiles of unsigned rows: for each quad the rows' four bytes side by side, and the same as 16-bit numbers for far weights.</summary>
internal static unsafe class QuadRows
{
    /// <summary>One tile. A row is <paramref name="rowStep"/> bytes after the other, its terms <paramref name="kStep"/>; every byte is xored with <paramref name="flip"/> (128 makes signed bytes unsigned, 128 more).</summary>
    /// <param name="bytes">Null when not wanted.</param>
    /// <param name="words">Null when not wanted.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(byte* x, long rowStep, long kStep, int rows, long k, byte flip, byte* bytes, byte* words)
    {
        long whole = kStep == 1 ? k / 4 : 0, quads = (k + 3) / 4;
        int first = 0;
        if (Sse2.IsSupported && whole >= 4)
            for (; first + 4 <= rows; first += 4) Four(x + first * rowStep, rowStep, rows, first, whole & ~3L, flip, bytes, words);
        uint mask = 0x01010101u * flip;
        for (int r = 0; r < rows; r++)
        {
            byte* row = x + r * rowStep;
            for (long q = r < first ? whole & ~3L : 0; q < quads; q++)
            {
                uint v = 0;
                if (q < whole) v = *(uint*)(row + 4 * q) ^ mask;
                else for (int p = 0; p < 4 && 4 * q + p < k; p++) v |= (uint)(row[(4 * q + p) * kStep] ^ flip) << 8 * p;
                if (bytes != null) ((uint*)bytes)[q * rows + r] = v;
                if (words == null) continue;
                uint* w = (uint*)words + 2 * q * rows + r;
                w[0] = v & 0x00FF00FF;
                w[rows] = v >> 8 & 0x00FF00FF;
            }
        }
    }

    /// <summary>Four rows, four quads at a time, turned in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(byte* x, long rowStep, int rows, int first, long quads, byte flip, byte* bytes, byte* words)
    {
        Vector128<byte> mask = Vector128.Create(flip);
        for (long q = 0; q < quads; q += 4)
        {
            Vector128<int> a = (Vector128.Load(x + 4 * q) ^ mask).AsInt32(), b = (Vector128.Load(x + rowStep + 4 * q) ^ mask).AsInt32();
            Vector128<int> c = (Vector128.Load(x + 2 * rowStep + 4 * q) ^ mask).AsInt32(), d = (Vector128.Load(x + 3 * rowStep + 4 * q) ^ mask).AsInt32();
            Vector128<long> ab = Sse2.UnpackLow(a, b).AsInt64(), cd = Sse2.UnpackLow(c, d).AsInt64(), ef = Sse2.UnpackHigh(a, b).AsInt64(), gh = Sse2.UnpackHigh(c, d).AsInt64();
            Put(Sse2.UnpackLow(ab, cd).AsInt32(), q, rows, first, bytes, words);
            Put(Sse2.UnpackHigh(ab, cd).AsInt32(), q + 1, rows, first, bytes, words);
            Put(Sse2.UnpackLow(ef, gh).AsInt32(), q + 2, rows, first, bytes, words);
            Put(Sse2.UnpackHigh(ef, gh).AsInt32(), q + 3, rows, first, bytes, words);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector128<int> v, long q, int rows, int first, byte* bytes, byte* words)
    {
        if (bytes != null) v.Store((int*)bytes + q * rows + first);
        if (words == null) return;
        int* w = (int*)words + 2 * q * rows + first;
        (v & Vector128.Create(0x00FF00FF)).Store(w);
        Vector128.ShiftRightLogical(v.AsInt16(), 8).AsInt32().Store(w + rows);
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
