namespace Tessera.Conformance.Tests;

/// <summary>What every engine promises besides right numbers. Alone in the process: some contracts measure the shared pool.</summary>
[Collection(nameof(Alone))]
public sealed class ContractTests
{
    public static TheoryData<string, string> Pairs => [.. from e in Engines.All from c in Contract.All select (e, c.Name)];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Contract_holds(string engine, string contract)
    {
        Engines.SkipWhenAbsent(engine);
        CaseResult r = Contract.All.Single(c => c.Name == contract).Run(o => EngineRegistry.Create(engine, o));
        Assert.True(r.Verdict == Verdict.Passed, r.Detail);
    }
}

[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
