using Tessera.Ir;
using Tessera.Ops;

namespace Tessera.Tests.Ops;

/// <summary>The tables that a start reads in part, or instead of asking by reflection.</summary>
public sealed class OpTableTests
{
    [Fact]
    public void All_versions_of_an_operator_are_in_one_family()
    {
        Dictionary<(string, string), int> familyOf = [];
        int n = 0;
        for (; OpTable.Family(n) is { } family; n++)
            foreach (OpDef d in family)
                Assert.True(familyOf.TryAdd((d.Domain, d.Name), n) || familyOf[(d.Domain, d.Name)] == n, $"{d.Domain} {d.Name} is in the families {familyOf[(d.Domain, d.Name)]} and {n}.");
        Assert.True(n > 30);
        Assert.Equal(familyOf.Count, OpTable.All.Select(d => (d.Domain, d.Name)).Distinct().Count());
    }

    [Fact]
    public void The_newest_definition_that_a_version_allows_is_found()
    {
        foreach (IGrouping<(string, string), OpDef> versions in OpTable.All.GroupBy(d => (d.Domain, d.Name)))
            foreach (OpDef d in versions)
                Assert.Equal(versions.Where(o => o.Since <= d.Since).Max(o => o.Since), OpTable.Find(d.Domain, d.Name, d.Since)!.Since);
        Assert.Null(OpTable.Find("", "Frobnicate", 20));
        Assert.NotNull(OpTable.Find("ai.onnx", "Add", 14));
        Assert.Null(OpTable.Find("", "Gelu", 17));
    }

    [Fact]
    public void Lists_of_enumerations_are_whole()
    {
        Assert.Equal(Enum.GetValues<DType>(), DTypes.All);
        Assert.Equal(GraphOps.Count, Enum.GetValues<GraphOp>().Length);
    }
}
