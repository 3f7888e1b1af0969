namespace Tessera.Tests.Ops;

/// <summary>The engines that every operator case runs on.</summary>
public sealed class OpEngines : IDisposable
{
    private readonly Engine[] _all = [new ReferenceEngine(), new CpuEngine()];

    public static IEnumerable<string> Names => ["reference", "cpu"];

    public Engine this[string name] => _all.Single(e => e.Name == name);

    public void Dispose()
    {
        foreach (Engine e in _all) e.Dispose();
    }
}

public sealed class OpTests(OpEngines engines) : IClassFixture<OpEngines>
{
    public static TheoryData<string, int, string> Numbers()
    {
        TheoryData<string, int, string> d = [];
        foreach (string engine in OpEngines.Names)
            for (int i = 0; i < OpCases.All.Length; i++) d.Add(engine, i, OpCases.All[i].ToString());
        return d;
    }

    [Theory, MemberData(nameof(Numbers))]
    public void Known_values_while_running(string engine, int number, string what)
    {
        Assert.NotEmpty(what);
        OpCases.All[number].Check(engines[engine], constant: false);
    }

    [Theory, MemberData(nameof(Numbers))]
    public void Known_values_while_building(string engine, int number, string what)
    {
        Assert.NotEmpty(what);
        OpCases.All[number].Check(engines[engine], constant: true);
    }
}
