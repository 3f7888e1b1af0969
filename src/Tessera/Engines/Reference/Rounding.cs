namespace Tessera.Engines.Reference;

/// <summary>Rounds to what an element type holds.</summary>
internal static class Rounding
{
    /// <summary>The nearest value of a floating type.</summary>
    public static double Float(DType type, double v) => type switch
    {
        DType.Float64 => v,
        DType.Float32 => (float)v,
        DType.Float16 => (double)(Half)v,
        DType.BFloat16 => (float)(BFloat16)(float)v,
        DType.Float8E4M3FN => (float)Float8E4M3FN.From(v),
        DType.Float8E4M3FNUZ => (float)Float8E4M3FNUZ.From(v),
        DType.Float8E5M2 => (float)Float8E5M2.From(v),
        DType.Float8E5M2FNUZ => (float)Float8E5M2FNUZ.From(v),
        DType.Int64 or DType.Int32 or DType.Int16 or DType.Int8 or DType.UInt64 or DType.UInt32 or DType.UInt16 or DType.UInt8 or DType.Bool or DType.String or DType.UInt4 or DType.Int4
            => throw new TesseraException(ErrorCode.Internal, $"{type} is no floating type."),
    };

    /// <summary>Wraps to the width of an integer type.</summary>
    public static long Integer(DType type, long v) => type switch
    {
        DType.Int64 or DType.UInt64 => v,
        DType.Int32 => (int)v,
        DType.Int16 => (short)v,
        DType.Int8 => (sbyte)v,
        DType.UInt32 => (uint)v,
        DType.UInt16 => (ushort)v,
        DType.UInt8 => (byte)v,
        DType.Bool => v == 0 ? 0 : 1,
        DType.UInt4 => v & 15,
        DType.Int4 => v << 60 >> 60,
        DType.Float64 or DType.Float32 or DType.Float16 or DType.BFloat16 or DType.Float8E4M3FN or DType.Float8E4M3FNUZ or DType.Float8E5M2 or DType.Float8E5M2FNUZ or DType.String
            => throw new TesseraException(ErrorCode.Internal, $"{type} is no integer type."),
    };

    /// <summary>Rounds what a 16- or 8-bit node computed to its type. Float32 stays wide until it leaves or is decided upon.</summary>
    public static Cells Stored(Cells c)
    {
        if (c.IsFloat && c.Type.Bits() < 32) Round(c.Floats, c.Type);
        return c;
    }

    /// <summary>The operand of an operator that decides by it (rounds, compares, picks, converts): Float32 as Float32 holds it.</summary>
    public static Cells Decided(Cells c)
    {
        if (c.Type != DType.Float32) return c;
        double[] v = (double[])c.Floats.Clone();
        Round(v, c.Type);
        return new(c.Type, c.Shape, v);
    }

    private static void Round(double[] v, DType type)
    {
        for (int i = 0; i < v.Length; i++) v[i] = Float(type, v[i]);
    }
}
