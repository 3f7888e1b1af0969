namespace Tessera;

/// <summary>float8 with 4 exponent bits (bias 7) and 3 mantissa bits: no infinities, NaN is S.1111.111, largest 448.</summary>
/// <remarks>Source: ONNX Cast-19 and arXiv:2209.05433.</remarks>
public readonly record struct Float8E4M3FN(byte Bits)
{
    private static readonly Float8Format Format = new(mantissa: 3, bias: 7, largest: 0x7E, overflow: 0x7F, nan: 0x7F, infinity: null, signedZero: true);

    /// <summary>Nearest value, ties to even. Beyond the largest: the largest when saturating, else NaN.</summary>
    public static Float8E4M3FN From(double value, bool saturate = true) => new(Format.Encode(value, saturate));

    public static explicit operator Float8E4M3FN(float value) => From(value);

    public static explicit operator float(Float8E4M3FN value) => Format.Decode(value.Bits);
}

/// <summary>float8 with 4 exponent bits (bias 8) and 3 mantissa bits: no infinities, no −0, NaN is 0x80, largest 240.</summary>
/// <remarks>Source: ONNX Cast-19 and arXiv:2206.02915. An infinity converts to NaN even when saturating.</remarks>
public readonly record struct Float8E4M3FNUZ(byte Bits)
{
    private static readonly Float8Format Format = new(mantissa: 3, bias: 8, largest: 0x7F, overflow: 0x80, nan: 0x80, infinity: null, signedZero: false);

    /// <summary>Nearest value, ties to even. Beyond the largest: the largest when saturating, else NaN.</summary>
    public static Float8E4M3FNUZ From(double value, bool saturate = true) => new(Format.Encode(value, saturate));

    public static explicit operator Float8E4M3FNUZ(float value) => From(value);

    public static explicit operator float(Float8E4M3FNUZ value) => Format.Decode(value.Bits);
}

/// <summary>float8 with 5 exponent bits (bias 15) and 2 mantissa bits, IEEE-like: infinities S.11111.00, NaN S.11111.{01,10,11}, largest 57344.</summary>
/// <remarks>Source: ONNX Cast-19 and arXiv:2209.05433.</remarks>
public readonly record struct Float8E5M2(byte Bits)
{
    private static readonly Float8Format Format = new(mantissa: 2, bias: 15, largest: 0x7B, overflow: 0x7C, nan: 0x7F, infinity: 0x7C, signedZero: true);

    /// <summary>Nearest value, ties to even. Beyond the largest, and at infinity: the largest when saturating, else infinity.</summary>
    public static Float8E5M2 From(double value, bool saturate = true) => new(Format.Encode(value, saturate));

    public static explicit operator Float8E5M2(float value) => From(value);

    public static explicit operator float(Float8E5M2 value) => Format.Decode(value.Bits);
}

/// <summary>float8 with 5 exponent bits (bias 16) and 2 mantissa bits: no infinities, no −0, NaN is 0x80, largest 57344.</summary>
/// <remarks>Source: ONNX Cast-19 and arXiv:2206.02915. An infinity converts to NaN even when saturating.</remarks>
public readonly record struct Float8E5M2FNUZ(byte Bits)
{
    private static readonly Float8Format Format = new(mantissa: 2, bias: 16, largest: 0x7F, overflow: 0x80, nan: 0x80, infinity: null, signedZero: false);

    /// <summary>Nearest value, ties to even. Beyond the largest: the largest when saturating, else NaN.</summary>
    public static Float8E5M2FNUZ From(double value, bool saturate = true) => new(Format.Encode(value, saturate));

    public static explicit operator Float8E5M2FNUZ(float value) => From(value);

    public static explicit operator float(Float8E5M2FNUZ value) => Format.Decode(value.Bits);
}
