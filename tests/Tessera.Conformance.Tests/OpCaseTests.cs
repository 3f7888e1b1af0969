using Tessera.Ir;

namespace Tessera.Conformance.Tests;

/// <summary>Every primitive on every engine against its definition.</summary>
public sealed class OpCaseTests
{
    public static TheoryData<string, GraphOp> Pairs => [.. from e in Engines.All from op in Enum.GetValues<GraphOp>() select (e, op)];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Primitive(string engine, GraphOp op)
    {
        Engines.SkipWhenAbsent(engine);
        int seed = Knobs.Seed.IsSet ? (int)Knobs.Seed.Integer(int.MinValue, int.MaxValue) : Random.Shared.Next();
        CaseResult[] results = [.. Cases(engine, op, seed).Select(c => OpCaseRunner.Run(Engines.Of(engine), c, seed))];
        string[] failed = [.. results.Where(r => r.Verdict == Verdict.Failed).Select(r => $"{r.Name}: {r.Detail}")];
        Assert.True(failed.Length == 0, $"{failed.Length} of {results.Length} fail with TESSERA_SEED={seed}:\n{string.Join('\n', failed)}");
        Assert.SkipWhen(results.All(r => r.Verdict == Verdict.Skipped), $"{engine}: {results.FirstOrDefault()?.Detail}");
    }

    /// <summary>All cases; but on WebGPU without a GPU one of Float64, which WGSL writes in integers and such drivers take minutes to compile: `tessera conformance` runs all of them.</summary>
    private static OpCase[] Cases(string engine, GraphOp op, int seed)
    {
        OpCase[] all = [.. OpCase.All.Where(c => c.Op == op)];
        if (!engine.StartsWith("webgpu", StringComparison.Ordinal) || Engines.Of(engine).Capabilities.Gpu) return all;
        OpCase[] wide = [.. all.Where(c => c.Name.Contains(nameof(DType.Float64), StringComparison.Ordinal))];
        return wide.Length == 0 ? all : [.. all.Except(wide), wide[(seed & int.MaxValue) % wide.Length]];
    }

    [Fact]
    public void Every_primitive_has_cases()
    {
        GraphOp[] without = [.. Enum.GetValues<GraphOp>().Where(op => !OpCase.All.Any(c => c.Op == op))];
        Assert.True(without.Length == 0, $"No case for {string.Join(", ", without)}: add one to src/Tessera.Conformance/Cases.");
    }

    [Fact]
    public void Names_are_unique()
    {
        string[] twice = [.. OpCase.All.GroupBy(c => c.Name).Where(g => g.Count() > 1).Select(g => g.Key)];
        Assert.Empty(twice);
    }
}
