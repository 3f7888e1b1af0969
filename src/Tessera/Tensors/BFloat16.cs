using System.Runtime.CompilerServices;

namespace Tessera;

/// <summary>bfloat16: the upper half of an IEEE binary32, rounded to nearest even.</summary>
public readonly record struct BFloat16(ushort Bits)
{
    public static explicit operator BFloat16(float value)
    {
        uint b = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? new((ushort)((b >> 16) | 0x40)) : new((ushort)((b + 0x7FFF + ((b >> 16) & 1)) >> 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static explicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.Bits << 16);
}
