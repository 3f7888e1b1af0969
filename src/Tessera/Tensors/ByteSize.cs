using System.Buffers;
using System.Globalization;

namespace Tessera;

/// <summary>Sizes of memory as people write them.</summary>
public static class ByteSize
{
    private static readonly SearchValues<char> Number = SearchValues.Create("0123456789.");
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>Reads "4096", "64K", "512MB", "1.5 GiB"; all units are powers of 1024.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        text = text.Trim();
        int digits = text.IndexOfAnyExcept(Number);
        ReadOnlySpan<char> count = digits < 0 ? text : text[..digits], unit = digits < 0 ? [] : text[digits..].Trim();
        int power = unit.IsEmpty ? 0 : "BKMGTPE".IndexOf(char.ToUpperInvariant(unit[0]));
        if (power < 0 || unit.Length > 1 && !(power > 0 && (unit[1..].Equals("B", StringComparison.OrdinalIgnoreCase) || unit[1..].Equals("iB", StringComparison.OrdinalIgnoreCase)))) return false;
        if (!decimal.TryParse(count, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value) || value > long.MaxValue) return false;
        for (int i = 0; i < power; i++)
            if ((value *= 1024) > long.MaxValue) return false;
        bytes = (long)value;
        return true;
    }

    /// <summary>"17 B", "1.5 KiB", "2 GiB".</summary>
    public static string Format(long bytes)
    {
        double value = Math.Abs((double)bytes);
        int unit = 0;
        while (value >= 1024) { value /= 1024; unit++; }
        return string.Create(CultureInfo.InvariantCulture, $"{(bytes < 0 ? "-" : "")}{value:0.##} {Units[unit]}");
    }
}
