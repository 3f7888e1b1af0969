namespace Tessera.Conformance.Tests;

/// <summary>ONNX's backend test data and the model suite on each engine.</summary>
public sealed class FolderTests
{
    private const string Debian = "/usr/share/libonnx-testdata/data";

    public static TheoryData<string> Names => Engines.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Onnx_backend_data(string engine) => Backend(engine, refusesSome: Engines.RefusesSome(engine));

    /// <summary>Runs ONNX's own tests; of those that are numbers, 95 in 100 must pass on the engine itself.</summary>
    internal static void Backend(string engine, bool refusesSome)
    {
        string root = Knobs.OnnxTestData.IsSet ? Knobs.OnnxTestData.Value : Debian;
        Assert.SkipWhen(!Directory.Exists(root), "ONNX's backend test data is absent: install libonnx-testdata or set TESSERA_ONNX_TESTDATA.");
        Engines.SkipWhenAbsent(engine);
        Report report = FolderSuite.Run(Engines.Of(engine), root, Engines.Of("cpu"), cancel: TestContext.Current.CancellationToken);
        Check(report, KnownCases.Failing, refusesSome);
        // Those of text are not numeric.
        bool doubles = Engines.Of(engine).Capabilities.Precisions.Contains(DType.Float64);
        CaseResult[] numeric = [.. report.Cases.Where(c => c.Verdict != Verdict.Skipped && !c.Detail.Contains(nameof(DType.String), StringComparison.Ordinal) && !c.Name.Contains("tfidf", StringComparison.Ordinal)
            && (doubles || !c.Detail.Contains("64-bit floats", StringComparison.Ordinal)))];
        Assert.True(numeric.Count(c => c.Verdict == Verdict.Passed) >= 0.95 * numeric.Length, $"{report.Summary}; numeric: {numeric.Count(c => c.Verdict == Verdict.Passed)} of {numeric.Length}");
    }

    public static TheoryData<string> Suites => [.. Engines.All.Except([.. Engines.Drivers, "interpreter"])];

    [Theory]
    [MemberData(nameof(Suites))]
    public void Model_suite(string engine)
    {
        Assert.SkipWhen(!Directory.Exists(Knobs.Suite.Value), "The model suite is absent: set TESSERA_SUITE.");
        Engines.SkipWhenAbsent(engine);
        Check(FolderSuite.Run(Engines.Of(engine), Knobs.Suite.Value, Engines.Of("cpu"), cancel: TestContext.Current.CancellationToken), new Dictionary<string, string>(), refusesSome: false);
    }

    internal static void Check(Report report, IReadOnlyDictionary<string, string> known, bool refusesSome)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(report.Summary);
        string[] unexpected = [.. report.Cases.Where(c => c.Verdict == Verdict.Failed && !known.ContainsKey(c.Name) && !(refusesSome && c.Detail.StartsWith(nameof(ErrorCode.Unsupported), StringComparison.Ordinal))).Select(c => $"{c.Name}: {c.Detail}")];
        Assert.True(unexpected.Length == 0, $"{report.Summary}; {unexpected.Length} unexpected:\n{string.Join('\n', unexpected)}");
        string[] healed = [.. known.Keys.Where(k => report.Cases.Any(c => c.Name == k && c.Verdict == Verdict.Passed))];
        Assert.True(healed.Length == 0, $"These pass now; take them off the list of known deviations: {string.Join(", ", healed)}");
    }
}
