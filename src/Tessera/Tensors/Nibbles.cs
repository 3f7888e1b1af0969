namespace Tessera;

/// <summary>4-bit integers packed two to a byte: element 2i in the low half of byte i, element 2i+1 in the high half.</summary>
public static class Nibbles
{
    /// <summary>int4 → int8: each half sign-extended, −8…7.</summary>
    /// <exception cref="TesseraException">ShapeMismatch when <paramref name="packed"/> is too short.</exception>
    public static void Unpack(ReadOnlySpan<byte> packed, Span<sbyte> values)
    {
        Check(packed.Length, values.Length);
        for (int i = 0; i < values.Length; i++) values[i] = (sbyte)((sbyte)(packed[i >> 1] << (4 - ((i & 1) << 2))) >> 4);
    }

    /// <summary>uint4 → uint8: 0…15.</summary>
    /// <exception cref="TesseraException">ShapeMismatch when <paramref name="packed"/> is too short.</exception>
    public static void Unpack(ReadOnlySpan<byte> packed, Span<byte> values)
    {
        Check(packed.Length, values.Length);
        for (int i = 0; i < values.Length; i++) values[i] = (byte)(packed[i >> 1] >> ((i & 1) << 2) & 15);
    }

    /// <summary>int8 → int4: the low four bits of each value; the last half byte of an odd count is 0.</summary>
    /// <exception cref="TesseraException">ShapeMismatch when <paramref name="packed"/> is too short.</exception>
    public static void Pack(ReadOnlySpan<sbyte> values, Span<byte> packed) => Pack(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values), packed);

    /// <summary>uint8 → uint4: the low four bits of each value; the last half byte of an odd count is 0.</summary>
    /// <exception cref="TesseraException">ShapeMismatch when <paramref name="packed"/> is too short.</exception>
    public static void Pack(ReadOnlySpan<byte> values, Span<byte> packed)
    {
        Check(packed.Length, values.Length);
        for (int i = 0; i < values.Length; i += 2) packed[i >> 1] = (byte)(values[i] & 15 | (i + 1 < values.Length ? values[i + 1] << 4 : 0));
    }

    private static void Check(int bytes, int count)
    {
        if (bytes < (count + 1L) / 2) throw new TesseraException(ErrorCode.ShapeMismatch, $"{count} 4-bit elements need {(count + 1L) / 2} bytes; there are {bytes}.");
    }
}
