using System.Globalization;

namespace Tessera.Lab;

/// <summary>What a release must show over several rows, and whether it does.</summary>
/// <param name="Median">The figure from medians: the worst row's, or the mean.</param>
/// <param name="Quickest">The same from the quickest runs.</param>
/// <param name="Limit">The most that it may be.</param>
/// <param name="Worst">The row that it comes from; empty for a mean.</param>
public sealed record Demand(string Name, double Median, double Quickest, double Limit, string Worst, Verdict Verdict)
{
    private const double Blas = 1 / 0.95, Int8Speedup = 1.6, Mean = 0.90, Highest = 1.25, Wasm = 0.80, WebGpu = 0.25;

    /// <summary>Those that the rows at hand can tell about.</summary>
    /// <param name="engine">The engine that was timed.</param>
    public static IReadOnlyList<Demand> Of(IReadOnlyList<BenchResult> results, string engine = "cpu") => engine.Split(':')[0] switch
    {
        "wasm" => [.. Means("models on WebAssembly: geometric mean of time ÷ onnxruntime-web's", results, Peer.OnnxRuntimeWeb, Wasm)],
        "webgpu" => [.. Means("models on WebGPU: geometric mean of time ÷ onnxruntime-web's", results, Peer.OnnxRuntimeWeb, WebGpu), .. Firsts(results, WebGpu)],
        _ => OfCpu(results),
    };

    private static Demand[] OfCpu(IReadOnlyList<BenchResult> results) =>
    [
        .. Ratios("products of extent 256 and more, and of layers: time ÷ OpenBLAS's", results.Where(r => Extent(r) >= 256 || r.Name.StartsWith("MatMul layer", StringComparison.Ordinal)), Blas, Peer.OpenBlas),
        .. Ratios("products of extent below 256: time ÷ that of the faster of OpenBLAS and onnxruntime", results.Where(r => Extent(r) is > 0 and < 256), 1, Peer.OpenBlas, Peer.OnnxRuntime),
        .. Integers(results),
        .. Means("models of the suite: geometric mean of time ÷ onnxruntime's", results.Where(r => r.Family == "suite"), Peer.OnnxRuntime, Mean),
        .. Ratios("each model of the suite: time ÷ onnxruntime's", results.Where(r => r.Family == "suite"), Highest, Peer.OnnxRuntime),
        .. Means("models of the demo: geometric mean of time ÷ onnxruntime's", results.Where(r => r.Family == "ocr"), Peer.OnnxRuntime, Mean),
    ];

    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Name}: {Median:F2}, of the quickest {Quickest:F2}{(Worst.Length > 0 ? $" ({Worst})" : "")}; at most {Limit:F2}: {Verdict switch { Verdict.Met => "met", Verdict.QuickestMet => "met by the quickest runs only", Verdict.Missed => "MISSED" }}");

    private static Demand Judge(string name, double median, double quickest, double limit, string worst = "") => new(name, median, quickest, limit, worst, median <= limit ? Verdict.Met : quickest <= limit ? Verdict.QuickestMet : Verdict.Missed);

    /// <summary>The row that is slowest beside any of the peers.</summary>
    private static IEnumerable<Demand> Ratios(string name, IEnumerable<BenchResult> rows, double limit, params Peer[] peers)
    {
        (string Row, Ratio Ratio)[] all = [.. from r in rows from p in r.Peers where p.Ratio is not null && peers.Any(k => k.Name() == p.Peer) select (r.Name, p.Ratio)];
        if (all.Length > 0) yield return Judge(name, all.Max(a => a.Ratio.Median), all.Max(a => a.Ratio.OfQuickest), limit, all.MaxBy(a => a.Ratio.OfQuickest).Row);
    }

    private static IEnumerable<Demand> Means(string name, IEnumerable<BenchResult> rows, Peer peer, double limit)
    {
        Ratio[] all = [.. from r in rows from p in r.Peers where p.Ratio is not null && p.Peer == peer.Name() select p.Ratio];
        if (all.Length > 1) yield return Judge(name, Statistics.GeometricMean(all.Select(r => r.Median)), Statistics.GeometricMean(all.Select(r => r.OfQuickest)), limit);
    }

    /// <summary>First runs: everything from a model to its first outputs.</summary>
    private static IEnumerable<Demand> Firsts(IEnumerable<BenchResult> rows, double limit)
    {
        double[] all = [.. from r in rows from p in r.Peers let f = r.FirstRatio(p) where f is not null select f.Value];
        if (all.Length > 1) yield return Judge("first runs, compilation included: geometric mean of time ÷ onnxruntime-web's", Statistics.GeometricMean(all), Statistics.GeometricMean(all), limit);
    }

    /// <summary>A product of 8-bit integers beside the same product of Float32.</summary>
    private static IEnumerable<Demand> Integers(IReadOnlyList<BenchResult> results)
    {
        Dictionary<string, BenchResult> floats = results.Where(r => !r.Int8 && r.Tessera is not null).ToDictionary(r => r.Name);
        (BenchResult Int8, BenchResult Float)[] pairs = [.. from r in results where r.Int8 && r.Tessera is not null let f = Same(r.Name, floats) where f is not null select (r, f)];
        if (pairs.Length == 0) yield break;
        double Quickest((BenchResult Int8, BenchResult Float) p) => p.Int8.Tessera!.LeastMs / p.Float.Tessera!.LeastMs;
        yield return Judge("products of 8-bit integers: time ÷ that of our Float32", pairs.Max(p => p.Int8.Tessera!.MedianMs / p.Float.Tessera!.MedianMs), pairs.Max(Quickest), 1 / Int8Speedup, pairs.MaxBy(Quickest).Int8.Name);
    }

    private static BenchResult? Same(string name, Dictionary<string, BenchResult> floats)
    {
        string shape = name[(name.LastIndexOf(' ') + 1)..];
        string[] extents = shape.Split('×');
        return floats.GetValueOrDefault($"MatMul layer {shape}") ?? (extents.Distinct().Count() == 1 ? floats.GetValueOrDefault($"MatMul {extents[0]}") : null);
    }

    /// <summary>n of the row "MatMul n"; 0 for other rows.</summary>
    private static long Extent(BenchResult r) => r.Name.StartsWith("MatMul ", StringComparison.Ordinal) && long.TryParse(r.Name.AsSpan(7), NumberStyles.None, CultureInfo.InvariantCulture, out long n) ? n : 0;
}
