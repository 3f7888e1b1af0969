using System.Numerics;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>Micro-operators between element types.</summary>
internal static class Conversions
{
    /// <summary>From one computing type to another; neither is Bool.</summary>
    public static MicroOp Convert(DType from, DType to) => from switch
    {
        DType.Float32 => To<float>(to),
        DType.Float64 => To<double>(to),
        DType.Int8 => To<sbyte>(to),
        DType.Int16 => To<short>(to),
        DType.Int32 => To<int>(to),
        DType.Int64 => To<long>(to),
        DType.UInt8 => To<byte>(to),
        DType.UInt16 => To<ushort>(to),
        DType.UInt32 => To<uint>(to),
        DType.UInt64 => To<ulong>(to),
        _ => throw None(from, to),
    };

    private static MicroOp To<T>(DType to) where T : unmanaged, INumber<T> => to switch
    {
        DType.Float32 => new ConvertMicroOp<T, float>(false),
        DType.Float64 => new ConvertMicroOp<T, double>(false),
        DType.Int8 => new ConvertMicroOp<T, sbyte>(IsFloat<T>()),
        DType.Int16 => new ConvertMicroOp<T, short>(IsFloat<T>()),
        DType.Int32 => new ConvertMicroOp<T, int>(IsFloat<T>()),
        DType.Int64 => new ConvertMicroOp<T, long>(IsFloat<T>()),
        DType.UInt8 => new ConvertMicroOp<T, byte>(IsFloat<T>()),
        DType.UInt16 => new ConvertMicroOp<T, ushort>(IsFloat<T>()),
        DType.UInt32 => new ConvertMicroOp<T, uint>(IsFloat<T>()),
        DType.UInt64 => new ConvertMicroOp<T, ulong>(IsFloat<T>()),
        _ => throw None(DTypes.Of<T>(), to),
    };

    private static bool IsFloat<T>() => typeof(T) == typeof(float) || typeof(T) == typeof(double);

    /// <summary>Whether elements are 16-bit floats: arithmetic on them is done in Float32, and rounded where a value is stored.</summary>
    public static bool IsHalf(DType type) => type is DType.Float16 or DType.BFloat16;

    /// <summary>Stored elements into Float32; null when they need none.</summary>
    public static MicroOp? Decode(DType type) => type switch
    {
        DType.Float16 => new HalfDecodeMicroOp<HalfCode>(),
        DType.BFloat16 => new HalfDecodeMicroOp<BFloat16Code>(),
        DType.Float8E4M3FN => new DecodeMicroOp<E4M3FNCode, byte>(),
        DType.Float8E4M3FNUZ => new DecodeMicroOp<E4M3FNUZCode, byte>(),
        DType.Float8E5M2 => new DecodeMicroOp<E5M2Code, byte>(),
        DType.Float8E5M2FNUZ => new DecodeMicroOp<E5M2FNUZCode, byte>(),
        _ => null,
    };

    /// <summary>Float32 into stored elements; null when they need none.</summary>
    public static MicroOp? Encode(DType type) => type switch
    {
        DType.Float16 => new HalfEncodeMicroOp<HalfCode>(),
        DType.BFloat16 => new HalfEncodeMicroOp<BFloat16Code>(),
        DType.Float8E4M3FN => new EncodeMicroOp<E4M3FNCode, byte>(),
        DType.Float8E4M3FNUZ => new EncodeMicroOp<E4M3FNUZCode, byte>(),
        DType.Float8E5M2 => new EncodeMicroOp<E5M2Code, byte>(),
        DType.Float8E5M2FNUZ => new EncodeMicroOp<E5M2FNUZCode, byte>(),
        _ => null,
    };

    /// <summary>Float32 rounded to the values that <paramref name="type"/> holds; null when all are.</summary>
    public static MicroOp? Round(DType type) => type switch
    {
        DType.Float16 => new HalfRoundMicroOp<HalfCode>(),
        DType.BFloat16 => new HalfRoundMicroOp<BFloat16Code>(),
        DType.Float8E4M3FN => new RoundMicroOp<E4M3FNCode, byte>(),
        DType.Float8E4M3FNUZ => new RoundMicroOp<E4M3FNUZCode, byte>(),
        DType.Float8E5M2 => new RoundMicroOp<E5M2Code, byte>(),
        DType.Float8E5M2FNUZ => new RoundMicroOp<E5M2FNUZCode, byte>(),
        _ => null,
    };

    /// <summary>Float32 into float8 without saturating: what is beyond the largest value becomes NaN or infinity.</summary>
    public static MicroOp EncodeUnsaturated(DType type) => type switch
    {
        DType.Float8E4M3FN => new EncodeUnsaturatedMicroOp(v => Float8E4M3FN.From(v, false).Bits),
        DType.Float8E4M3FNUZ => new EncodeUnsaturatedMicroOp(v => Float8E4M3FNUZ.From(v, false).Bits),
        DType.Float8E5M2 => new EncodeUnsaturatedMicroOp(v => Float8E5M2.From(v, false).Bits),
        DType.Float8E5M2FNUZ => new EncodeUnsaturatedMicroOp(v => Float8E5M2FNUZ.From(v, false).Bits),
        _ => throw None(DType.Float32, type),
    };

    /// <summary>Non-zero elements of a computing type as a mask of its width.</summary>
    public static MicroOp NonZero(DType type) => type switch
    {
        DType.Float32 => new UnaryMicroOp<NonZeroOp, float>(),
        DType.Float64 => new UnaryMicroOp<NonZeroOp, double>(),
        DType.Int8 or DType.UInt8 => new UnaryMicroOp<NonZeroOp, byte>(),
        DType.Int16 or DType.UInt16 => new UnaryMicroOp<NonZeroOp, ushort>(),
        DType.Int32 or DType.UInt32 => new UnaryMicroOp<NonZeroOp, uint>(),
        DType.Int64 or DType.UInt64 => new UnaryMicroOp<NonZeroOp, ulong>(),
        _ => throw None(type, DType.Bool),
    };

    /// <summary>A mask as wide as the type into its zeros and ones.</summary>
    public static MicroOp FromMask(DType type) => type switch
    {
        DType.Float32 => new MaskToNumberMicroOp<float>(1),
        DType.Float64 => new MaskToNumberMicroOp<double>(1),
        DType.Int8 or DType.UInt8 => new MaskToNumberMicroOp<byte>(1),
        DType.Int16 or DType.UInt16 => new MaskToNumberMicroOp<ushort>(1),
        DType.Int32 or DType.UInt32 => new MaskToNumberMicroOp<uint>(1),
        DType.Int64 or DType.UInt64 => new MaskToNumberMicroOp<ulong>(1),
        _ => throw None(DType.Bool, type),
    };

    public static MicroOp IsInf(DType type, bool positive, bool negative) =>
        type == DType.Float64 ? new IsInfMicroOp<double, ulong>(positive, negative) : new IsInfMicroOp<float, uint>(positive, negative);

    private static TesseraException None(DType from, DType to) => new(ErrorCode.Unsupported, $"No conversion from {from} to {to}.");
}
