namespace Tessera;

/// <summary>A float8 layout: sign, exponent, <paramref name="mantissa"/> bits. Codes grow with magnitude, so rounding may carry into the exponent.</summary>
/// <param name="largest">Code of the largest finite value.</param>
/// <param name="overflow">Code of what exceeds it when not saturating.</param>
/// <param name="infinity">Code of infinity, when the layout has one.</param>
/// <param name="signedZero">Whether sign and magnitude are apart; else the code of −0 is NaN.</param>
internal sealed class Float8Format(int mantissa, int bias, byte largest, byte overflow, byte nan, byte? infinity, bool signedZero)
{
    private const int DoubleMantissa = 52, DoubleBias = 1023;

    private readonly float[] _values = [.. Enumerable.Range(0, 256).Select(b => Value(b, mantissa, bias, nan, infinity, signedZero))];

    public float Decode(byte bits) => _values[bits];

    public byte Encode(double value, bool saturate)
    {
        long bits = BitConverter.DoubleToInt64Bits(Math.Abs(value));
        byte sign = double.IsNegative(value) ? (byte)0x80 : (byte)0;
        // Without a signed zero, the sign bit alone is NaN, and an infinity does not saturate (ONNX Cast-19).
        if (double.IsNaN(value)) return signedZero ? (byte)(sign | nan) : nan;
        if (double.IsInfinity(value)) return signedZero ? (byte)(sign | (saturate ? largest : overflow)) : nan;
        long code = Round(bits);
        if (code > largest)
        {
            if (!saturate && !signedZero) return nan;
            code = saturate ? largest : overflow;
        }
        return code == 0 && !signedZero ? (byte)0 : (byte)(sign | (byte)code);
    }

    /// <summary>Code of the nearest magnitude, ties to even, as if exponents were unbounded above.</summary>
    private long Round(long bits)
    {
        int exponent = (int)(bits >> DoubleMantissa) - DoubleBias;
        int below = Math.Max(0, 1 - bias - exponent);
        int shift = DoubleMantissa - mantissa + below;
        if (shift > DoubleMantissa + 1) return 0;
        long significand = (bits & ((1L << DoubleMantissa) - 1)) | 1L << DoubleMantissa;
        long rounded = (significand + (1L << (shift - 1)) - 1 + ((significand >> shift) & 1)) >> shift;
        return below > 0 ? rounded : ((long)(exponent + bias - 1) << mantissa) + rounded;
    }

    private static float Value(int bits, int mantissa, int bias, byte nan, byte? infinity, bool signedZero)
    {
        int magnitude = bits & 0x7F;
        if (signedZero ? magnitude > (infinity ?? nan - 1) : bits == nan) return float.NaN;
        double value = magnitude == infinity ? double.PositiveInfinity
            : magnitude >> mantissa == 0 ? Math.ScaleB(magnitude, 1 - bias - mantissa)
            : Math.ScaleB((magnitude & ((1 << mantissa) - 1)) + (1 << mantissa), (magnitude >> mantissa) - bias - mantissa);
        return (float)((bits & 0x80) != 0 ? -value : value);
    }
}
