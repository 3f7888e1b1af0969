using System.Numerics;

namespace Tessera.Engines.Cpu;

/// <summary>Makes something for one numeric .NET type.</summary>
internal interface INumericFactory<TResult>
{
    TResult Make<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

/// <summary>From element types to generic code.</summary>
internal static class Dispatch
{
    /// <summary>Types that kernels compute in; booleans go as bytes of 0 and 1.</summary>
    public static TResult Numeric<TFactory, TResult>(DType type, TFactory factory) where TFactory : INumericFactory<TResult> => type switch
    {
        DType.Float32 => factory.Make<float>(),
        DType.Float64 => factory.Make<double>(),
        DType.Int8 or DType.Int4 => factory.Make<sbyte>(),
        DType.Int16 => factory.Make<short>(),
        DType.Int32 => factory.Make<int>(),
        DType.Int64 => factory.Make<long>(),
        DType.UInt8 or DType.Bool or DType.UInt4 => factory.Make<byte>(),
        DType.UInt16 => factory.Make<ushort>(),
        DType.UInt32 => factory.Make<uint>(),
        DType.UInt64 => factory.Make<ulong>(),
        DType.Float16 or DType.BFloat16 or DType.Float8E4M3FN or DType.Float8E4M3FNUZ or DType.Float8E5M2 or DType.Float8E5M2FNUZ or DType.String
            => throw new TesseraException(ErrorCode.Unsupported, $"No arithmetic on {type}; cast to Float32 first."),
    };
}
