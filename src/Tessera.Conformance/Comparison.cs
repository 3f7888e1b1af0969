using System.Globalization;
using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>Holds values against what they should be; null when they agree, else the first difference.</summary>
public static class Comparison
{
    public static string? Difference(string name, Value expected, Value actual, Tolerance tolerance) => (expected, actual) switch
    {
        (TensorValue e, TensorValue a) => Difference(name, e.Tensor, a.Tensor, tolerance),
        (OptionalValue { Item: null }, OptionalValue { Item: null }) => null,
        (OptionalValue { Item: { } e }, OptionalValue { Item: { } a }) => Difference(name, e, a, tolerance),
        (OptionalValue { Item: { } e }, not OptionalValue) => Difference(name, e, actual, tolerance),
        (not OptionalValue, OptionalValue { Item: { } a }) => Difference(name, expected, a, tolerance),
        (SequenceValue e, SequenceValue a) when e.Items.Count != a.Items.Count => $"{name}: {a.Items.Count} elements, expected {e.Items.Count}",
        (SequenceValue e, SequenceValue a) => e.Items.Select((v, i) => Difference($"{name}[{i}]", v, a.Items[i], tolerance)).FirstOrDefault(d => d is not null),
        _ => $"{name}: {actual}, expected {expected}",
    };

    public static string? Difference(string name, Tensor expected, Tensor actual, Tolerance tolerance)
    {
        if (expected.Type != actual.Type || expected.Shape != actual.Shape) return $"{name}: {actual}, expected {expected}";
        using Tensor e = expected.Contiguous(), a = actual.Contiguous();
        if (e.Type == DType.String) return Texts(name, e, a);
        if (!e.Type.IsFloat()) return Integers(name, e, a);
        double[] x = Numbers.Read(e), y = Numbers.Read(a);
        // Neighbouring bfloat16 numbers lie up to 2⁻⁷ apart relatively: no smaller bound can tell them from each other.
        if (e.Type == DType.BFloat16 && tolerance.Relative > 0) tolerance = tolerance with { Relative = Math.Max(tolerance.Relative, 1.0 / 128) };
        return tolerance.RelL2 is { } bound ? Norms(name, x, y, e.Shape, bound) : Elements(name, x, y, e.Shape, tolerance);
    }

    private static string? Elements(string name, double[] expected, double[] actual, Shape shape, Tolerance t)
    {
        int first = -1, count = 0;
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (Agrees(expected[i], actual[i], t)) continue;
            if (first < 0) first = i;
            count++;
            double off = Math.Abs(actual[i] - expected[i]);
            if (off > worst) worst = off;
        }
        return first < 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{name}{At(first, shape)}: {actual[first]:R}, expected {expected[first]:R}; {count} of {expected.Length} differ, by {worst:G3} at most (allowed {t.Absolute:G3} + {t.Relative:G3}·|expected|)");
    }

    private static bool Agrees(double e, double a, Tolerance t) =>
        e == a || (double.IsNaN(e) && double.IsNaN(a)) || (double.IsFinite(e) && double.IsFinite(a) && Math.Abs(a - e) <= t.Absolute + t.Relative * Math.Abs(e));

    private static string? Norms(string name, double[] expected, double[] actual, Shape shape, double bound)
    {
        double difference = 0, norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (!double.IsFinite(expected[i]) || !double.IsFinite(actual[i]))
            {
                if (expected[i].Equals(actual[i])) continue;
                return string.Create(CultureInfo.InvariantCulture, $"{name}{At(i, shape)}: {actual[i]:R}, expected {expected[i]:R}");
            }
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }
        double off = norm > 0 ? Math.Sqrt(difference / norm) : Math.Sqrt(difference);
        return off <= bound ? null : string.Create(CultureInfo.InvariantCulture, $"{name}: ‖actual − expected‖₂ ÷ ‖expected‖₂ = {off:G4}, allowed {bound:G4}");
    }

    private static string? Integers(string name, Tensor e, Tensor a)
    {
        if (e.RawBytes().SequenceEqual(a.RawBytes())) return null;
        long[] x = Numbers.ReadIntegers(e), y = Numbers.ReadIntegers(a);
        int first = -1, count = 0;
        for (int i = 0; i < x.Length; i++)
        {
            if (x[i] == y[i]) continue;
            if (first < 0) first = i;
            count++;
        }
        return first < 0 ? null : $"{name}{At(first, e.Shape)}: {y[first]}, expected {x[first]}; {count} of {x.Length} differ";
    }

    private static string? Texts(string name, Tensor e, Tensor a)
    {
        for (int i = 0; i < e.Strings.Length; i++)
            if (!string.Equals(e.Strings[i], a.Strings[i], StringComparison.Ordinal)) return $"{name}{At(i, e.Shape)}: \"{a.Strings[i]}\", expected \"{e.Strings[i]}\"";
        return null;
    }

    private static string At(long flat, Shape shape)
    {
        long[] index = new long[shape.Rank];
        for (int i = index.Length - 1; i >= 0; i--) (flat, index[i]) = Math.DivRem(flat, shape[i]);
        return $"[{string.Join(", ", index)}]";
    }
}
