using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Text: normalisation, joining, splitting, matching.</summary>
internal static class Strings
{
    public static OpDef[] All =>
    [
        OpDef.Dynamic("StringNormalizer", Normalize, "ONNX StringNormalizer-10"),
        new("StringConcat", Concat, "ONNX StringConcat-20", Since: 20),
        OpDef.Dynamic("StringSplit", Split, "ONNX StringSplit-20", since: 20),
        new("RegexFullMatch", Match, "ONNX RegexFullMatch-20", Since: 20),
        new("TfIdfVectorizer", NGrams.Vectorize, "ONNX TfIdfVectorizer-9"),
    ];

    private static readonly SearchValues<char> WhiteSpace = SearchValues.Create(" \t\r\n\v\f");

    private static Tensor[] Normalize(Attributes a, IReadOnlyList<Tensor?> inputs)
    {
        Tensor x = inputs[0]!;
        if (x.Shape.Rank is < 1 or > 2 || (x.Shape.Rank == 2 && x.Shape[0] != 1)) throw a.Error(ErrorCode.ShapeMismatch, $"the input is {x}; it takes [C] or [1, C].");
        bool sensitive = a.Flag("is_case_sensitive");
        CultureInfo culture = Culture(a);
        HashSet<string> stop = [.. (a.Strings("stopwords") ?? []).Select(s => sensitive ? s : s.ToLower(culture))];
        string change = a.String("case_change_action", "NONE");
        string[] kept = [.. x.Strings.Where(s => !stop.Contains(sensitive ? s : s.ToLower(culture))).Select(s => change switch
        {
            "LOWER" => s.ToLower(culture),
            "UPPER" => s.ToUpper(culture),
            "NONE" => s,
            _ => throw a.Unsupported($"case_change_action '{change}' is unknown."),
        })];
        // Nothing left is one empty string, so that the result is never empty.
        if (kept.Length == 0) kept = [""];
        return [Tensor.FromStrings(kept, x.Shape.Rank == 2 ? [1, kept.Length] : [kept.Length])];
    }

    // Case follows the locale in these languages only; elsewhere the invariant mapping is the locale's own.
    private static readonly string[] OwnCase = ["tr", "az", "lt"];

    private static CultureInfo Culture(Attributes a)
    {
        string locale = a.String("locale", "").Replace('_', '-');
        try { return CultureInfo.GetCultureInfo(locale); }
        catch (CultureNotFoundException) when (!OwnCase.Contains(locale.Split('-')[0], StringComparer.OrdinalIgnoreCase)) { return CultureInfo.InvariantCulture; }
        catch (CultureNotFoundException) { throw a.Unsupported($"locale '{locale}' has case rules of its own, which this process lacks; run it without InvariantGlobalization."); }
    }

    private static Lowered[] Concat(Lowering c)
    {
        Shape shape = Shape.Broadcast(c[0].Shape, c[1].Shape);
        return [c.G.Host("StringConcat", [c.G.Broadcast(c[0], shape), c.G.Broadcast(c[1], shape)], [new(DType.String, shape)],
            x => [Tensor.FromStrings([.. x[0].Strings.Zip(x[1].Strings, string.Concat)], shape)])];
    }

    private static Tensor[] Split(Attributes a, IReadOnlyList<Tensor?> inputs)
    {
        Tensor x = inputs[0]!;
        string delimiter = a.String("delimiter", "");
        long most = a.Int("maxsplit", long.MaxValue);
        string[][] parts = [.. x.Strings.Select(s => Pieces(s, delimiter, most))];
        int widest = parts.Select(p => p.Length).DefaultIfEmpty(0).Max();
        string[] flat = [.. parts.SelectMany(p => p.Concat(Enumerable.Repeat("", widest - p.Length)))];
        return [Tensor.FromStrings(flat, Shape.Of([.. x.Shape.Span, widest])), Tensor.From([.. parts.Select(p => (long)p.Length)], x.Shape)];
    }

    /// <summary>As Python's str.split: without a delimiter runs of white space separate, and none stands at the ends.</summary>
    private static string[] Pieces(string s, string delimiter, long most)
    {
        int count = (int)Math.Min(int.MaxValue - 1, most) + 1;
        if (delimiter.Length > 0) return s.Length == 0 ? [] : s.Split(delimiter, count);
        List<string> pieces = [];
        for (string rest = s.TrimStart(); rest.Length > 0;)
        {
            int end = pieces.Count < count - 1 ? rest.AsSpan().IndexOfAny(WhiteSpace) : -1;
            pieces.Add(end < 0 ? rest.TrimEnd() : rest[..end]);
            rest = end < 0 ? "" : rest[end..].TrimStart();
        }
        return [.. pieces];
    }

    private static Lowered[] Match(Lowering c)
    {
        string pattern = c.String("pattern", "");
        Shape shape = c[0].Shape;
        Regex regex;
        try { regex = new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant); }
        catch (Exception e) when (e is ArgumentException or NotSupportedException) { throw c.Unsupported($"pattern '{pattern}' is no RE2 expression: {e.Message}"); }
        return [c.G.Host("RegexFullMatch", [c[0]], [new(DType.Bool, shape)], x => [Tensor.From(Array.ConvertAll(x[0].Strings, regex.IsMatch), shape)])];
    }
}
