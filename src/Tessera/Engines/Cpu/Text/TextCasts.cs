using System.Globalization;

namespace Tessera.Engines.Cpu.Text;

/// <summary>Numbers into text: the shortest that reads back as the same value; NaN, INF and −INF as ONNX spells them; booleans as True and False.</summary>
internal sealed unsafe class FormatStep(Operand x, Operand y) : Step("format", [x], [y], 0, "shortest round-trip form")
{
    public override void Run(RunContext c)
    {
        string[] to = c.Strings(Writes[0].Slot);
        for (long i = 0; i < Reads[0].Count; i++) to[Writes[0].Offset + i] = Format(c, i);
    }

    private string Format(RunContext c, long i) => Reads[0].Type switch
    {
        DType.Float32 => Text(c.Ptr<float>(Reads[0])[i]),
        DType.Float64 => Text(c.Ptr<double>(Reads[0])[i]),
        DType.Float16 => Text(c.Ptr<Half>(Reads[0])[i]),
        DType.BFloat16 => Text((float)c.Ptr<BFloat16>(Reads[0])[i]),
        DType.Int8 or DType.Int4 => c.Ptr<sbyte>(Reads[0])[i].ToString(CultureInfo.InvariantCulture),
        DType.Int16 => c.Ptr<short>(Reads[0])[i].ToString(CultureInfo.InvariantCulture),
        DType.Int32 => c.Ptr<int>(Reads[0])[i].ToString(CultureInfo.InvariantCulture),
        DType.Int64 => c.Ptr<long>(Reads[0])[i].ToString(CultureInfo.InvariantCulture),
        DType.UInt8 or DType.UInt4 => c.Ptr<byte>(Reads[0])[i].ToString(CultureInfo.InvariantCulture),
        DType.UInt16 => c.Ptr<ushort>(Reads[0])[i].ToString(CultureInfo.InvariantCulture),
        DType.UInt32 => c.Ptr<uint>(Reads[0])[i].ToString(CultureInfo.InvariantCulture),
        DType.UInt64 => c.Ptr<ulong>(Reads[0])[i].ToString(CultureInfo.InvariantCulture),
        DType.Bool => c.Ptr<byte>(Reads[0])[i] != 0 ? "True" : "False",
        DType.Float8E4M3FN or DType.Float8E4M3FNUZ or DType.Float8E5M2 or DType.Float8E5M2FNUZ or DType.String
            => throw new TesseraException(ErrorCode.Unsupported, $"No text form of {Reads[0].Type}; cast to Float32 first."),
    };

    private static string Text<T>(T v) where T : System.Numerics.IFloatingPointIeee754<T> =>
        T.IsNaN(v) ? "NaN" : T.IsPositiveInfinity(v) ? "INF" : T.IsNegativeInfinity(v) ? "-INF" : v.ToString(null, CultureInfo.InvariantCulture);
}

/// <summary>Text into numbers.</summary>
internal sealed unsafe class ParseStep(Operand x, Operand y) : Step("parse", [x], [y], 0, "decimal text")
{
    public override void Run(RunContext c)
    {
        string[] from = c.Strings(Reads[0].Slot);
        for (long i = 0; i < Writes[0].Count; i++) Parse(c, i, from[Reads[0].Offset + i]);
    }

    private void Parse(RunContext c, long i, string s)
    {
        switch (Writes[0].Type)
        {
            case DType.Float32: c.Ptr<float>(Writes[0])[i] = (float)Number(s); break;
            case DType.Float64: c.Ptr<double>(Writes[0])[i] = Number(s); break;
            case DType.Float16: c.Ptr<Half>(Writes[0])[i] = (Half)Number(s); break;
            case DType.BFloat16: c.Ptr<BFloat16>(Writes[0])[i] = (BFloat16)(float)Number(s); break;
            case DType.Int8 or DType.Int4: c.Ptr<sbyte>(Writes[0])[i] = (sbyte)Integer(s); break;
            case DType.Int16: c.Ptr<short>(Writes[0])[i] = (short)Integer(s); break;
            case DType.Int32: c.Ptr<int>(Writes[0])[i] = (int)Integer(s); break;
            case DType.Int64: c.Ptr<long>(Writes[0])[i] = (long)Integer(s); break;
            case DType.UInt8 or DType.UInt4: c.Ptr<byte>(Writes[0])[i] = (byte)Integer(s); break;
            case DType.UInt16: c.Ptr<ushort>(Writes[0])[i] = (ushort)Integer(s); break;
            case DType.UInt32: c.Ptr<uint>(Writes[0])[i] = (uint)Integer(s); break;
            case DType.UInt64: c.Ptr<ulong>(Writes[0])[i] = (ulong)Integer(s); break;
            case DType.Bool: c.Ptr<byte>(Writes[0])[i] = s.Trim() is "1" or "True" or "true" ? (byte)1 : (byte)0; break;
            default: throw new TesseraException(ErrorCode.Unsupported, $"No {Writes[0].Type} from text; cast to Float32 first.");
        }
    }

    private static double Number(string s) => s.Trim() switch
    {
        "INF" or "+INF" or "Inf" or "inf" or "+inf" or "Infinity" => double.PositiveInfinity,
        "-INF" or "-Inf" or "-inf" or "-Infinity" => double.NegativeInfinity,
        "NaN" or "nan" or "NAN" => double.NaN,
        var t => double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out double v) ? v : throw new TesseraException(ErrorCode.InvalidArgument, $"Cast: '{s}' is no number."),
    };

    private static Int128 Integer(string s) => Int128.TryParse(s, NumberStyles.Integer, CultureInfo.InvariantCulture, out Int128 v) ? v : (Int128)Number(s);
}
