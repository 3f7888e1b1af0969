using System.Globalization;
using System.Net;
using System.Text;

namespace Tessera.Lab;

/// <summary>A roofline picture: operations per second over operations per byte, below what the machine can compute and move.</summary>
/// <remarks>Williams, Waterman, Patterson: Roofline, an insightful visual performance model for multicore architectures (CACM 52-4, 2009).</remarks>
public static class Roofline
{
    private const int Width = 1180, Left = 70, Right = 1150, Top = 60, Bottom = 700, Key = 770, Columns = 4, LineHeight = 14;

    private static readonly string[] Colors = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22"];

    /// <summary>Rows that compute nothing, or failed, are left out: they have no place on the axes.</summary>
    /// <param name="machine">What the figures were measured on.</param>
    public static string Draw(Ceilings ceilings, IReadOnlyList<BenchResult> results, string machine)
    {
        Dot[] dots = [.. results.Where(r => r.Tessera is not null && r.Operations > 0 && r.Bytes > 0).Select((r, i) => new Dot(r, i + 1, r.Operations / r.Bytes, r.Operations / r.Tessera!.LeastMs / 1e6))];
        double[] rates = [.. dots.Select(d => d.Rate), .. dots.SelectMany(PeerRates).Select(p => p.Rate), ceilings.FloatRate / 1e9];
        Axis x = Axis.Around([.. dots.Select(d => d.Intensity), 0.1, 100], Left, Right), y = Axis.Around([.. rates, 1], Bottom, Top);
        string[] families = [.. dots.Select(d => d.Result.Family).Distinct()];
        int perColumn = (dots.Length + families.Length + Columns - 1) / Columns, height = Key + LineHeight * (perColumn + 1) + 10;
        StringBuilder b = new();
        b.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        Text(b, Left, 24, "Operators under the machine's roofs", 16, "#000");
        Text(b, Left, 42, machine, 11, "#444");
        Grid(b, x, y);
        Roofs(b, ceilings, x, y);
        foreach (Dot d in dots)
        {
            string color = Colors[Array.IndexOf(families, d.Result.Family) % Colors.Length];
            foreach ((string peer, double rate) in PeerRates(d))
                b.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x.Of(d.Intensity):F1}\" cy=\"{y.Of(rate):F1}\" r=\"3\" fill=\"none\" stroke=\"{color}\" stroke-opacity=\"0.6\"><title>{Escape(d.Result.Name)} on {peer}: {rate:F1} GFLOP/s</title></circle>\n");
            b.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x.Of(d.Intensity):F1}\" cy=\"{y.Of(d.Rate):F1}\" r=\"4\" fill=\"{color}\"><title>{Escape(d.Result.Name)}: {d.Rate:F1} GFLOP/s at {d.Intensity:F2} operations per byte</title></circle>\n");
        }
        // Numbers lie above all dots; one that would cover another moves up.
        List<(double X, double Y)> taken = [];
        foreach (Dot d in dots)
        {
            (double px, double py) = (x.Of(d.Intensity) + 5, y.Of(d.Rate) - 4);
            while (taken.Exists(t => Math.Abs(t.X - px) < 13 && Math.Abs(t.Y - py) < 9)) py -= 9;
            taken.Add((px, py));
            Text(b, px, py, $"{d.Number}", 9, "#222");
        }
        Legend(b, dots, families, perColumn);
        return b.Append("</svg>\n").ToString();
    }

    private static void Grid(StringBuilder b, Axis x, Axis y)
    {
        foreach (double d in x.Decades())
        {
            b.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x.Of(d):F1}\" y1=\"{Top}\" x2=\"{x.Of(d):F1}\" y2=\"{Bottom}\" stroke=\"#ddd\"/>\n");
            Text(b, x.Of(d), Bottom + 16, Axis.Text(d), 11, "#000", "middle");
        }
        foreach (double d in y.Decades())
        {
            b.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" y1=\"{y.Of(d):F1}\" x2=\"{Right}\" y2=\"{y.Of(d):F1}\" stroke=\"#ddd\"/>\n");
            Text(b, Left - 6, y.Of(d) + 4, Axis.Text(d), 11, "#000", "end");
        }
        Text(b, (Left + Right) / 2.0, Bottom + 36, "operations per byte of inputs, constants and outputs", 12, "#000", "middle");
        b.Append(CultureInfo.InvariantCulture, $"<text x=\"18\" y=\"{(Top + Bottom) / 2}\" font-size=\"12\" text-anchor=\"middle\" transform=\"rotate(-90 18 {(Top + Bottom) / 2})\">GFLOP/s (Gop/s on integers), quickest run</text>\n");
    }

    private static void Roofs(StringBuilder b, Ceilings c, Axis x, Axis y)
    {
        double peak = c.FloatRate / 1e9;
        Level(b, x, y, peak, $"Float32 {peak:F0} GFLOP/s");
        if (c.Int8Rate > c.FloatRate * 1.05) Level(b, x, y, c.Int8Rate / 1e9, $"8 bits with .NET's instructions {c.Int8Rate / 1e9:F0} Gop/s");
        double lowest = double.MaxValue;
        foreach (MemoryRate m in c.Memory)
        {
            // Sets that lie in the same cache have the same slope: one line is enough.
            double slope = m.BytesPerSecond / 1e9;
            if (slope > lowest * 0.75) continue;
            lowest = slope;
            double from = Math.Max(x.Low, y.Low / slope), to = Math.Min(x.High, peak / slope);
            b.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x.Of(from):F1}\" y1=\"{y.Of(from * slope):F1}\" x2=\"{x.Of(to):F1}\" y2=\"{y.Of(to * slope):F1}\" stroke=\"#888\" stroke-dasharray=\"5 3\"/>\n");
            double angle = Math.Atan2(y.Of(to * slope) - y.Of(from * slope), x.Of(to) - x.Of(from)) * 180 / Math.PI, at = from * 1.15;
            b.Append(CultureInfo.InvariantCulture, $"<text x=\"{x.Of(at):F1}\" y=\"{y.Of(at * slope) - 4:F1}\" fill=\"#555\" font-size=\"10\" transform=\"rotate({angle:F1} {x.Of(at):F1} {y.Of(at * slope) - 4:F1})\">{slope:F0} GB/s up to {Size(m.WorkingSet)}</text>\n");
        }
    }

    private static void Level(StringBuilder b, Axis x, Axis y, double rate, string label)
    {
        b.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x.From:F1}\" y1=\"{y.Of(rate):F1}\" x2=\"{x.To:F1}\" y2=\"{y.Of(rate):F1}\" stroke=\"#000\"/>\n");
        Text(b, x.From + 6, y.Of(rate) - 4, label, 11, "#000");
    }

    private static void Legend(StringBuilder b, Dot[] dots, string[] families, int perColumn)
    {
        Text(b, Left, Key - 18, "Filled: Tessera; rings: peers. Behind each name: GFLOP/s, and time ÷ time of the fastest peer (quickest runs).", 10, "#444");
        const double ColumnWidth = (Right - Left + 30.0) / Columns;
        int line = 0;
        (double X, double Y) Next() => (Left - 30 + ColumnWidth * (line / perColumn), Key + LineHeight * (line++ % perColumn));
        for (int f = 0; f < families.Length; f++)
        {
            string color = Colors[f % Colors.Length];
            (double x, double y) = Next();
            b.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x + 4:F1}\" cy=\"{y - 4:F1}\" r=\"4\" fill=\"{color}\"/>\n");
            Text(b, x + 14, y, families[f], 11, color);
            foreach (Dot d in dots.Where(d => d.Result.Family == families[f]))
            {
                double[] ratios = [.. d.Result.Peers.Where(p => p.Ratio is not null).Select(p => p.Ratio!.OfQuickest)];
                (x, y) = Next();
                Text(b, x + 14, y, $"{d.Number} {d.Result.Name}", 9, "#222");
                Text(b, x + ColumnWidth - 42, y, Invariant($"{d.Rate:F1}"), 9, "#222", "end");
                if (ratios.Length > 0) Text(b, x + ColumnWidth - 14, y, Invariant($"{ratios.Max():F2}"), 9, ratios.Max() <= 1 ? "#2a7" : "#b33", "end");
            }
        }
    }

    private static void Text(StringBuilder b, double x, double y, string text, int size, string color, string anchor = "start") =>
        b.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:F1}\" y=\"{y:F1}\" font-size=\"{size}\" fill=\"{color}\" text-anchor=\"{anchor}\">{Escape(text)}</text>\n");

    private static IEnumerable<(string Peer, double Rate)> PeerRates(Dot d) => d.Result.Peers.Where(p => p.Times is not null).Select(p => (p.Peer, d.Result.Operations / p.Times!.LeastMs / 1e6));

    private static string Size(long bytes) => bytes >= 1 << 20 ? Invariant($"{bytes >> 20} MiB") : Invariant($"{bytes >> 10} KiB");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private sealed record Dot(BenchResult Result, int Number, double Intensity, double Rate);
}
