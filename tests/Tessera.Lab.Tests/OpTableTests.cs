using Tessera.Onnx;

namespace Tessera.Lab.Tests;

public sealed class OpTableTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tessera-lab-");

    public static TheoryData<string> Names => [.. OpTable.Rows.Select(r => r.Name)];

    [Fact]
    public void Names_are_unique() => Assert.Equal(OpTable.Rows.Count, OpTable.Rows.Select(r => r.Name).Distinct().Count());

    [Fact]
    public void Filters_look_at_family_and_name()
    {
        Assert.All(OpTable.Of(["FOURIER"]), r => Assert.Equal("fourier", r.Family));
        Assert.Equal("MatMul 512", Assert.Single(OpTable.Of(["matmul 512"])).Name);
        Assert.Equal(OpTable.Rows.Count, OpTable.Of([]).Count);
        Assert.Empty(OpTable.Of(["no such row"]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_row_runs_and_gives_what_its_model_declares(string name)
    {
        OpRow row = Assert.Single(OpTable.Rows, r => r.Name == name);
        using BenchJob job = row.Job(_folder.FullName);
        using Engine engine = EngineRegistry.Create("cpu");
        using OwnSide own = new(engine, job);
        long outputs = 0;
        foreach (OnnxValueInfo o in own.Session.Outputs)
        {
            Tensor t = Assert.IsType<TensorValue>(own.Results[o.Name]).Tensor;
            OnnxType.Tensor declared = Assert.IsType<OnnxType.Tensor>(o.Type);
            Assert.Equal(declared.Element, t.Type);
            Assert.Equal(declared.Dims!.Select(d => d.Value), t.Shape.ToArray());
            outputs += t.Bytes;
        }
        Assert.True(job.Bytes > outputs, $"{job.Bytes} bytes are counted, {outputs} of outputs alone");
        Assert.True(job.Operations > 0 || row.Family is "movement" || name.StartsWith("Cast", StringComparison.Ordinal) || name.StartsWith("Resize nearest", StringComparison.Ordinal));
        if (job.Native is { } native) Assert.True(job.Operands.Count == (native.Kind == "fft" ? 1 : 2), $"{job.Operands.Count} operands for {native.Kind}");
        own.Once();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
