using System.Globalization;

namespace Tessera.Engines.Reference;

/// <summary>Cast between element types: floats to integers truncate and saturate (NaN gives 0), integers to integers wrap.</summary>
internal static class Casts
{
    public static Cells To(Cells x, DType type, bool saturate)
    {
        x = Rounding.Decided(x);
        if (type == x.Type) return x;
        if (type == DType.String) return new(x.Shape, Texts(x));
        if (type.IsFloat()) return new(type, x.Shape, Array.ConvertAll(Doubles(x), v => Narrow(type, v, saturate)));
        return new(type, x.Shape, x.IsFloat ? Array.ConvertAll(x.Floats, v => Saturated(type, v))
            : x.IsString ? Array.ConvertAll(x.Strings, s => Parsed(type, s))
            : Array.ConvertAll(x.Integers, v => Rounding.Integer(type, v)));
    }

    private static double[] Doubles(Cells x) => x.IsFloat ? x.Floats
        : x.IsString ? Array.ConvertAll(x.Strings, Number)
        : Array.ConvertAll(x.Integers, v => x.Type == DType.UInt64 ? (double)(ulong)v : v);

    private static double Narrow(DType type, double v, bool saturate) => type switch
    {
        DType.Float8E4M3FN => (float)Float8E4M3FN.From(v, saturate),
        DType.Float8E4M3FNUZ => (float)Float8E4M3FNUZ.From(v, saturate),
        DType.Float8E5M2 => (float)Float8E5M2.From(v, saturate),
        DType.Float8E5M2FNUZ => (float)Float8E5M2FNUZ.From(v, saturate),
        DType.Float64 or DType.Float32 or DType.Float16 or DType.BFloat16 or DType.Int64 or DType.Int32 or DType.Int16 or DType.Int8 or DType.UInt64 or DType.UInt32
            or DType.UInt16 or DType.UInt8 or DType.Bool or DType.String or DType.UInt4 or DType.Int4 => Rounding.Float(type, v),
    };

    /// <summary>Truncates and saturates; NaN gives 0.</summary>
    public static long Saturated(DType type, double v)
    {
        if (type == DType.Bool) return v != 0 ? 1 : 0;
        if (type == DType.UInt64) return (long)ulong.CreateSaturating(v);
        int bits = type.Bits();
        if (bits == 64) return long.CreateSaturating(v);
        if (double.IsNaN(v)) return 0;
        double low = type.IsSigned() ? -Math.ScaleB(1, bits - 1) : 0, high = Math.ScaleB(1, type.IsSigned() ? bits - 1 : bits) - 1;
        return (long)Math.Clamp(Math.Truncate(v), low, high);
    }

    private static string[] Texts(Cells x) => x.IsFloat ? Array.ConvertAll(x.Floats, v => Text(x.Type, v))
        : Array.ConvertAll(x.Integers, v => x.Type == DType.Bool ? (v != 0 ? "True" : "False") : x.Type == DType.UInt64 ? ((ulong)v).ToString(CultureInfo.InvariantCulture) : v.ToString(CultureInfo.InvariantCulture));

    /// <summary>Shortest text that reads back as the same number of its type.</summary>
    private static string Text(DType type, double v)
    {
        if (double.IsNaN(v)) return "NaN";
        if (double.IsInfinity(v)) return v > 0 ? "INF" : "-INF";
        return type switch
        {
            DType.Float64 => v.ToString("R", CultureInfo.InvariantCulture),
            DType.Float16 => ((Half)v).ToString("R", CultureInfo.InvariantCulture),
            DType.Float32 or DType.BFloat16 or DType.Float8E4M3FN or DType.Float8E4M3FNUZ or DType.Float8E5M2 or DType.Float8E5M2FNUZ => ((float)v).ToString("R", CultureInfo.InvariantCulture),
            DType.Int64 or DType.Int32 or DType.Int16 or DType.Int8 or DType.UInt64 or DType.UInt32 or DType.UInt16 or DType.UInt8 or DType.Bool or DType.String or DType.UInt4 or DType.Int4
                => throw new TesseraException(ErrorCode.Internal, $"{type} is no floating type."),
        };
    }

    private static double Number(string s) => s.Trim().ToUpperInvariant() switch
    {
        "INF" or "+INF" or "INFINITY" or "+INFINITY" => double.PositiveInfinity,
        "-INF" or "-INFINITY" => double.NegativeInfinity,
        "NAN" or "+NAN" or "-NAN" => double.NaN,
        var t => double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out double v) ? v : throw NotANumber(s),
    };

    private static long Parsed(DType type, string s)
    {
        string t = s.Trim();
        if (type == DType.UInt64 && ulong.TryParse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out ulong u)) return (long)u;
        if (long.TryParse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long v)) return Rounding.Integer(type, v);
        if (type == DType.Bool && bool.TryParse(t, out bool b)) return b ? 1 : 0;
        return Saturated(type, Number(t));
    }

    private static TesseraException NotANumber(string s) => new(ErrorCode.InvalidArgument, $"Cast: \"{s}\" is no number.");
}
