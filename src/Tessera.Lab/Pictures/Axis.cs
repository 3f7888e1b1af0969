using System.Globalization;

namespace Tessera.Lab;

/// <summary>A logarithmic axis from one pixel to another.</summary>
/// <param name="Low">Value at <paramref name="From"/>; above 0.</param>
/// <param name="High">Value at <paramref name="To"/>.</param>
internal readonly record struct Axis(double Low, double High, double From, double To)
{
    public double Of(double value) => From + (To - From) * (Math.Log(Math.Clamp(value, Low, High)) - Math.Log(Low)) / (Math.Log(High) - Math.Log(Low));

    /// <summary>The powers of ten that hold all values, each of which must be above 0.</summary>
    public static Axis Around(IEnumerable<double> values, double from, double to)
    {
        double[] v = [.. values];
        return new(Math.Pow(10, Math.Floor(Math.Log10(v.Min()))), Math.Pow(10, Math.Ceiling(Math.Log10(v.Max()) + 1e-9)), from, to);
    }

    /// <summary>Powers of ten on the axis.</summary>
    public IEnumerable<double> Decades()
    {
        for (double d = Low; d <= High * 1.0001; d *= 10) yield return d;
    }

    public static string Text(double v) => v.ToString(v is >= 0.001 and < 100_000 ? "0.###" : "0e0", CultureInfo.InvariantCulture);
}
