using System.Globalization;
using System.Numerics;

namespace Tessera.Ops;

/// <summary>Numbers as text and back, written as NumPy writes them.</summary>
internal static class Text
{
    public static Tensor Format(Tensor x)
    {
        string[] s = x.Type switch
        {
            DType.Float32 => Array.ConvertAll(x.ToArray<float>(), v => Float(v, v.ToString("R", CultureInfo.InvariantCulture))),
            DType.Float64 => Array.ConvertAll(x.ToArray<double>(), v => Float(v, v.ToString("R", CultureInfo.InvariantCulture))),
            DType.Float16 => Array.ConvertAll(x.ToArray<Half>(), v => Float((double)v, v.ToString("R", CultureInfo.InvariantCulture))),
            DType.Bool => Array.ConvertAll(x.ToArray<byte>(), v => v != 0 ? "True" : "False"),
            DType.UInt64 => Array.ConvertAll(x.ToArray<ulong>(), v => v.ToString(CultureInfo.InvariantCulture)),
            _ => Array.ConvertAll(Ir.Scalars.ToInt64(x), v => v.ToString(CultureInfo.InvariantCulture)),
        };
        return Tensor.FromStrings(s, x.Shape);
    }

    public static Tensor Parse(Tensor x, DType to, string node) => to switch
    {
        DType.Float32 => Tensor.From(Array.ConvertAll(x.Strings, s => (float)Number(s, node)), x.Shape),
        DType.Float64 => Tensor.From(Array.ConvertAll(x.Strings, s => Number(s, node)), x.Shape),
        DType.UInt64 => Tensor.From(Array.ConvertAll(x.Strings, s => Integer<ulong>(s, node)), x.Shape),
        _ => Tensor.From(Array.ConvertAll(x.Strings, s => Integer<long>(s, node)), x.Shape),
    };

    /// <summary>The shortest digits that read back to the same value; positional from 1e−4 to below 1e16, else with an exponent of two digits at least.</summary>
    private static string Float(double v, string shortest)
    {
        if (double.IsNaN(v)) return "nan";
        if (double.IsInfinity(v)) return v > 0 ? "inf" : "-inf";
        if (v == 0) return double.IsNegative(v) ? "-0.0" : "0.0";
        int mark = shortest.IndexOf('E', StringComparison.Ordinal);
        string mantissa = (mark < 0 ? shortest : shortest[..mark]).TrimStart('-');
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal).Trim('0');
        string sign = v < 0 ? "-" : "";
        int e = Exponent(mantissa) + (mark < 0 ? 0 : int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        if (e is < -4 or >= 16) return $"{sign}{digits[..1]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(e < 0 ? '-' : '+')}{Math.Abs(e).ToString("00", CultureInfo.InvariantCulture)}";
        if (e < 0) return $"{sign}0.{new string('0', -e - 1)}{digits}";
        return digits.Length <= e + 1 ? $"{sign}{digits.PadRight(e + 1, '0')}.0" : $"{sign}{digits[..(e + 1)]}.{digits[(e + 1)..]}";
    }

    private static int Exponent(string positional)
    {
        int point = positional.IndexOf('.', StringComparison.Ordinal);
        if (point < 0) point = positional.Length;
        int first = positional.AsSpan().IndexOfAnyInRange('1', '9');
        return first < point ? point - 1 - first : point - first;
    }

    private static double Number(string s, string node) => s.Trim().ToUpperInvariant() switch
    {
        "INF" or "+INF" or "INFINITY" or "+INFINITY" => double.PositiveInfinity,
        "-INF" or "-INFINITY" => double.NegativeInfinity,
        "NAN" or "+NAN" or "-NAN" => double.NaN,
        "TRUE" => 1,
        "FALSE" => 0,
        var t => double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out double v) ? v : throw NoNumber(s, node),
    };

    private static T Integer<T>(string s, string node) where T : INumber<T> =>
        T.TryParse(s.Trim(), NumberStyles.Integer, CultureInfo.InvariantCulture, out T? v) ? v : T.CreateSaturating(Math.Truncate(Number(s, node)));

    private static TesseraException NoNumber(string s, string node) => new(ErrorCode.InvalidArgument, $"Cast '{node}': \"{(s.Length > 40 ? s[..40] + "…" : s)}\" is no number.");
}
