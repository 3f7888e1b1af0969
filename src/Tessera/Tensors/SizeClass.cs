using System.Numerics;

namespace Tessera;

/// <summary>Block sizes of a pool: multiples of 64 bytes up to 1 KiB, then eight per doubling, so a block is at most 12.5% larger than what was asked for.</summary>
internal static class SizeClass
{
    public const int Alignment = 64;

    /// <summary>Largest block, 2⁴⁷ bytes: all that user space of a 64-bit system addresses.</summary>
    public const long MaxBytes = 1L << 47;

    public static int Count { get; } = Of(MaxBytes) + 1;

    public static int Of(long bytes)
    {
        ulong last = (ulong)(Math.Max(bytes, 1) - 1) / Alignment;
        int shift = BitOperations.Log2(last | 15) - 3;
        return (shift << 3) + (int)(last >> shift);
    }

    /// <summary>Bytes of the blocks of class <paramref name="index"/>.</summary>
    public static long Bytes(int index)
    {
        int shift = Math.Max(0, (index >> 3) - 1);
        return (index - ((long)shift << 3) + 1 << shift) * Alignment;
    }
}
