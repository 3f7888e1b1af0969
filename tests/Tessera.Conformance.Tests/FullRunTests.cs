namespace Tessera.Conformance.Tests;

/// <summary>Everything on engines whose drivers compile kernels on the processor, which takes them long; otherwise they run a sample.</summary>
public sealed class FullRunTests
{
    public static TheoryData<string> Names => ["opencl", "webgpu:dawn"];

    private static void Skip(string engine)
    {
        Assert.SkipWhen(!Knobs.Slow.On, "Takes many minutes: set TESSERA_SLOW to 1.");
        Engines.SkipWhenAbsent(engine);
    }

    [Fact]
    public void Onnx_backend_data_on_OpenCL()
    {
        Skip("opencl");
        FolderTests.Backend("opencl", refusesSome: true);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Model_suite(string engine)
    {
        Skip(engine);
        Assert.SkipWhen(!Directory.Exists(Knobs.Suite.Value), "The model suite is absent: set TESSERA_SUITE.");
        FolderTests.Check(FolderSuite.Run(Engines.Of(engine), Knobs.Suite.Value, Engines.Of("cpu"), cancel: TestContext.Current.CancellationToken), new Dictionary<string, string>(), refusesSome: false);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Operator_cases(string engine)
    {
        Skip(engine);
        int seed = Knobs.Seed.IsSet ? (int)Knobs.Seed.Integer(int.MinValue, int.MaxValue) : Random.Shared.Next();
        Report report = OpCaseRunner.Run(Engines.Of(engine), seed, cancel: TestContext.Current.CancellationToken);
        string[] failed = [.. report.Cases.Where(r => r.Verdict == Verdict.Failed).Select(r => $"{r.Name}: {r.Detail}")];
        Assert.True(failed.Length == 0, $"{failed.Length} of {report.Cases.Count} fail with TESSERA_SEED={seed}:\n{string.Join('\n', failed)}");
    }
}
