namespace Tessera.Kernels;

/// <summary>Kinds of scalars that instructions compute with.</summary>
public enum ScalarKind : byte { Bool, Int32, UInt32, Int64, UInt64, Float32, Float64 }

/// <summary>A scalar, or a vector of 4.</summary>
public readonly record struct KernelType(ScalarKind Kind, int Lanes = 1)
{
    public static readonly KernelType Bool = new(ScalarKind.Bool), Int32 = new(ScalarKind.Int32), UInt32 = new(ScalarKind.UInt32), Float32 = new(ScalarKind.Float32);

    public bool IsFloat => Kind is ScalarKind.Float32 or ScalarKind.Float64;

    public bool IsInteger => Kind is ScalarKind.Int32 or ScalarKind.UInt32 or ScalarKind.Int64 or ScalarKind.UInt64;

    public bool IsSigned => Kind is ScalarKind.Int32 or ScalarKind.Int64;

    /// <summary>Bits of one lane; a truth value counts 32, the width of a lane of a mask.</summary>
    public int Bits => Kind is ScalarKind.Int64 or ScalarKind.UInt64 or ScalarKind.Float64 ? 64 : 32;

    public KernelType Of(int lanes) => new(Kind, lanes);

    /// <summary>What an element of a buffer is inside a kernel; null when kernels can't read the type.</summary>
    public static KernelType? Reads(DType type) => type switch
    {
        DType.Bool => Bool,
        DType.Int8 or DType.Int16 or DType.Int32 or DType.Int4 => Int32,
        DType.UInt8 or DType.UInt16 or DType.UInt32 or DType.UInt4 => UInt32,
        DType.Int64 => new(ScalarKind.Int64),
        DType.UInt64 => new(ScalarKind.UInt64),
        DType.Float32 or DType.Float16 or DType.BFloat16 => Float32,
        DType.Float64 => new(ScalarKind.Float64),
        DType.String or DType.Float8E4M3FN or DType.Float8E4M3FNUZ or DType.Float8E5M2 or DType.Float8E5M2FNUZ => null,
    };

    public override string ToString() => (Kind switch
    {
        ScalarKind.Bool => "bool",
        ScalarKind.Int32 => "i32",
        ScalarKind.UInt32 => "u32",
        ScalarKind.Int64 => "i64",
        ScalarKind.UInt64 => "u64",
        ScalarKind.Float32 => "f32",
        ScalarKind.Float64 => "f64",
    }) + (Lanes == 1 ? "" : $"x{Lanes}");
}
