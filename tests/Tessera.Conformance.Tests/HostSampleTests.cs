namespace Tessera.Conformance.Tests;

/// <summary>A sample of the kit, and all of the model suite, on engines that share their kernels with one that is tested in full.</summary>
public sealed class HostSampleTests
{
    public static TheoryData<string> Names => [.. Engines.Sampled, .. Engines.WebGpuHosts];

    public static TheoryData<string, string> Models => [.. Engines.Sampled.Except(Engines.Drivers).Select(e => (e, "")), .. from e in Engines.Drivers from m in new[] { "mnist_cntk", "dtln_model_1" } select (e, m)];

    [Theory]
    [MemberData(nameof(Names))]
    public void One_case_of_each_primitive(string engine)
    {
        Engines.SkipWhenAbsent(engine);
        int seed = Knobs.Seed.IsSet ? (int)Knobs.Seed.Integer(int.MinValue, int.MaxValue) : Random.Shared.Next();
        // Of WebGPU: 64-bit floats are what these drivers compile slowest, and devices that take subnormal numbers for 0, as WGSL allows, differ in the cases of BFloat16, which hold some.
        bool webGpu = engine.StartsWith("webgpu", StringComparison.Ordinal);
        IEnumerable<OpCase> cases = OpCase.All.Where(c => !webGpu || !c.Name.Contains("Float64", StringComparison.Ordinal) && !c.Name.Contains("BFloat16", StringComparison.Ordinal));
        CaseResult[] results = [.. cases.GroupBy(c => c.Op).Select(g => g.ElementAt((seed & int.MaxValue) % g.Count())).Select(c => OpCaseRunner.Run(Engines.Of(engine), c, seed))];
        string[] failed = [.. results.Where(r => r.Verdict == Verdict.Failed).Select(r => $"{r.Name}: {r.Detail}")];
        Assert.True(failed.Length == 0, $"{failed.Length} of {results.Length} fail with TESSERA_SEED={seed}:\n{string.Join('\n', failed)}");
        Assert.True(results.Count(r => r.Verdict == Verdict.Passed) > results.Length / 2, string.Join('\n', results.Where(r => r.Verdict == Verdict.Skipped).Select(r => $"{r.Name}: {r.Detail}")));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Model_suite(string engine, string filter)
    {
        Assert.SkipWhen(!Directory.Exists(Knobs.Suite.Value), "The model suite is absent: set TESSERA_SUITE.");
        Engines.SkipWhenAbsent(engine);
        Report report = FolderSuite.Run(Engines.Of(engine), Knobs.Suite.Value, Engines.Of("cpu"), filter, cancel: TestContext.Current.CancellationToken);
        string[] failed = [.. report.Cases.Where(c => c.Verdict == Verdict.Failed).Select(c => $"{c.Name}: {c.Detail}")];
        Assert.True(failed.Length == 0, $"{report.Summary}\n{string.Join('\n', failed)}");
        Assert.True(report.Passed > 0);
    }
}
